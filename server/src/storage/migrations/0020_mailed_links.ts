/** Links that were mailed: what each is for, and until when. */
import { type Kysely, type Migration, sql } from 'kysely'
import type { Facts } from '../sql/connection.ts'
import type { Tables } from '../sql/schema.ts'

export function mailedLinks({ keyed }: Facts): Migration {
  return {
    async up(db: Kysely<Tables>) {
      await sql`create table mailed_links (
        id text not null primary key,
        kind text not null,
        subject text not null,
        user_id text,
        standing text not null,
        made_at bigint not null,
        expires_at bigint not null,
        tries integer not null,
        content text,
        unique (subject, kind)
      ) ${keyed}`.execute(db)
      await sql`create index mailed_links_by_user on mailed_links (user_id)`.execute(db)
      await sql`create index mailed_links_by_end on mailed_links (expires_at)`.execute(db)
    },
  }
}

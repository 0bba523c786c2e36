/** What people have accepted of the operator's terms, and which sessions still have to be asked. */
import { type Kysely, type Migration, sql } from 'kysely'
import type { Facts } from '../sql/connection.ts'

export function acceptances({ keyed }: Facts): Migration {
  return {
    async up(db: Kysely<unknown>) {
      await sql`create table acceptances (
        user_id text not null, document text not null, version text not null, accepted_at bigint not null,
        language text not null, primary key (user_id, document, version)
      ) ${keyed}`.execute(db)
      await sql`alter table sessions add column terms_due integer not null default 0`.execute(db)
    },
  }
}

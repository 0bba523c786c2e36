/** Pictures of account holders, and the usernames that they had before, which nobody else gets for a while. */
import { type Kysely, type Migration, sql } from 'kysely'
import type { Facts } from '../sql/connection.ts'

export function profile({ keyed, plainText, blob }: Facts): Migration {
  return {
    async up(db: Kysely<unknown>) {
      await sql`create table pictures (
        user_id text ${plainText} not null primary key, digest text ${plainText} not null, content ${blob} not null,
        created_at bigint not null
      )`.execute(db)
      await sql`create index pictures_by_digest on pictures (digest)`.execute(db)
      await sql`create table former_usernames (
        username_key text ${plainText} not null, user_id text ${plainText} not null, username text not null,
        kept_until bigint not null, primary key (username_key, user_id)
      ) ${keyed}`.execute(db)
      await sql`create index former_usernames_by_user on former_usernames (user_id)`.execute(db)
    },
  }
}

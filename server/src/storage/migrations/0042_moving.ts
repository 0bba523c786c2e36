/** What was moved here from another server: people, hashed secrets of apps and refresh tokens. */
import { type Kysely, type Migration, sql } from 'kysely'
import type { Facts } from '../sql/connection.ts'

export function moving({ blob, keyed }: Facts): Migration {
  return {
    async up(db: Kysely<unknown>) {
      await sql`create table imported_people (
        mark ${blob} primary key, user_id text not null, imported_at bigint not null
      ) ${keyed}`.execute(db)
      await sql`create index imported_people_by_user on imported_people (user_id)`.execute(db)
      await sql`create index users_other_hash on users (id)
        where password_hash not like '$argon2id$v=19$m=19456,t=2,p=1$%'`.execute(db)
      await sql`alter table client_secrets add column imported text`.execute(db)
      await sql`alter table clients add column tokens_until bigint`.execute(db)
    },
  }
}

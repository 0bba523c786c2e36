/** Passwords that one app of a person uses in place of theirs. */
import { type Kysely, type Migration, sql } from 'kysely'
import type { Facts } from '../sql/connection.ts'

export function appPasswordsTable({ keyed, blob }: Facts): Migration {
  return {
    async up(db: Kysely<unknown>) {
      await sql`create table app_passwords (
        digest ${blob} not null primary key,
        id text not null,
        user_id text not null,
        name text not null,
        created_at bigint not null,
        used_at bigint
      ) ${keyed}`.execute(db)
      await sql`create index app_passwords_by_user on app_passwords (user_id)`.execute(db)
    },
  }
}

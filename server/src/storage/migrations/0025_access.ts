/** Developers without an account ask to be let in with an app. */
import { type Kysely, type Migration, sql } from 'kysely'
import type { Facts } from '../sql/connection.ts'

export function accessTables({ keyed }: Facts): Migration {
  return {
    async up(db: Kysely<unknown>) {
      await sql`create table access_requests (
        id text not null primary key, email text not null, email_key text not null, app_name text not null,
        purpose text not null, website text, language text not null, asked_at bigint not null,
        client_id text, expires_at bigint not null
      ) ${keyed}`.execute(db)
      await sql`create index access_requests_by_email on access_requests (email_key)`.execute(db)
      await sql`create index access_requests_by_end on access_requests (expires_at)`.execute(db)
    },
  }
}

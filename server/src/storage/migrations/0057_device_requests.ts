/** Requests of devices that wait for a person's decision (RFC 8628). */
import { type Kysely, type Migration, sql } from 'kysely'
import type { Facts } from '../sql/connection.ts'

export function deviceRequestsTable({ blob, plainText, keyed }: Facts): Migration {
  return {
    async up(db: Kysely<unknown>) {
      await sql`create table device_requests (
        id ${blob} not null primary key, key ${blob} not null, user_code ${blob} not null,
        client_id text ${plainText} not null, asked text not null, state smallint not null,
        asked_at bigint not null, expires_at bigint not null
      ) ${keyed}`.execute(db)
      await sql`create unique index device_requests_by_code on device_requests (user_code)`.execute(db)
      await sql`create index device_requests_by_end on device_requests (expires_at)`.execute(db)
    },
  }
}

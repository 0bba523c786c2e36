/** Authorization requests that apps have pushed (RFC 9126). */
import { type Kysely, type Migration, sql } from 'kysely'
import type { Facts } from '../sql/connection.ts'

export function pushedRequestsTable({ blob, plainText, keyed }: Facts): Migration {
  return {
    async up(db: Kysely<unknown>) {
      await sql`create table pushed_requests (
        id ${blob} not null primary key, client_id text ${plainText} not null, parameters text not null,
        expires_at bigint not null
      ) ${keyed}`.execute(db)
      await sql`create index pushed_requests_by_end on pushed_requests (expires_at)`.execute(db)
    },
  }
}

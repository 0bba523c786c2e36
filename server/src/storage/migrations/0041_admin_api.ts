/** What the admin API remembers of requests that come with an Idempotency-Key. */
import { type Kysely, type Migration, sql } from 'kysely'
import type { Facts } from '../sql/connection.ts'

export function adminApiTables({ blob }: Facts): Migration {
  return {
    async up(db: Kysely<unknown>) {
      await sql`create table idempotency_keys (
        key ${blob} primary key,
        request ${blob} not null,
        claim integer not null,
        leased_until bigint not null,
        done smallint not null,
        status smallint,
        headers text,
        body text,
        expires_at bigint not null
      )`.execute(db)
      await sql`create index idempotency_keys_by_end on idempotency_keys (expires_at)`.execute(db)
    },
  }
}

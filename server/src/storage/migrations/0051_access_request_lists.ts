/** An index for the list of requests to be let in, the oldest first: those that wait, and those that were let in. */
import { type Kysely, type Migration, sql } from 'kysely'

export function accessRequestLists(): Migration {
  return {
    async up(db: Kysely<unknown>) {
      await sql`create index access_requests_waiting on access_requests (asked_at, id) where client_id is null`.execute(
        db,
      )
      await sql`create index access_requests_let_in on access_requests (asked_at, id) where client_id is not null`.execute(
        db,
      )
    },
  }
}

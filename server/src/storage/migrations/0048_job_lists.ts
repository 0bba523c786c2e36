/** An index for the lists and counts of jobs by what became of them, the newest first. */
import { type Kysely, type Migration, sql } from 'kysely'

export function jobLists(): Migration {
  return {
    async up(db: Kysely<unknown>) {
      // Those that wait have no outcome.
      await sql`create index jobs_by_outcome on jobs (outcome, created_at, id)`.execute(db)
    },
  }
}

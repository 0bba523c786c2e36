/** What is asked for again while it is being done, so that it is done once more. */
import { type Kysely, type Migration, sql } from 'kysely'

export function jobsAgain(): Migration {
  return {
    async up(db: Kysely<unknown>) {
      await sql`alter table jobs add column again_after bigint`.execute(db)
    },
  }
}

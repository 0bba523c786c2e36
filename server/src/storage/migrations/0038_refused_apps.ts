/** What the operator has refused of an app in development, so that it does not wait for them until it is another. */
import { type Kysely, type Migration, sql } from 'kysely'

export function refusedApps(): Migration {
  return {
    async up(db: Kysely<unknown>) {
      await sql`alter table clients add column refused_form text`.execute(db)
    },
  }
}

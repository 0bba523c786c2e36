/** A yes remembers the name and the destination that the person read, so that a later page can say what has changed. */
import { type Kysely, type Migration, sql } from 'kysely'

export function consentShown(): Migration {
  return {
    async up(db: Kysely<unknown>) {
      await sql`alter table consents add column shown text`.execute(db)
    },
  }
}

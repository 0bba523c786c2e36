/** The salt under which apps get an ID of their own for a person: sealed, beside the installation that it belongs to. */
import { type Kysely, type Migration, sql } from 'kysely'

export function subjectSalt(): Migration {
  return {
    async up(db: Kysely<unknown>) {
      await sql`alter table installation add column subject_salt text`.execute(db)
    },
  }
}

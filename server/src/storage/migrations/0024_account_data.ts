/** What account pages show of the audit log: it is found by person, and says with which program something was done. */
import { type Kysely, type Migration, sql } from 'kysely'

export function accountData(): Migration {
  return {
    async up(db: Kysely<unknown>) {
      await sql`alter table audit_log add column user_agent text`.execute(db)
      await sql`create index audit_log_by_subject on audit_log (subject, seq)`.execute(db)
      await sql`create index audit_log_by_actor on audit_log (actor, seq)`.execute(db)
    },
  }
}

/** The operator who acts without an account has a column of their own: `actor` holds ids alone. */
import { type Kysely, type Migration, sql } from 'kysely'

export function auditOperator(): Migration {
  return {
    async up(db: Kysely<unknown>) {
      await sql`alter table audit_log add column operator text`.execute(db)
      await sql`update audit_log set operator = actor, actor = null
        where actor like 'command:%' or actor like 'apply:%'`.execute(db)
    },
  }
}

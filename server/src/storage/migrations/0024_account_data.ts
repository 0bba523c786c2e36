/**
 * What account pages show and do. An account that is being closed says since when. The audit log is found by person, and says with which program something was done; and each
 * person's last import of measurements has a row that says how far it has come.
 */
import { type Kysely, type Migration, sql } from 'kysely'
import type { Facts } from '../sql/connection.ts'

export function accountData({ keyed }: Facts): Migration {
  return {
    async up(db: Kysely<unknown>) {
      await sql`alter table audit_log add column user_agent text`.execute(db)
      await sql`create index audit_log_by_subject on audit_log (subject, seq)`.execute(db)
      await sql`create index audit_log_by_actor on audit_log (actor, seq)`.execute(db)
      await sql`alter table users add column closing_at bigint`.execute(db)
      await sql`create index users_closing on users (closing_at) where closing_at is not null`.execute(db)
      await sql`create table data_imports (
        user_number bigint not null primary key, id text not null, state text not null, size bigint not null,
        bytes_read bigint not null, stored bigint not null, refused bigint not null, problems text not null,
        started_at bigint not null, updated_at bigint not null
      ) ${keyed}`.execute(db)
    },
  }
}

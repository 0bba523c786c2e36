/**
 * What the operator's console needs: when legacy protocols have brown-outs, who was told that one goes, and an index for each
 * filter of the audit log.
 */
import { type Kysely, type Migration, sql } from 'kysely'
import type { Facts } from '../sql/connection.ts'

export function consoleTables({ keyed }: Facts): Migration {
  return {
    async up(db: Kysely<unknown>) {
      await sql`alter table dialect_notices add column brownouts text`.execute(db)
      await sql`create table dialect_tellings (
        dialect text not null, client_id text not null, user_id text not null, sunset bigint not null,
        told_at bigint not null, primary key (dialect, client_id, user_id, sunset)
      ) ${keyed}`.execute(db)
      await sql`create index dialect_tellings_by_user on dialect_tellings (user_id)`.execute(db)
      await sql`create index audit_log_by_type on audit_log (type, at, seq)`.execute(db)
      await sql`create index audit_log_by_app on audit_log (client_id, at, seq) where client_id is not null`.execute(db)
      await sql`create index audit_log_by_operator on audit_log (operator, at, seq) where operator is not null`.execute(
        db,
      )
    },
  }
}

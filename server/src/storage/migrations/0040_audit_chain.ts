/**
 * Each row of the audit log names the one before it by a digest, in one chain for each process that writes; what can be
 * erased goes in by a salted digest. Rows from before have no chain, and it is written down how many there are.
 */
import { type Kysely, type Migration, sql } from 'kysely'
import type { Facts } from '../sql/connection.ts'

export function auditChain({ blob, plainText, keyed }: Facts): Migration {
  return {
    async up(db: Kysely<unknown>) {
      const columns = [
        ['node', sql`text ${plainText}`],
        ['number', sql`bigint`],
        ['digest', blob],
        ['origin_proof', blob],
        ['detail_proof', blob],
      ] as const
      for (const [name, type] of columns) {
        await sql`alter table audit_log add column ${sql.ref(name)} ${type}`.execute(db)
      }
      await sql`create unique index audit_log_by_number on audit_log (node, number) where node is not null`.execute(db)
      await sql`create table audit_chains (
        node text ${plainText} not null primary key, number bigint not null, digest ${blob} not null,
        started_at bigint not null
      ) ${keyed}`.execute(db)
      await sql`create table audit_drops (
        node text ${plainText} not null primary key, number bigint not null, digest ${blob} not null,
        dropped_at bigint not null, mark text not null
      ) ${keyed}`.execute(db)
      await sql`create table audit_seals (
        number bigint not null primary key, body text not null, generation bigint not null, mac text not null
      ) ${keyed}`.execute(db)
      await sql`create table audit_unchained (
        one smallint not null primary key check (one = 1), last bigint not null, count bigint not null
      )`.execute(db)
      await sql`insert into audit_unchained (one, last, count)
        select 1, coalesce(max(seq), 0), count(*) from audit_log`.execute(db)
    },
  }
}

/** The chains of the audit log as they are read back, and their seals. */
import { type Selectable, sql } from 'kysely'
import type { Link } from '../../../protocol/audit/chain.ts'
import type { AuditChain, ChainRow, MarkedDrop } from '../../contract.ts'
import { asBuffer } from '../bytes.ts'
import type { Connection } from '../connection.ts'
import type { AuditChainRow, AuditDropRow, AuditRow } from './audit_rows.ts'

export function auditChain({ db }: Pick<Connection, 'db'>): AuditChain {
  return {
    async heads() {
      const rows = await db.selectFrom('audit_chains').selectAll().orderBy('started_at').orderBy('node').execute()
      return rows.map(toHead)
    },

    async head(node) {
      const row = await db.selectFrom('audit_chains').selectAll().where('node', '=', node).executeTakeFirst()
      return row && toHead(row)
    },

    async drop(node) {
      const row = await db.selectFrom('audit_drops').selectAll().where('node', '=', node).executeTakeFirst()
      return row && toDrop(row)
    },

    async rows(node, after, limit) {
      const rows = await db
        .selectFrom('audit_log')
        .selectAll()
        .where('node', '=', node)
        .where('number', '>', after)
        .orderBy('number')
        .limit(limit)
        .execute()
      return rows.map(toChainRow)
    },

    async count() {
      const row = await db
        .selectFrom('audit_log')
        .select((of) => of.fn.countAll<number>().as('count'))
        .executeTakeFirstOrThrow()
      return Number(row.count)
    },

    async strays(limit) {
      const { rows } = await sql<{ seq: number; at: number }>`
        select seq, at from audit_log a where node is not null
          and (number is null or digest is null or origin_proof is null or detail_proof is null
            or not exists (select 1 from audit_chains c where c.node = a.node))
        order by seq limit ${limit}`.execute(db)
      return rows
    },

    async before() {
      const row = await db.selectFrom('audit_unchained').selectAll().executeTakeFirst()
      return { last: row?.last ?? 0, count: row?.count ?? 0 }
    },

    async unchained(last) {
      const { rows } = await sql<{ up_to: number | null; behind: number | null; latest: number | null }>`
        select sum(case when seq <= ${last} then 1 else 0 end) as up_to,
          sum(case when seq > ${last} then 1 else 0 end) as behind, max(seq) as latest
        from audit_log where node is null`.execute(db)
      const [row] = rows
      return {
        upTo: Number(row?.up_to ?? 0),
        behind: { last: Number(row?.latest ?? 0), count: Number(row?.behind ?? 0) },
      }
    },

    seals: (after, limit) =>
      db.selectFrom('audit_seals').selectAll().where('number', '>', after).orderBy('number').limit(limit).execute(),

    lastSeal: () => db.selectFrom('audit_seals').selectAll().orderBy('number', 'desc').limit(1).executeTakeFirst(),

    async addSeal(seal) {
      const { numInsertedOrUpdatedRows } = await db
        .insertInto('audit_seals')
        .values(seal)
        .onConflict((conflict) => conflict.doNothing())
        .executeTakeFirst()
      return (numInsertedOrUpdatedRows ?? 0n) > 0n
    },

    async resealSeal({ number, generation, mac }) {
      await db.updateTable('audit_seals').set({ generation, mac }).where('number', '=', number).execute()
    },

    async drops() {
      return (await db.selectFrom('audit_drops').selectAll().orderBy('node').execute()).map(toDrop)
    },

    async remark({ node, number, mark }) {
      await db.updateTable('audit_drops').set({ mark }).where('node', '=', node).where('number', '=', number).execute()
    },
  }
}

/** The place of a row in its chain; null where it has none. */
export function linkIn(row: Selectable<AuditRow>): Link | null {
  const { node, number, digest, origin_proof, detail_proof } = row
  if (node === null || number === null || digest === null || origin_proof === null || detail_proof === null) return null
  return {
    node,
    number,
    digest: asBuffer(digest),
    origin_proof: asBuffer(origin_proof),
    detail_proof: asBuffer(detail_proof),
  }
}

const none = Buffer.alloc(0)

function toChainRow(row: Selectable<AuditRow>): ChainRow {
  return {
    ...row,
    node: row.node ?? '',
    number: row.number ?? 0,
    digest: asBuffer(row.digest ?? none),
    origin_proof: asBuffer(row.origin_proof ?? none),
    detail_proof: asBuffer(row.detail_proof ?? none),
  }
}

function toHead({ node, number, digest }: Selectable<AuditChainRow>) {
  return { node, number, digest: asBuffer(digest) }
}

function toDrop({ node, number, digest, dropped_at, mark }: Selectable<AuditDropRow>): MarkedDrop {
  return { node, number, digest: asBuffer(digest), droppedAt: dropped_at, mark }
}

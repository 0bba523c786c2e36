/** Erases texts of the audit log, and leaves in their place the digests by which they are in its chain. */
import { type RawBuilder, sql } from 'kysely'
import { type ChainedText, erasedProof, isErased } from '../../../protocol/audit/chain.ts'
import { asBufferOrNull } from '../bytes.ts'
import type { Connection, Db } from '../connection.ts'

interface Found extends ChainedText {
  readonly seq: number
  readonly origin_proof: Uint8Array | null
  readonly detail_proof: Uint8Array | null
}

/** What goes: where an event came from, or what it tells beside. */
interface Texts {
  readonly origin: boolean
  readonly detail: boolean
}

/** Rows written at once; each has 5 parameters. */
const chunk = 500

/** Erases the texts of all rows that fit; of a row without any nothing is touched. */
export async function eraseWhere(
  { facts }: Connection,
  trx: Db,
  where: RawBuilder<unknown>,
  texts: Texts,
): Promise<void> {
  const { rows } = await sql<Found>`select seq, at, type, actor, operator, subject, client_id, address, user_agent,
    request_id, detail, origin_proof, detail_proof from audit_log where ${where}`.execute(trx)
  const erased = rows.flatMap((row) => erasedRow(row, texts))
  for (let i = 0; i < erased.length; i += chunk) {
    const values = erased.slice(i, i + chunk).map(
      ({ seq, origin, detail, originProof, detailProof }) =>
        sql`(cast(${seq} as bigint), cast(${origin} as bigint), cast(${detail} as bigint),
            cast(${originProof} as ${facts.blob}), cast(${detailProof} as ${facts.blob}))`,
    )
    await sql`with gone (seq, origin, detail, origin_proof, detail_proof) as (values ${sql.join(values)})
      update audit_log set
        address = case when gone.origin = 1 then null else address end,
        user_agent = case when gone.origin = 1 then null else user_agent end,
        detail = case when gone.detail = 1 then '{}' else audit_log.detail end,
        origin_proof = gone.origin_proof, detail_proof = gone.detail_proof
      from gone where gone.seq = audit_log.seq`.execute(trx)
  }
}

function erasedRow(row: Found, texts: Texts) {
  const origin = texts.origin && (row.address !== null || row.user_agent !== null)
  const detail = texts.detail && row.detail !== '{}'
  if (!origin && !detail) return []
  const proofs = { origin: asBufferOrNull(row.origin_proof), detail: asBufferOrNull(row.detail_proof) }
  const of = (what: 'origin' | 'detail') => {
    const proof = proofs[what]
    // What was erased before keeps the digest of the text that it had.
    return proof === null || isErased(proof) ? proof : erasedProof(proof, row, what)
  }
  return [
    {
      seq: row.seq,
      origin: Number(origin),
      detail: Number(detail),
      originProof: origin ? of('origin') : proofs.origin,
      detailProof: detail ? of('detail') : proofs.detail,
    },
  ]
}

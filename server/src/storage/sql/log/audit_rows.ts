/** The tables of the audit log. */
import type { Generated } from 'kysely'

export interface AuditRow {
  seq: Generated<number>
  at: number
  type: string
  actor: string | null
  operator: string | null
  subject: string | null
  client_id: string | null
  address: string | null
  user_agent: string | null
  request_id: string | null
  detail: string
  /** The chain that it belongs to, and its place there; null in rows from before there were chains. */
  node: string | null
  number: number | null
  digest: Buffer | null
  /** A salt of 16 bytes, or, where the text is erased, the salted digest that it had. */
  origin_proof: Buffer | null
  detail_proof: Buffer | null
}

/** The last row of each chain of the audit log. */
export interface AuditChainRow {
  node: string
  number: number
  digest: Buffer
  started_at: number
}

/** Up to which row each chain has lost what was past its retention. */
export interface AuditDropRow {
  node: string
  number: number
  digest: Buffer
  dropped_at: number
  mark: string
}

export interface AuditSealRow {
  number: number
  body: string
  generation: number
  mac: string
}

/** The rows of the audit log from before there were chains. */
export interface AuditUnchainedRow {
  one: number
  last: number
  count: number
}

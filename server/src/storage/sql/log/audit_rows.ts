/** The tables of the audit log. */
import type { Generated } from 'kysely'
import type { DeliveryState, WebhookOffReason } from '../../../protocol/audit/webhook_events.ts'

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

/** Where events of the audit log are sent to. */
export interface WebhookRow {
  id: string
  client_id: string | null
  uri: string
  /** JSON: types of events. */
  events: string
  /** JSON: sealed secrets with their ends. */
  secrets: string
  created_at: number
  failing_since: number | null
  off_at: number | null
  off_reason: WebhookOffReason | null
}

export interface WebhookDeliveryRow {
  id: string
  webhook_id: string
  type: string
  body: string
  created_at: number
  state: DeliveryState
  attempts: number
  last_at: number | null
  status: number | null
  error: string | null
}

/** Up to which event each chain of the audit log was looked through for webhooks. */
export interface WebhookCursorRow {
  node: string
  number: number
}

/** Rows of what the operator's tools keep. */

/** A request to the admin API that came with an Idempotency-Key. */
export interface IdempotencyKeyRow {
  /** SHA-256 of caller, route and key. */
  key: Buffer
  /** SHA-256 of what it asks for. */
  request: Buffer
  /** Counts who has claimed it. */
  claim: number
  leased_until: number
  /** Whether it was carried out. */
  done: number
  /** Its answer, once there is one, without secrets. */
  status: number | null
  headers: string | null
  body: string | null
  expires_at: number
}

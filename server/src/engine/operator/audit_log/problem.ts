/** What `audit verify` finds, and the words that it says it in. */
import type { Millis } from '../../../lib/clock.ts'

/** One thing that is not as it was written. */
export interface AuditProblem {
  /**
   * `missing`: taken away; `changed`: another text than was written; `added`: never written by this server; `cut_off`: the end
   * of a chain is gone; `seal`: a seal is gone, changed or not of this server.
   */
  readonly kind: 'missing' | 'changed' | 'added' | 'cut_off' | 'seal'
  readonly node: string | null
  /** Numbers in the chain, or of seals. */
  readonly from: number | null
  readonly to: number | null
  /** One sentence. */
  readonly text: string
}

/** A point that a seal says a chain has gone through. */
export interface Checkpoint {
  readonly number: number
  readonly digest: string
  readonly sealedAt: string
}

export function events(count: number): string {
  return count === 1 ? '1 event' : `${count} events`
}

export function time(at: Millis): string {
  return `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`
}

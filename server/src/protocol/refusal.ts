/**
 * Refusals: the protocol says no. What a reason means is a row of `refusals/`. A fault is anything else that is thrown; it
 * is never a Refusal and never changes state.
 */
import { type Reason, refusals } from './refusals/index.ts'
import type { RefusalCode } from './refusals/row.ts'

export { type Reason, refusals } from './refusals/index.ts'
export type { RefusalCode } from './refusals/row.ts'

/** What a check knows beyond its reason. `expected` and `got` reach only the owner of an authenticated client. */
export interface RefusalDetail {
  readonly expected?: string
  readonly got?: string
  /** A more exact sentence than the table's. */
  readonly cause?: string
  /** A more exact public text than the table's; printable ASCII, holds nothing that was sent. */
  readonly text?: string
  /** Seconds after which a retry makes sense. */
  readonly retryAfter?: number
  /** Scopes that would do (RFC 6750 §3). */
  readonly scope?: string
  /** How and how recently the person has to sign in (RFC 9470 §3): classes, one of which will do, and seconds. */
  readonly acrValues?: string
  readonly maxAge?: number
  /** A nonce to try again with, for the header of that name (RFC 9449 §8). */
  readonly nonce?: string
}

export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly reason: Reason
  readonly detail: RefusalDetail

  constructor(reason: Reason, detail: RefusalDetail = {}) {
    super(reason)
    this.reason = reason
    this.detail = detail
  }

  get error(): RefusalCode {
    return refusals[this.reason].error
  }

  get status(): number {
    return refusals[this.reason].status
  }

  /** The public error_description. */
  get text(): string {
    return this.detail.text ?? refusals[this.reason].text
  }

  /** One sentence for the app's owner. */
  get why(): string {
    return this.detail.cause ?? refusals[this.reason].cause
  }
}

/**
 * What was found, unless that is a refusal: then it is thrown, for the frame of the endpoint to tell. Whoever decides by a
 * refusal is answered it as a value.
 */
export function orThrow<Value>(found: Value | Refusal): Value {
  if (found instanceof Refusal) throw found
  return found
}

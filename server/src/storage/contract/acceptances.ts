/** What people have accepted of the operator's documents. */
import type { Millis } from '../../lib/clock.ts'
import type { UserId } from '../../protocol/names.ts'

/** Documents of the operator that people accept. */
export type TermsDocument = 'terms' | 'privacy'

/** A version of a document that somebody has accepted. */
export interface AcceptedVersion {
  readonly document: TermsDocument
  readonly version: string
  readonly acceptedAt: Millis
  /** In which language they were asked (BCP 47). */
  readonly language: string
}

export interface Acceptances {
  /** Stores what a person has accepted. What they had accepted before stays as it was. */
  add(userId: UserId, accepted: readonly AcceptedVersion[]): Promise<void>
  /** Notes that nothing is due in any session of a person any more. */
  settle(userId: UserId): Promise<void>
  /** What a person has accepted, the latest first. */
  listByUser(userId: UserId): Promise<readonly AcceptedVersion[]>
}

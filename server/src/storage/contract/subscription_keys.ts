/** Subscription keys: 32 characters that an older API asks for beside a sign-in. */
import type { Millis } from '../../lib/clock.ts'
import type { UserId } from '../../protocol/names.ts'

export interface SubscriptionKey {
  /** Digest of the text that it was made with; stays when the key is rotated. */
  readonly id: string
  readonly owner: UserId
  /** Empty where nobody gave one. */
  readonly name: string
  /** The first characters of the text; empty where it was stored before these were kept. */
  readonly start: string
  /** Who has switched it off: what the operator did, the developer cannot undo. */
  readonly disabled: 'developer' | 'operator' | null
  /** In the order of their ids. */
  readonly collaborators: readonly UserId[]
  readonly openToAll: boolean
  readonly createdAt: Millis | null
  /** Digest of the text in use. */
  readonly digest: string
  /** The text before the last rotation, and until when it works. */
  readonly previous: { readonly digest: string; readonly start: string; readonly until: Millis } | null
  /** Null where it has not been used. */
  readonly use: KeyUse | null
}

/** How a key was used. Days are UTC. */
export interface KeyUse {
  readonly lastUsed: Millis
  readonly day: string
  /** Uses on that day. */
  readonly count: number
}

/** Every write but that of uses bumps the change signal of `onClientsChanged`. */
export interface SubscriptionKeys {
  find(id: string): Promise<SubscriptionKey | undefined>
  /** The key that was made with the text of this digest, or has it or had it before the last rotation. */
  findByText(digest: string): Promise<SubscriptionKey | undefined>
  /** Every key, for the operator. */
  list(): Promise<readonly SubscriptionKey[]>
  /** Keys by the order of their IDs, from behind one on: of everybody, or those that a person owns. */
  page(
    limit: number,
    of: { readonly after?: string | undefined; readonly owner?: UserId | undefined },
  ): Promise<readonly SubscriptionKey[]>
  /** The keys that a person owns or shares. */
  listByUser(userId: UserId): Promise<readonly SubscriptionKey[]>
  /**
   * Stores a key that has not been used. `room` is how many the owner may have then, also of many at once: 'full' where they
   * have as many, or are no longer there.
   */
  insert(key: Omit<SubscriptionKey, 'use'>, room?: number): Promise<'inserted' | 'taken' | 'full'>
  /**
   * Writes what `decide` makes of the key as it is; of two at once, the later one decides from what the earlier one left.
   * Answers the key after it, or undefined where there is none or `decide` wants no change. The use stays as it is.
   */
  amend(
    id: string,
    decide: (present: SubscriptionKey) => SubscriptionKey | undefined,
  ): Promise<SubscriptionKey | undefined>
  /** Deletes the key with all that belongs to it. */
  delete(id: string): Promise<boolean>
  /** Adds uses of one day to a key's count; of an earlier day than that counted, only the last moment is kept. */
  addUses(uses: readonly (KeyUse & { readonly id: string })[]): Promise<void>
}

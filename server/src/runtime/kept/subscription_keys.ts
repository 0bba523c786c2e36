/**
 * Subscription keys: 32 characters that an older API asks for beside a sign-in. One belongs to a developer; through it
 * its owner and its collaborators may sign in, or everybody where the operator has opened it.
 */
import { type Clock, dayOf, type Millis } from '../../lib/clock.ts'
import { sha256 } from '../../lib/hash.ts'
import type { Log } from '../../lib/log.ts'
import { createWriteBehind } from '../../lib/write_behind.ts'
import type { UserId } from '../../protocol/names.ts'
import type { KeyUse, Storage, SubscriptionKey } from '../../storage/contract.ts'
import { keepRows } from './rows.ts'

/** What every key looks like. */
export const keyPattern = /^[A-Za-z0-9]{32}$/

/** What is stored in place of a key's text. It signs people in like a password, so its text is kept nowhere. */
export function keyDigest(text: string): string {
  return sha256(text).toString('base64url')
}

/** Its first characters, by which people tell keys apart; what is left has more than 160 bits. */
export function keyStart(text: string): string {
  return text.slice(0, 4)
}

/** A key as it is made: its owner's alone. */
export function newKey(
  key: Pick<SubscriptionKey, 'digest' | 'owner' | 'name' | 'start' | 'createdAt'>,
): SubscriptionKey {
  const nobody = { collaborators: [], openToAll: false }
  return { id: key.digest, ...key, ...nobody, disabled: null, previous: null, use: null }
}

export type FoundKey =
  | { readonly outcome: 'ok'; readonly key: SubscriptionKey }
  | { readonly outcome: 'missing' | 'unknown' | 'disabled' }

export interface SubscriptionKeys {
  /**
   * The key that was presented. Switching one off counts at once in every process that hears of it, and within five seconds
   * in any other.
   */
  find(presented: string | undefined): Promise<FoundKey>
  /** Counts one use, for "last used" and "uses today" of the developer pages; written later, in batches. */
  countUse(key: SubscriptionKey): void
  /** Writes what was counted so far. */
  flush(): Promise<void>
}

/** Whether this person may sign in through the key. */
export function maySignIn(key: SubscriptionKey, userId: UserId): boolean {
  return key.openToAll || key.owner === userId || key.collaborators.includes(userId)
}

/** A key, at most five seconds old, and whether its owner's account was there and enabled. */
interface Known {
  readonly key: SubscriptionKey
  readonly ownerStands: boolean
}

export function createSubscriptionKeys(storage: Storage, clock: Clock, log: Log): SubscriptionKeys {
  const keys = keepRows({ storage, clock }, async (digest: string): Promise<Known | undefined> => {
    const key = await storage.subscriptionKeys.findByText(digest)
    return key && { key, ownerStands: (await storage.accounts.find(key.owner))?.enabled === true }
  })
  const counted = createWriteBehind<{ readonly id: string; readonly at: Millis }>({
    write: (items) => storage.subscriptionKeys.addUses(sumsOf(items)),
    capacity: 50_000,
    delay: 1000,
    onError: (error, lost) => log.warn({ err: error, lost }, 'uses of subscription keys could not be counted'),
  })

  return {
    async find(presented) {
      if (presented === undefined || presented === '') return { outcome: 'missing' }
      if (!keyPattern.test(presented)) return { outcome: 'unknown' }
      // Looked for by its digest, so that how long it takes says nothing about the text of any other key.
      const digest = keyDigest(presented)
      const known = await keys.find(digest)
      if (known === undefined || !isTextInUse(known.key, digest, clock.now())) return { outcome: 'unknown' }
      const { key, ownerStands } = known
      return key.disabled !== null || !ownerStands ? { outcome: 'disabled' } : { outcome: 'ok', key }
    },
    countUse: ({ id }) => void counted.add({ id, at: clock.now() }),
    flush: () => counted.flush(),
  }
}

/** Whether the text with this digest is the key's present one, or the one before it within the overlap. */
function isTextInUse({ digest, previous }: SubscriptionKey, presented: string, now: Millis): boolean {
  return digest === presented || (previous?.digest === presented && now < previous.until)
}

/** The uses of each key on each day, the days of a key in their order. */
function sumsOf(items: readonly { readonly id: string; readonly at: Millis }[]): (KeyUse & { readonly id: string })[] {
  const sums = new Map<string, { id: string; day: string; lastUsed: Millis; count: number }>()
  for (const { id, at } of items) {
    const day = dayOf(at)
    const sum = sums.get(`${day} ${id}`) ?? { id, day, lastUsed: at, count: 0 }
    sum.lastUsed = Math.max(sum.lastUsed, at)
    sum.count++
    sums.set(`${day} ${id}`, sum)
  }
  return [...sums.values()]
}

/**
 * Subscription keys: 32 characters that an older API asks for beside a sign-in. One belongs to a developer; through it
 * its owner and its collaborators may sign in, or everybody where the operator has opened it.
 */
import type { Clock, Millis } from '../../lib/clock.ts'
import type { Log } from '../../lib/log.ts'
import { createWriteBehind } from '../../lib/write_behind.ts'
import type { UserId } from '../../protocol/names.ts'
import type { Storage } from '../../storage/contract.ts'
import { addUse, findKeyByDigest, type KeyRecord, keyDigest, keyPattern } from './subscription_key_record.ts'

export interface SubscriptionKey {
  /** Stays when the key is rotated. Made from a digest; never the text. */
  readonly id: string
  readonly name: string
  readonly ownerId: UserId
  readonly collaborators: readonly UserId[]
  readonly openToAll: boolean
}

export type FoundKey =
  | { readonly outcome: 'ok'; readonly key: SubscriptionKey }
  | { readonly outcome: 'missing' | 'unknown' | 'disabled' }

export interface SubscriptionKeys {
  find(presented: string | undefined): Promise<FoundKey>
  countUse(key: SubscriptionKey): void
  /** Writes what was counted so far. */
  flush(): Promise<void>
}

/** The part of the context that is needed here. */
interface Keyed {
  readonly subscriptionKeys: SubscriptionKeys
}

/**
 * The key that was presented. Switching one off counts at once in every process that hears of it, and within five
 * seconds in any other.
 */
export function findSubscriptionKey(context: Keyed, presented: string | undefined): Promise<FoundKey> {
  return context.subscriptionKeys.find(presented)
}

/** Whether this person may sign in through the key. */
export function maySignIn(key: SubscriptionKey, userId: UserId): boolean {
  return key.openToAll || key.ownerId === userId || key.collaborators.includes(userId)
}

/** Counts one use, for "last used" and "uses today" of the developer pages; written later, in batches. */
export function countUse(context: Keyed, key: SubscriptionKey): void {
  context.subscriptionKeys.countUse(key)
}

/** The day of a moment, in UTC. */
export function dayOf(at: Millis): string {
  return new Date(at).toISOString().slice(0, 10)
}

const cacheAge: Millis = 5000
const cacheSize = 10_000

interface Kept {
  readonly id: string
  readonly record: KeyRecord
  /** Whether its owner's account is there and enabled. */
  readonly ownerStands: boolean
  readonly at: Millis
}

/** A cache over the stored keys. Unknown ones are not remembered: they cost two reads each and fill nothing. */
export function createSubscriptionKeys(storage: Storage, clock: Clock, log: Log): SubscriptionKeys {
  let cache = new Map<string, Kept>()
  storage.onClientsChanged(() => {
    // A new map, not an emptied one: a read that is under way now must not put into it what it has read before.
    cache = new Map()
  })

  const counted = createWriteBehind<{ readonly id: string; readonly at: Millis }>({
    write: (items) => addUses(storage, items),
    capacity: 50_000,
    delay: 1000,
    onError: (error, lost) => log.warn({ err: error, lost }, 'uses of subscription keys could not be counted'),
  })

  async function load(digest: string, now: Millis): Promise<Kept | undefined> {
    const into = cache
    const found = await findKeyByDigest(storage, digest)
    if (found === undefined) return undefined
    const owner = await storage.accounts.find(found.record.owner)
    const kept = { ...found, ownerStands: owner?.enabled === true, at: now }
    if (into.size >= cacheSize) into.clear()
    into.set(digest, kept)
    return kept
  }

  return {
    async find(presented) {
      if (presented === undefined || presented === '') return { outcome: 'missing' }
      if (!keyPattern.test(presented)) return { outcome: 'unknown' }
      storage.noticeChanges()
      const now = clock.now()
      // Looked for by its digest, so that how long it takes says nothing about the text of any other key.
      const digest = keyDigest(presented)
      const hit = cache.get(digest)
      const fresh = hit !== undefined && now - hit.at < cacheAge && now >= hit.at
      const kept = fresh ? hit : await load(digest, now)
      if (kept === undefined) return { outcome: 'unknown' }
      const { id, record, ownerStands } = kept
      if (!isTextInUse(record, digest, now)) return { outcome: 'unknown' }
      if (record.disabled !== undefined || !ownerStands) return { outcome: 'disabled' }
      const { name, owner: ownerId, collaborators, openToAll } = record
      return { outcome: 'ok', key: { id, name, ownerId, collaborators, openToAll } }
    },
    countUse: ({ id }) => void counted.add({ id, at: clock.now() }),
    flush: () => counted.flush(),
  }
}

/** Whether the text with this digest is the key's present one, or the one before it within the overlap. */
function isTextInUse(record: KeyRecord, digest: string, now: Millis): boolean {
  if (record.digest === digest) return true
  return record.previous?.digest === digest && now < record.previous.until
}

async function addUses(storage: Storage, items: readonly { readonly id: string; readonly at: Millis }[]) {
  const sums = new Map<string, { id: string; day: string; lastUsed: Millis; count: number }>()
  for (const { id, at } of items) {
    const day = dayOf(at)
    const sum = sums.get(`${day} ${id}`)
    if (sum === undefined) sums.set(`${day} ${id}`, { id, day, lastUsed: at, count: 1 })
    else {
      sum.lastUsed = Math.max(sum.lastUsed, at)
      sum.count++
    }
  }
  for (const { id, ...use } of sums.values()) await addUse(storage, id, use)
}

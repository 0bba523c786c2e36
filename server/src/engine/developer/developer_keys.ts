/** What developers do with subscription keys of their own: create, rename, rotate, switch off, delete. */

import { encodeBase62 } from '../../lib/base62.ts'
import { briefly } from '../../lib/briefly.ts'
import { type Clock, day, dayOf, type Millis } from '../../lib/clock.ts'
import { randomBytes } from '../../lib/random.ts'
import type { AuditDetail, AuditType } from '../../protocol/audit_events.ts'
import { subscriptionKeyClient } from '../../protocol/dialects.ts'
import { canonicalName, nameProblem } from '../../protocol/visible_name.ts'
import type { Context } from '../../runtime/context.ts'
import { keyDigest, keyStart, newKey } from '../../runtime/kept/subscription_keys.ts'
import type { Account, Acting, SubscriptionKey } from '../../storage/contract.ts'
import type { FormProblem } from '../../words/form_problem.ts'
import { type Amend, actAs, type Changed, changeAs, type Developer, registrationFor } from './developer_apps.ts'

export type { SubscriptionKey }

export const keyLimit = 20

/** How long the old text may go on working after a rotation, so that every copy of an app can be changed over. */
export const keyOverlaps = { none: 0, day, week: 7 * day, month: 30 * day } as const satisfies Record<string, Millis>
export type KeyOverlap = keyof typeof keyOverlaps

export interface DeveloperKey {
  /** What its address is made of; not enough to find the key by for anybody else. */
  readonly handle: string
  /** Empty where nobody gave one. */
  readonly name: string
  /** Its first characters; empty where they are not known. */
  readonly start: string
  readonly createdAt: Millis | undefined
  readonly lastUsed: Millis | undefined
  readonly usesToday: number
  /** Who has switched it off. */
  readonly disabled: 'developer' | 'operator' | undefined
  /** The text before the last rotation, while it still works. */
  readonly previous: { readonly start: string; readonly until: Millis } | undefined
  readonly openToAll: boolean
  /** Whose it is, where the person only takes part in it. */
  readonly sharedBy: string | undefined
}

/** What stands in addresses and logs for a key: a part of its digest. */
export function handleOf(id: string): string {
  return id.slice(0, 16)
}

/** The person's keys by name, then those that others share with them. */
export async function listDeveloperKeys(context: Context, account: Account): Promise<readonly DeveloperKey[]> {
  // A use of a moment ago is what one is looking for.
  await briefly(context.subscriptionKeys.flush())
  const keys = await context.storage.subscriptionKeys.listByUser(account.id)
  const told = await Promise.all(keys.map((key) => describeKey(context, account, key)))
  return told.sort(
    (a, b) =>
      Number(a.sharedBy !== undefined) - Number(b.sharedBy !== undefined) ||
      a.name.localeCompare(b.name, 'en') ||
      (a.createdAt ?? 0) - (b.createdAt ?? 0),
  )
}

export async function describeKey(context: Context, account: Account, key: SubscriptionKey): Promise<DeveloperKey> {
  const { id, name, start, createdAt, disabled, previous, openToAll, owner, use } = key
  const now = context.clock.now()
  return {
    handle: handleOf(id),
    name,
    start,
    createdAt: createdAt ?? undefined,
    lastUsed: use?.lastUsed,
    usesToday: use?.day === dayOf(now) ? use.count : 0,
    disabled: disabled ?? undefined,
    previous: previous !== null && now < previous.until ? previous : undefined,
    openToAll,
    sharedBy: owner === account.id ? undefined : ((await context.storage.accounts.find(owner))?.username ?? ''),
  }
}

/** The person's own key. Nobody finds the key of somebody else. */
export async function findOwnKey(
  context: Context,
  account: Account,
  handle: string,
): Promise<SubscriptionKey | undefined> {
  const keys = await context.storage.subscriptionKeys.listByUser(account.id)
  return keys.find(({ id, owner }) => owner === account.id && handleOf(id) === handle)
}

/**
 * Whether the person may make keys. Where apps wait for approval, keys do not: one lets nobody in but its owner and
 * whom the owner names, and that it opens to all is the operator's alone to say.
 */
export function mayCreateKeys(context: Context, account: Account): boolean {
  return registrationFor(context, account) !== 'closed'
}

export type KeyMade = { readonly key: string; readonly problem?: undefined } | { readonly problem: FormProblem }

/** Makes a key. Its text is answered here and never again. */
export async function createKey(context: Context, by: Developer, name: string): Promise<KeyMade> {
  const problem = nameProblem(name)
  if (problem !== undefined) return { problem }
  const { text, key } = generateKey(context.clock, { owner: by.account.id, name })
  return actAs(context, by, async ({ subscriptionKeys }, record) => {
    if ((await subscriptionKeys.insert(key, keyLimit)) !== 'inserted') {
      return { problem: { key: 'keys_full', limit: keyLimit } }
    }
    await record('subscription_key_created', { detail: { key: handleOf(key.id), name: key.name } })
    return { key: text }
  })
}

/** A new key for somebody, with its text. */
export function generateKey(
  clock: Clock,
  { owner, name }: Pick<SubscriptionKey, 'owner' | 'name'>,
): { readonly text: string; readonly key: SubscriptionKey } {
  const text = newKeyText()
  const key = newKey({
    digest: keyDigest(text),
    owner,
    name: canonicalName(name),
    start: keyStart(text),
    createdAt: clock.now(),
  })
  return { text, key }
}

/** 32 letters and digits with more than 180 random bits. */
function newKeyText(): string {
  return encodeBase62(randomBytes(25)).slice(0, 32)
}

export function renameKey(context: Context, by: Developer, id: string, name: string): Promise<Changed> {
  const problem = nameProblem(name)
  if (problem !== undefined) return Promise.resolve({ problem })
  const detail = { name: canonicalName(name) }
  return change(
    context,
    by,
    { id, event: 'subscription_key_renamed', detail: { key: handleOf(id), ...detail } },
    (present) => ({ ...present, ...detail }),
  )
}

/**
 * Gives the key a new text. The old one works for the overlap; one still older stops at once. Without an overlap the logins
 * that were made with the key end, too.
 */
export async function rotateKey(context: Context, by: Developer, id: string, overlap: KeyOverlap): Promise<KeyMade> {
  const text = newKeyText()
  const until = context.clock.now() + keyOverlaps[overlap]
  const changed = await change(
    context,
    by,
    { id, event: 'subscription_key_rotated', detail: { key: handleOf(id), overlap }, endsLogins: overlap === 'none' },
    (present) => {
      const previous = overlap === 'none' ? null : { digest: present.digest, start: present.start, until }
      return { ...present, digest: keyDigest(text), start: keyStart(text), previous }
    },
  )
  return changed.problem === undefined ? { key: text } : changed
}

/** Ends the JWT logins that were made with a key which somebody may have who should not. */
export async function endKeyLogins({ grants }: Acting, id: string): Promise<void> {
  await grants.endAll({ clientId: subscriptionKeyClient.clientId, subscriptionKey: id }, 'revoked_by_client')
}

/** Switches the key off or on; off counts at once. What the operator has switched off stays so. */
export function setKeyEnabled(context: Context, by: Developer, id: string, enabled: boolean): Promise<Changed> {
  const event = enabled ? 'subscription_key_enabled' : 'subscription_key_disabled'
  return change(context, by, { id, event, detail: { key: handleOf(id) } }, (present) => {
    if (present.disabled === 'operator') return 'key_off_by_operator'
    return { ...present, disabled: enabled ? null : 'developer' }
  })
}

/** Deletes the key; it is refused at once, and the logins that were made with it end. */
export async function deleteKey(context: Context, by: Developer, key: SubscriptionKey): Promise<void> {
  if (key.owner !== by.account.id) throw new Error("developer keys: another person's key")
  await actAs(context, by, async (acting, record) => {
    if (!(await acting.subscriptionKeys.delete(key.id))) return
    await endKeyLogins(acting, key.id)
    await record('subscription_key_deleted', { detail: { key: handleOf(key.id), name: key.name } })
  })
}

/** What a developer does to a key, as the audit log names it. */
interface KeyAct<Type extends AuditType> {
  readonly id: string
  readonly event: Type
  readonly detail: AuditDetail<Type>
  /** Whether the logins that were made with the key end. */
  readonly endsLogins?: boolean
}

/** Makes a change that is decided on the person's own key as it is. */
function change<Type extends AuditType>(
  context: Context,
  by: Developer,
  { id, endsLogins = false, ...of }: KeyAct<Type>,
  decide: (present: SubscriptionKey) => SubscriptionKey | FormProblem,
): Promise<Changed> {
  const and = endsLogins ? (acting: Acting) => endKeyLogins(acting, id) : undefined
  const amend: Amend<SubscriptionKey, SubscriptionKey> = ({ subscriptionKeys }, decided) =>
    subscriptionKeys.amend(id, decided)
  return changeAs(context, by, { ...of, amend, and }, (present) =>
    present.owner === by.account.id ? decide(present) : 'gone',
  )
}

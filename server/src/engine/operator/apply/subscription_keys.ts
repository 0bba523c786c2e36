/** Subscription keys in the operator's document. What an entry does not name stays as it is, a rotation too. */
import { isDeepStrictEqual } from 'node:util'
import type { Millis } from '../../../lib/clock.ts'
import type { UserId } from '../../../protocol/names.ts'
import { newKey } from '../../../runtime/kept/subscription_keys.ts'
import type { Acting, SubscriptionKey } from '../../../storage/contract.ts'
import { problemAt } from '../../../words/schema_problem.ts'
import type { ApplyContext, Change, Planned } from './change.ts'
import type { SubscriptionKeyEntry } from './document.ts'
import { type FindUser, findPeople, type People, sharedBy } from './people.ts'

export async function planSubscriptionKeys(
  context: ApplyContext,
  entries: readonly SubscriptionKeyEntry[],
  findUser: FindUser,
): Promise<Planned> {
  const changes: Change[] = []
  const problems: string[] = []
  const seen = new Map<string, number>()
  for (const [at, entry] of entries.entries()) {
    const people = await findPeople(entry, ['subscription_keys', at], findUser)
    const { digest } = entry
    const found = await context.storage.subscriptionKeys.findByText(digest)
    const id = found?.id ?? digest
    const first = seen.get(id)
    seen.set(id, first ?? at)
    if (first !== undefined) {
      problems.push(problemAt(['subscription_keys', at, 'key'], `is subscription_keys[${first}], rotated since`))
    }
    if ('problems' in people) problems.push(...people.problems)
    else if (first === undefined && people.owner) {
      const named = { entry, people: { ...people, owner: people.owner }, digest }
      const merge = (present?: SubscriptionKey) => merged(named, present, context.clock.now())
      const members = found === undefined ? [] : changedMembers(found, merge(found))
      if (found !== undefined && members.length === 0) continue
      changes.push({
        action: found === undefined ? 'create' : 'update',
        kind: 'subscription_key',
        name: shownKey(id),
        members,
        write: (acting) => writeKey(acting, id, merge),
      })
    }
  }
  return { changes, problems }
}

/** An entry with the people and the key that it names. */
interface Named {
  readonly entry: SubscriptionKeyEntry
  readonly people: People & { readonly owner: UserId }
  readonly digest: string
}

/** The key with what the entry names. */
function merged({ entry, people, digest }: Named, present: SubscriptionKey | undefined, now: Millis): SubscriptionKey {
  const { owner } = people
  const base = present ?? newKey({ digest, name: '', start: '', owner, createdAt: now })
  const off = entry.disabled ? 'operator' : null
  return {
    ...base,
    owner,
    name: entry.name ?? base.name,
    // Keys that were stored before their first characters were kept get them now.
    start: base.start === '' && base.digest === digest ? entry.start : base.start,
    disabled: entry.disabled === undefined ? base.disabled : off,
    collaborators: sharedBy(people, owner, base.collaborators),
    openToAll: entry.open_to === undefined ? base.openToAll : entry.open_to === 'all',
  }
}

const memberNames = {
  owner: 'owner',
  name: 'name',
  start: 'start',
  disabled: 'disabled',
  collaborators: 'collaborators',
  openToAll: 'open_to',
} as const satisfies Partial<Record<keyof SubscriptionKey, string>>

function changedMembers(before: SubscriptionKey, after: SubscriptionKey): string[] {
  return (Object.keys(memberNames) as (keyof typeof memberNames)[])
    .filter((member) => !isDeepStrictEqual(before[member], after[member]))
    .map((member) => memberNames[member])
}

async function writeKey(
  { subscriptionKeys }: Acting,
  id: string,
  merge: (present?: SubscriptionKey) => SubscriptionKey,
): Promise<void> {
  // Deleted since it was planned: the document says that it is there.
  if ((await subscriptionKeys.amend(id, merge)) === undefined) await subscriptionKeys.insert(merge())
}

/** The removal of keys that the section does not name, whoever has made them. */
export async function pruneSubscriptionKeys(
  { storage }: ApplyContext,
  entries: readonly SubscriptionKeyEntry[],
): Promise<Change[]> {
  const named = new Set<string>()
  for (const { digest } of entries) {
    const found = await storage.subscriptionKeys.findByText(digest)
    if (found !== undefined) named.add(found.id)
  }
  return (await storage.subscriptionKeys.list())
    .filter(({ id }) => !named.has(id))
    .map(({ id }) => ({
      action: 'remove',
      kind: 'subscription_key',
      name: shownKey(id),
      members: [],
      write: ({ subscriptionKeys }) => subscriptionKeys.delete(id),
    }))
}

/** Eight characters of the digest tell keys apart and help nobody to guess one. */
function shownKey(id: string): string {
  return id.slice(0, 8)
}

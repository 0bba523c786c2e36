/** Subscription keys in the operator's document. What an entry does not name stays as it is, a rotation too. */
import { isDeepStrictEqual } from 'node:util'
import type { Millis } from '../../../lib/clock.ts'
import type { UserId } from '../../../protocol/names.ts'
import {
  amendKey,
  findKeyByDigest,
  joinList,
  type KeyRecord,
  keyDigest,
  keyStart,
  leaveList,
  listKeys,
  peopleOf,
  putKey,
  removeKey,
} from '../../../runtime/kept/subscription_key_record.ts'
import type { Storage } from '../../../storage/contract.ts'
import type { ApplyContext, Change, Planned } from './change.ts'
import { problemAt, type SubscriptionKeyEntry } from './document.ts'

type FindUser = (username: string) => Promise<UserId | undefined>

const nobody = 'is nobody in the document or the database'

export async function planSubscriptionKeys(
  context: ApplyContext,
  entries: readonly SubscriptionKeyEntry[],
  findUser: FindUser,
): Promise<Planned> {
  const changes: Change[] = []
  const problems: string[] = []
  const seen = new Map<string, number>()
  for (const [at, entry] of entries.entries()) {
    const people = await findPeople(entry, at, findUser)
    const digest = keyDigest(entry.key)
    const found = await findKeyByDigest(context.storage, digest)
    const id = found?.id ?? digest
    const first = seen.get(id)
    seen.set(id, first ?? at)
    if (first !== undefined) {
      problems.push(problemAt(['subscription_keys', at, 'key'], `is subscription_keys[${first}], rotated since`))
    }
    if ('problems' in people) problems.push(...people.problems)
    else if (first === undefined) {
      const merge = (present: KeyRecord | undefined) => merged({ entry, people, digest }, present, context.clock.now())
      const members = found === undefined ? [] : changedMembers(found.record, merge(found.record))
      if (found !== undefined && members.length === 0) continue
      changes.push({
        action: found === undefined ? 'create' : 'update',
        kind: 'subscription_key',
        name: shownKey(id),
        members,
        write: () => writeKey(context, id, found?.record, merge),
      })
    }
  }
  return { changes, problems }
}

interface People {
  readonly owner: UserId
  readonly collaborators: readonly UserId[] | undefined
}

async function findPeople(
  entry: SubscriptionKeyEntry,
  at: number,
  findUser: FindUser,
): Promise<People | { readonly problems: readonly string[] }> {
  const problems: string[] = []
  const owner = await findUser(entry.owner)
  if (owner === undefined) problems.push(problemAt(['subscription_keys', at, 'owner'], nobody))
  const collaborators: UserId[] = []
  for (const [i, username] of (entry.collaborators ?? []).entries()) {
    const person = await findUser(username)
    if (person === undefined) problems.push(problemAt(['subscription_keys', at, 'collaborators', i], nobody))
    else collaborators.push(person)
  }
  if (owner === undefined || problems.length > 0) return { problems }
  return { owner, collaborators: entry.collaborators === undefined ? undefined : collaborators }
}

/** An entry with the people and the key that it names. */
interface Named {
  readonly entry: SubscriptionKeyEntry
  readonly people: People
  readonly digest: string
}

/** The record with what the entry names. */
function merged({ entry, people, digest }: Named, present: KeyRecord | undefined, now: Millis): KeyRecord {
  const base = present ?? {
    name: '',
    start: '',
    disabled: undefined,
    collaborators: [],
    invited: [],
    openToAll: false,
    createdAt: now,
    digest,
    previous: undefined,
  }
  const { owner, collaborators = base.collaborators } = people
  const off = entry.disabled ? 'operator' : undefined
  return {
    ...base,
    owner,
    name: entry.name ?? base.name,
    // Keys that were stored before their first characters were kept get them now.
    start: base.start === '' && base.digest === digest ? keyStart(entry.key) : base.start,
    disabled: entry.disabled === undefined ? base.disabled : off,
    collaborators: [...new Set(collaborators)].filter((person) => person !== owner).sort(),
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
} as const satisfies Partial<Record<keyof KeyRecord, string>>

function changedMembers(before: KeyRecord, after: KeyRecord): string[] {
  return (Object.keys(memberNames) as (keyof typeof memberNames)[])
    .filter((member) => !isDeepStrictEqual(before[member], after[member]))
    .map((member) => memberNames[member])
}

async function writeKey(
  { storage, clock }: ApplyContext,
  id: string,
  before: KeyRecord | undefined,
  merge: (present: KeyRecord | undefined) => KeyRecord,
): Promise<void> {
  const planned = merge(before)
  await joinLists(storage, id, planned, clock.now())
  if (before === undefined) return putKey(storage, { id, record: planned })
  const after = await amendKey(storage, id, merge)
  // Deleted since it was planned: the document says that it is there.
  if (after === undefined) return putKey(storage, { id, record: planned })
  for (const person of peopleOf(before)) {
    if (!peopleOf(after).includes(person)) await leaveList(storage, person, id)
  }
}

async function joinLists(storage: Storage, id: string, record: KeyRecord, at: Millis): Promise<void> {
  await joinList(storage, record.owner, { id, as: 'own', at })
  for (const person of record.collaborators) await joinList(storage, person, { id, as: 'shared', at })
}

/** The removal of keys that the section does not name, whoever has made them. */
export async function pruneSubscriptionKeys(
  { storage }: ApplyContext,
  entries: readonly SubscriptionKeyEntry[],
): Promise<Change[]> {
  const named = new Set<string>()
  for (const { key } of entries) {
    const found = await findKeyByDigest(storage, keyDigest(key))
    if (found !== undefined) named.add(found.id)
  }
  return (await listKeys(storage))
    .filter(({ id }) => !named.has(id))
    .map((stored) => ({
      action: 'remove',
      kind: 'subscription_key',
      name: shownKey(stored.id),
      members: [],
      async write() {
        await removeKey(storage, stored)
      },
    }))
}

/** Eight characters of the digest tell keys apart and help nobody to guess one. */
function shownKey(id: string): string {
  return id.slice(0, 8)
}

/**
 * Subscription keys as they are stored. One record a key, named by the digest of the text it was made with and keeping
 * that name when it is rotated; a pointer for every later text that is in use; and each person's list of keys.
 */
import { z } from 'zod'
import type { Millis } from '../../lib/clock.ts'
import { sha256 } from '../../lib/hash.ts'
import type { UserId } from '../../protocol/names.ts'
import type { Storage } from '../../storage/contract.ts'

/** The section of the operator's document, and what stands beside it. */
const records = 'subscription_keys'
const pointers = 'subscription_key_texts'
const lists = 'subscription_key_lists'
const uses = 'subscription_key_uses'

/** What every key looks like. */
export const keyPattern = /^[A-Za-z0-9]{32}$/

/** What is stored in place of a key's text. It opens a door like a password, so its text is kept nowhere. */
export function keyDigest(text: string): string {
  return sha256(text).toString('base64url')
}

/** Its first characters, by which people tell keys apart; what is left has more than 160 bits. */
export function keyStart(text: string): string {
  return text.slice(0, 4)
}

export interface KeyRecord {
  readonly owner: UserId
  /** Empty where nobody gave one. */
  readonly name: string
  /** The first characters of the text; empty where it was stored before these were kept. */
  readonly start: string
  /** Who has switched it off: what the operator did, the developer cannot undo. */
  readonly disabled: 'developer' | 'operator' | undefined
  readonly collaborators: readonly UserId[]
  /** Who is asked to share it and has not accepted. Nobody may use the key by it. */
  readonly invited: readonly KeyInvitation[]
  readonly openToAll: boolean
  readonly createdAt: Millis | undefined
  /** Digest of the text in use. */
  readonly digest: string
  /** The text before the last rotation, and how long it goes on working. */
  readonly previous: { readonly digest: string; readonly start: string; readonly until: Millis } | undefined
}

export interface KeyInvitation {
  /** As it was given; it need not be anybody's. */
  readonly username: string
  /** Whose it was at the invitation. */
  readonly userId: UserId | null
  /** What was declined stays so. */
  readonly declined: boolean
}

export type Body = Readonly<Record<string, unknown>>

const userId = z.custom<UserId>((value) => typeof value === 'string')

const stored = z.object({
  owner: userId,
  name: z.string().default(''),
  start: z.string().default(''),
  disabled: z.enum(['developer', 'operator']).optional(),
  collaborators: z.array(userId).default([]),
  invited: z
    .array(z.object({ username: z.string(), userId: userId.nullable(), declined: z.boolean().default(false) }))
    .default([]),
  open_to: z.literal('all').optional(),
  created_at: z.number().optional(),
  digest: z.string().optional(),
  previous: z.object({ digest: z.string(), start: z.string(), until: z.number() }).optional(),
})

/** The record in a stored body. Throws where it is not one that we have written. */
function readRecord(id: string, body: Body): KeyRecord {
  const { open_to, created_at, digest = id, ...rest } = stored.parse(body)
  return {
    owner: rest.owner,
    name: rest.name,
    start: rest.start,
    disabled: rest.disabled,
    collaborators: rest.collaborators,
    invited: rest.invited,
    openToAll: open_to === 'all',
    createdAt: created_at,
    digest,
    previous: rest.previous,
  }
}

/** The body of a record; what says nothing is left out. */
function writeRecord(id: string, record: KeyRecord): Body {
  const { owner, name, start, disabled, collaborators, invited, openToAll, createdAt, digest, previous } = record
  return {
    owner,
    ...(name === '' ? {} : { name }),
    ...(start === '' ? {} : { start }),
    ...(disabled === undefined ? {} : { disabled }),
    ...(collaborators.length === 0 ? {} : { collaborators: [...collaborators] }),
    ...(invited.length === 0 ? {} : { invited: [...invited] }),
    ...(openToAll ? { open_to: 'all' } : {}),
    ...(createdAt === undefined ? {} : { created_at: createdAt }),
    ...(digest === id ? {} : { digest }),
    ...(previous === undefined ? {} : { previous }),
  }
}

export interface StoredKey {
  readonly id: string
  readonly record: KeyRecord
}

export async function getKey({ documents }: Storage, id: string): Promise<StoredKey | undefined> {
  const body = await documents.get(records, id)
  return body && { id, record: readRecord(id, body) }
}

/** Every key there is, for the operator. */
export async function listKeys({ documents }: Storage): Promise<readonly StoredKey[]> {
  return (await documents.list(records)).map(({ name, body }) => ({ id: name, record: readRecord(name, body) }))
}

/** The key that has or once had the text with this digest; whether that text still works, its record says. */
export async function findKeyByDigest(storage: Storage, digest: string): Promise<StoredKey | undefined> {
  const made = await getKey(storage, digest)
  if (made !== undefined) return made
  const pointer = await storage.documents.get(pointers, digest)
  return typeof pointer?.key === 'string' ? getKey(storage, pointer.key) : undefined
}

export function putKey({ documents }: Storage, { id, record }: StoredKey): Promise<void> {
  return documents.put(records, id, writeRecord(id, record))
}

/** Lets `decide` change the record as it is now; answers what is stored then, or undefined where nothing changed. */
export async function amendKey(
  { documents }: Storage,
  id: string,
  decide: (present: KeyRecord) => KeyRecord | undefined,
): Promise<KeyRecord | undefined> {
  const body = await documents.amend(records, id, (present) => {
    if (present === undefined) return undefined
    const changed = decide(readRecord(id, present))
    return changed && writeRecord(id, changed)
  })
  return body && readRecord(id, body)
}

/** Points from a later text to its key. Harmless before the record names that text: the record alone decides. */
export function pointToKey({ documents }: Storage, digest: string, id: string): Promise<void> {
  return documents.put(pointers, digest, { key: id })
}

export async function removePointer({ documents }: Storage, digest: string): Promise<void> {
  await documents.delete(pointers, digest)
}

/** Deletes the key with all that belongs to it; it is refused at once. Answers whether it was there. */
export async function removeKey(storage: Storage, { id, record }: StoredKey): Promise<boolean> {
  const there = await storage.documents.delete(records, id)
  for (const digest of [record.digest, record.previous?.digest]) {
    if (digest !== undefined && digest !== id) await removePointer(storage, digest)
  }
  await storage.documents.delete(uses, id)
  for (const person of peopleOf(record)) await leaveList(storage, person, id)
  for (const { username } of record.invited) await forgetInvitation(storage, username, id)
  return there
}

/** Owner and collaborators. */
export function peopleOf(record: KeyRecord): readonly UserId[] {
  return [record.owner, ...record.collaborators]
}

/** A person's keys, each with the moment it came into the list. The records alone say whose a key is. */
interface KeyList {
  readonly own: Readonly<Record<string, Millis>>
  readonly shared: Readonly<Record<string, Millis>>
}

const list = z.object({
  own: z.record(z.string(), z.number()).default({}),
  shared: z.record(z.string(), z.number()).default({}),
})

/** Ids of the keys that a person owns or takes part in, as far as the list knows. */
export async function listKeyIds({ documents }: Storage, person: UserId): Promise<KeyList> {
  return list.parse((await documents.get(lists, person)) ?? {})
}

/**
 * Puts a key into a person's list. `room` says how many may be there then, in which `gone` do not count; false where
 * there is none left, also of many at once.
 */
export async function joinList(
  { documents }: Storage,
  person: UserId,
  { id, as, at }: { readonly id: string; readonly as: keyof KeyList; readonly at: Millis },
  { room = Number.POSITIVE_INFINITY, gone = [] }: { readonly room?: number; readonly gone?: readonly string[] } = {},
): Promise<boolean> {
  let joined = false
  await documents.amend(lists, person, (present) => {
    const { own, shared } = without(list.parse(present ?? {}), [id, ...gone])
    const those = { own, shared }[as]
    joined = Object.keys(those).length < room
    return joined ? { own, shared, [as]: { ...those, [id]: at } } : undefined
  })
  return joined
}

export async function leaveList({ documents }: Storage, person: UserId, id: string): Promise<void> {
  await documents.amend(lists, person, (present) => present && { ...without(list.parse(present), [id]) })
}

/** Keys to which a username is invited, as far as is known; kept for names that are nobody's just the same. */
const invitations = 'subscription_key_invitations'
const invitedTo = z.object({ keys: z.array(z.string()).default([]) })

export async function noteInvitation({ documents }: Storage, username: string, id: string): Promise<void> {
  await documents.amend(invitations, username.toLowerCase(), (present) => {
    const { keys } = invitedTo.parse(present ?? {})
    return keys.includes(id) ? undefined : { keys: [...keys, id] }
  })
}

export async function forgetInvitation({ documents }: Storage, username: string, id: string): Promise<void> {
  const left = await documents.amend(invitations, username.toLowerCase(), (present) => {
    return present && { keys: invitedTo.parse(present).keys.filter((key) => key !== id) }
  })
  if (left !== undefined && invitedTo.parse(left).keys.length === 0) {
    await documents.delete(invitations, username.toLowerCase())
  }
}

export async function listInvitedTo({ documents }: Storage, username: string): Promise<readonly string[]> {
  return invitedTo.parse((await documents.get(invitations, username.toLowerCase())) ?? {}).keys
}

function without({ own, shared }: KeyList, ids: readonly string[]): KeyList {
  const rest = (of: KeyList['own']) => Object.fromEntries(Object.entries(of).filter(([id]) => !ids.includes(id)))
  return { own: rest(own), shared: rest(shared) }
}

/** How a key was used. Days are UTC. */
export interface KeyUse {
  readonly lastUsed: Millis
  readonly day: string
  /** Uses on that day. */
  readonly count: number
}

const use = z.object({ last_used: z.number(), day: z.string(), count: z.number() })

export async function getUse({ documents }: Storage, id: string): Promise<KeyUse | undefined> {
  const body = await documents.get(uses, id)
  if (body === undefined) return undefined
  const { last_used: lastUsed, day, count } = use.parse(body)
  return { lastUsed, day, count }
}

/** Adds uses of one day to a key's count; of an earlier day than that counted, only the sum is lost. */
export async function addUse({ documents }: Storage, id: string, added: KeyUse): Promise<void> {
  await documents.amend(uses, id, (present) => {
    const before = present && use.parse(present)
    const last_used = Math.max(before?.last_used ?? 0, added.lastUsed)
    if (before === undefined || before.day < added.day) return { last_used, day: added.day, count: added.count }
    return { last_used, day: before.day, count: before.count + (before.day === added.day ? added.count : 0) }
  })
}

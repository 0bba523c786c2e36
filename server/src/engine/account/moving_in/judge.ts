/** Whether a person of another server can have an account here, and as whom. */

import { sha256 } from '../../../lib/hash.ts'
import { randomText } from '../../../lib/random.ts'
import { canonicalEmail, canonicalUsername, emailProblem, usernameProblem } from '../../../protocol/account_names.ts'
import { readPasswordHash } from '../../../runtime/limits/password_hash.ts'
import type { Account, Acting, ImportedPerson, ImportOutcome } from '../../../storage/contract.ts'
import { newUserId } from '../new_account.ts'
import { claims as claimsSchema } from '../profile/claims.ts'
import { plainUsername } from '../usernames.ts'
import { isSeed } from './base32.ts'
import type { FoundPerson, Note, SkipReason } from './person.ts'

/** Somebody who can come, with what is noted of them. */
export interface Judged {
  readonly found: FoundPerson
  readonly person: ImportedPerson
  /** What usernames are tried with a number behind; undefined where the person has chosen theirs. */
  readonly derived: string | undefined
  readonly totp: string | undefined
  /** Such as `bcrypt`; undefined without a password. */
  readonly passwordKind: string | undefined
  readonly notes: readonly Note[]
}

/** What of a file was taken before, as names are compared. */
export interface Seen {
  readonly marks: Set<string>
  readonly usernames: Set<string>
  readonly emails: Set<string>
}

export function newSeen(): Seen {
  return { marks: new Set(), usernames: new Set(), emails: new Set() }
}

/** How many numbers are tried behind a name that was made for somebody. */
const numbered = 100

/** `now`: when they come, for those of whom it is not known when they were there first. */
export function judgePerson(found: FoundPerson, seen: Seen, now: number): Judged | SkipReason {
  const mark = sha256(found.id)
  const notes: Note[] = [...found.notes]
  const email = emailOf(found, notes)
  const name = nameOf(found, email, seen)
  if (typeof name === 'string') return name
  if (seen.marks.has(mark.toString('base64'))) return 'twice_in_file'
  const { username, derived } = name
  if (derived === undefined && seen.usernames.has(username.toLowerCase())) return 'twice_in_file'
  if (email !== null && seen.emails.has(email.toLowerCase())) return 'twice_in_file'
  seen.marks.add(mark.toString('base64'))
  seen.usernames.add(username.toLowerCase())
  if (email !== null) seen.emails.add(email.toLowerCase())
  const isAddress =
    found.username !== undefined && canonicalEmail(found.username).toLowerCase() === email?.toLowerCase()
  if (derived !== undefined && found.username !== undefined && !isAddress) {
    notes.push({ reason: 'username_changed', of: username })
  }
  const hash = hashOf(found, notes)
  const totp = totpOf(found, notes)
  const person: ImportedPerson = {
    id: newUserId(),
    mark,
    username,
    email,
    emailVerified: email !== null && found.emailVerified === true,
    passwordHash: hash?.text ?? null,
    claims: claimsOf(found, notes),
    secondFactor: totp !== undefined,
    enabled: found.enabled !== false,
    createdAt: Math.min(Math.max(found.createdAt ?? now, 0), now),
  }
  return { found, person, derived, totp, passwordKind: hash?.kind, notes }
}

function emailOf({ email, username }: FoundPerson, notes: Note[]): string | null {
  // Where people sign in with their address, it may stand there alone.
  const given = email ?? (username?.includes('@') === true ? username : undefined)
  if (given === undefined || given.trim() === '') return null
  const address = canonicalEmail(given.slice(0, 1000))
  if (emailProblem(address) === undefined) return address
  notes.push({ reason: 'email_left_out' })
  return null
}

/** The username that the person has there; or, where that cannot be one here, one that is made of what they are called. */
function nameOf(
  { username, email: _, calledBy = [] }: FoundPerson,
  email: string | null,
  seen: Seen,
): { readonly username: string; readonly derived: string | undefined } | SkipReason {
  const given = canonicalUsername((username ?? '').slice(0, 1000))
  if (usernameProblem(given) === undefined) return { username: given, derived: undefined }
  if (given === '' && email === null) return 'no_name'
  const local = (text: string | null | undefined) => text?.split('@')[0]
  const base = [local(given), ...calledBy, local(email)].map(plainUsername).find((text) => text !== undefined) ?? 'user'
  for (let number = 1; number <= numbered; number++) {
    const tried = number === 1 ? base : `${base}${number}`
    if (!seen.usernames.has(tried.toLowerCase())) return { username: tried, derived: base }
  }
  return { username: anyUsername(base), derived: base }
}

/** Opens the accounts of people, within an act; answers what came of each. Whose name was made here gets another one where it is taken. */
export async function insertJudged(
  { importedPeople }: Pick<Acting, 'importedPeople'>,
  people: readonly Judged[],
): Promise<readonly ImportOutcome[]> {
  const outcomes = [...(await importedPeople.insert(people.map(({ person }) => person)))]
  const again = people.flatMap((judged, at) =>
    outcomes[at] === 'username_taken' && judged.derived !== undefined
      ? [{ at, person: { ...judged.person, username: anyUsername(judged.derived) } }]
      : [],
  )
  const second = await importedPeople.insert(again.map(({ person }) => person))
  for (const [index, { at }] of again.entries()) outcomes[at] = second[index] ?? 'username_taken'
  return outcomes
}

/** Another name for somebody whose made name is taken. */
function anyUsername(base: string): string {
  return `${base}-${randomText(6).replaceAll(/[_-]/g, '')}`
}

function hashOf(
  { passwordHash }: FoundPerson,
  notes: Note[],
): { readonly text: string; readonly kind: string } | undefined {
  if (passwordHash === undefined) return undefined
  const hash = readPasswordHash(passwordHash)
  if (typeof hash === 'object') return hash
  notes.push({ reason: hash })
  return undefined
}

function totpOf({ totp }: FoundPerson, notes: Note[]): string | undefined {
  if (totp === undefined || isSeed(totp)) return totp
  notes.push({ reason: 'authenticator_left_out' })
  return undefined
}

/** The claims that can be kept, each judged by itself. */
function claimsOf({ claims }: FoundPerson, notes: Note[]): Account['claims'] {
  return Object.fromEntries(
    Object.entries(claims).flatMap(([name, value]) => {
      const read = claimsSchema.safeParse({ [name]: value })
      if (read.success) return Object.entries(read.data)
      notes.push({ reason: 'claim_left_out', of: name })
      return []
    }),
  )
}

/**
 * What an app calls a person: the account's ID, or an ID that no app of another site has for them (OIDC Core §8.1). Those
 * are made under a salt of their own, once, so that neither another root secret nor another issuer moves one.
 */
import { hmacSha256 } from '../../lib/hash.ts'
import { randomBytes } from '../../lib/random.ts'
import type { ClientMetadata } from '../../protocol/client_metadata.ts'
import type { ClientId, UserId } from '../../protocol/names.ts'
import { isNativeRedirect } from '../../protocol/redirect_uri.ts'
import type { Storage } from '../../storage/contract.ts'
import type { Keyring } from './keyring.ts'
import { movedSecret, openSecret, resealSecret, sealSecret } from './secrets_at_rest.ts'

export interface Subjects {
  /** The `sub` of a person in a sector; without one, it is the ID of their account. */
  in(sector: string | undefined, userId: UserId): string
}

/** Where the salt lies sealed. */
const place = 'pairwise subjects'

/** Seals the salt under the keys of another installation: nobody gets another `sub`. */
export async function moveSubjects(
  { subjectSalt }: Pick<Storage, 'subjectSalt'>,
  from: Keyring,
  to: Keyring,
): Promise<void> {
  const stored = await subjectSalt.find()
  const moved = movedSecret(from, to, stored, place)
  if (moved !== undefined) await subjectSalt.replace(stored, moved)
}

/** Whether the salt opens; also where there is none yet. */
export async function isSaltReadable(
  { subjectSalt }: Pick<Storage, 'subjectSalt'>,
  keyring: Keyring,
): Promise<boolean> {
  const stored = await subjectSalt.find()
  return stored === undefined || openSecret(keyring, stored, place) !== undefined
}

/** Reads the salt, makes it where there is none yet, and brings it under the present root secret. */
export async function createSubjects(
  { subjectSalt }: Pick<Storage, 'subjectSalt'>,
  keyring: Keyring,
): Promise<Subjects> {
  if ((await subjectSalt.find()) === undefined) {
    await subjectSalt.replace(undefined, sealSecret(keyring, randomBytes(32).toString('base64url'), place))
  }
  // Of several nodes that make one, everybody reads the one that stayed.
  const stored = await subjectSalt.find()
  const text = openSecret(keyring, stored, place)
  if (text === undefined) throw new Error('subjects: the salt in the database was sealed under another root secret')
  const anew = resealSecret(keyring, stored, place)
  if (anew !== undefined) await subjectSalt.replace(stored, anew)
  const salt = Buffer.from(text, 'base64url')
  return {
    in: (sector, userId) =>
      sector === undefined ? userId : hmacSha256(salt, sector, '\0', userId).toString('base64url'),
  }
}

/** A client, as far as its subjects go. */
interface Subscriber {
  readonly id: ClientId
  readonly metadata: ClientMetadata
}

/** What a client calls a person in its ID tokens and wherever else it reads of them. */
export function subjectOf({ subjects }: { readonly subjects: Subjects }, client: Subscriber, userId: UserId): string {
  return subjects.in(sectorOf(client), userId)
}

/**
 * The apps that know a person by one ID: those of one host (§8.1), or the one app where its people return to their own
 * machine, which has no host of the app's. The host is that of the sector_identifier_uri where there is one: the operator has
 * written it, or its document has named all addresses of the app. Undefined for a client whose subjects are public.
 */
export function sectorOf({ id, metadata }: Subscriber): string | undefined {
  if (metadata.subject_type !== 'pairwise') return undefined
  const { sector_identifier_uri: sector, redirect_uris: uris } = metadata
  if (sector !== undefined) return new URL(sector).hostname
  const [uri] = uris
  return uri === undefined || isNativeRedirect(uri) ? `client ${id}` : new URL(uri).hostname
}

/** Whether the client's sector has a name: where its people return to several hosts, only a sector_identifier_uri is one. */
export function hasSectorName({ sector_identifier_uri: sector, redirect_uris: uris }: ClientMetadata): boolean {
  if (sector !== undefined) return true
  const hosts = uris.map((uri) => (isNativeRedirect(uri) ? undefined : new URL(uri).hostname))
  return new Set(hosts).size <= 1
}

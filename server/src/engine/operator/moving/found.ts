/**
 * Moving in from another server, and out of this one: what a file of another server holds, in one shape for all of them. The
 * room has the import: `sources/` reads the files, `judge.ts` and `clients.ts` decide what can be taken, `import.ts` writes it.
 * Not here: hashes of passwords, which `runtime/limits/password_hash.ts` reads, and whole databases (`recovery/`). Neighbours: `apply/`,
 * whose document an export is. To add: another server, a file in `sources/` and its line in `sources/index.ts`.
 */
import type { Millis } from '../../../lib/clock.ts'
import type { RedirectUriProblem } from '../../../protocol/redirect_uri.ts'
import type { HashProblem } from '../../../runtime/limits/password_hash.ts'
import type { ClientStatus } from '../../../storage/contract.ts'

/** Why an entry of a file cannot be taken. */
export type SkipReason =
  | 'unreadable'
  | 'no_name'
  | 'twice_in_file'
  | 'username_taken'
  | 'email_taken'
  | 'deleted_here'
  | 'service_account'
  | 'built_in'
  | 'not_openid_connect'
  | 'no_sign_in'
  | 'client_id_unsound'
  | 'redirect_uri_wildcard'
  | 'no_redirect_uri'
  | 'client_unsound'
  | 'token_unsound'
  | 'token_expired'
  | 'token_of_another'
  | 'client_unknown'
  | 'client_without_refresh'
  | 'user_unknown'

/** What of an entry is left out, or is not as it was there. */
export type NoteReason =
  | HashProblem
  | 'username_changed'
  | 'email_left_out'
  | 'claim_left_out'
  | 'members_left_out'
  | 'authenticator_left_out'
  | 'redirect_uri_left_out'
  | 'grant_type_left_out'
  | 'secret_hidden'
  | 'scope_missing'
  | 'owner_unknown'
  | 'pkce_needed'

export interface Note {
  readonly reason: NoteReason
  /** What it is about: a name, an address, never a secret. */
  readonly of?: string | undefined
  readonly why?: RedirectUriProblem
}

interface FoundAt {
  /** The place in the file: `users[3]`, or `line 4`. */
  readonly at: string
}

export interface FoundPerson extends FoundAt {
  readonly kind: 'user'
  /** What the person is called by at the other server, for good. */
  readonly id: string
  readonly username?: string | undefined
  readonly email?: string | undefined
  readonly emailVerified?: boolean | undefined
  readonly enabled?: boolean | undefined
  readonly createdAt?: Millis | undefined
  readonly claims: Readonly<Record<string, unknown>>
  readonly passwordHash?: string | undefined
  /** Seed of an authenticator app in base32, for six digits every 30 seconds by SHA-1. */
  readonly totp?: string | undefined
  /** Other names to make a username of. */
  readonly calledBy?: readonly (string | undefined)[]
  readonly notes: readonly Note[]
}

export interface FoundClient extends FoundAt {
  readonly kind: 'client'
  readonly clientId: string
  /** As RFC 7591 §2 names it. */
  readonly metadata: Readonly<Record<string, unknown>>
  readonly status: ClientStatus
  readonly owner?: string | undefined
  readonly secrets: readonly FoundSecret[]
  readonly notes: readonly Note[]
}

/** A secret, its SHA-256 in hexadecimal, or a hash that passwords have. */
export type FoundSecret = { readonly text: string } | { readonly sha256: string } | { readonly hash: string }

export interface FoundToken extends FoundAt {
  readonly kind: 'refresh_token'
  /** SHA-256 in hexadecimal. */
  readonly sha256: string
  readonly clientId: string
  readonly username: string
  readonly scope: string
  readonly expiresAt: Millis
}

export interface FoundNothing extends FoundAt {
  readonly kind: 'nothing'
  readonly of: 'user' | 'client' | 'refresh_token'
  readonly name: string
  readonly reason: SkipReason
  /** The member that is wrong, where one is. */
  readonly member?: string | undefined
}

export type Found = FoundPerson | FoundClient | FoundToken | FoundNothing

/** What a file holds: people before apps, and apps before tokens. */
export interface FoundFile {
  /** How many entries there are. */
  readonly count: number
  readonly entries: Iterable<Found> | AsyncIterable<Found>
}

/** The file as a whole is not what the source writes. The message is one sentence for the operator. */
export class UnreadableSource extends Error {
  override readonly name = 'UnreadableSource'
}

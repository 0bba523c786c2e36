/**
 * People who come from another server, by a file of it or one by one at their first sign-in: what is known of them there, and why
 * somebody or something of theirs cannot be taken.
 */
import type { Millis } from '../../../lib/clock.ts'
import type { RedirectUriProblem } from '../../../protocol/redirect_uri.ts'
import type { HashProblem } from '../../../runtime/limits/password_hash.ts'

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

export interface FoundAt {
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

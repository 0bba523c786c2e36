/**
 * Moving in from another server, and out of this one: what a file of another server holds, in one shape for all of them. The
 * room has the import: `sources/` reads the files, `clients.ts` decides which apps can be taken and `account/moving_in/` which people, `import.ts` writes it.
 * Not here: hashes of passwords, which `runtime/limits/password_hash.ts` reads, and whole databases (`recovery/`). Neighbours: `apply/`,
 * whose document an export is. To add: another server, a file in `sources/` and its line in `sources/index.ts`.
 */
import type { Millis } from '../../../lib/clock.ts'
import type { ClientStatus } from '../../../storage/contract.ts'
import type { FoundAt, FoundPerson, Note, NoteReason, SkipReason } from '../../account/moving_in/person.ts'

export type { FoundPerson, Note, NoteReason, SkipReason }

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

/**
 * Grants, and single-use ids that are not grants: the verbs of every token request. The room has the contract by
 * subject.
 * Not here: SQL, and any word of a database. Neighbours: `../contract.ts` joins the subjects to one type. To add: a
 * subject, a file here and its member there.
 */
import type { Millis } from '../../lib/clock.ts'
import type { Advance, EndReason, Grant, GrantView, Swap } from '../../protocol/grant.ts'
import type { ClientId, SessionId, UserId } from '../../protocol/names.ts'
import type { AuditEvent } from './logs.ts'
import type { NewJob } from './running/jobs.ts'

/** From where a credential was shown. */
export type Presenter = Pick<AuditEvent, 'address' | 'userAgent' | 'requestId'>

/** The job that tells of the end of a grant; undefined where there is nobody to tell. */
export type NoticeOf = (grant: Grant, now: Millis) => NewJob | undefined

export interface Grants {
  /** Stores a new grant, with the event that tells of it; resolves only once both are durable. Ids are unique by construction. */
  insert(grant: Grant, event?: AuditEvent): Promise<void>
  /**
   * Stores a new grant and claims what it came about by, both or neither; answers 'seen', with nothing stored, where that
   * was claimed before. Of any number of grants with one claim exactly one is stored.
   */
  insertOnce(grant: Grant, claim: OnceClaim): Promise<'first' | 'seen'>
  /**
   * Stores a grant unless one with the same `handle` exists; answers the one that is there afterwards. For one handle
   * all callers ever get the same row.
   */
  insertByHandle(grant: Grant & { readonly handle: Buffer }): Promise<Grant>
  /** The grant and what stands behind it as of now. Reads of one tick may share one query. */
  find(id: Buffer): Promise<GrantView | undefined>
  findByHandle(handle: Buffer): Promise<GrantView | undefined>
  /**
   * Moves the grant from `swap.step` to the next, durably. For one step 'advanced' is answered to exactly one attempt,
   * ever, across threads, processes and restarts; `decideAdvance` on the locked row says all the rest. A connection
   * that breaks around COMMIT is settled by the attempt id; what cannot be settled throws StorageUnavailable and never
   * ends the grant. `seen` is the grant as the caller has just read it: it may spare a read where nothing has moved the
   * row since, and decides nothing else. With a credential that was used before (`spent`) the event `credential_reused` is
   * stored in the same transaction; `by` is who showed it. So is the job that `noticeOf` makes of a grant that this ends.
   */
  advance(swap: Swap, seen?: Grant, by?: Presenter, noticeOf?: NoticeOf): Promise<Advance>
  /** Ends a grant that is not ended yet; answers whether this call did. */
  end(id: Buffer, reason: EndReason): Promise<boolean>
  /**
   * Ends every grant that is named by its id, its session, its user (optionally at one client, or the live ones without
   * label), its subscription key or its app password; answers how many had not ended before.
   */
  endAll(of: GrantsNamed, reason: EndReason): Promise<number>
  /**
   * The apps that are registered to hear of sign-outs by a channel and hold, or held within the retention, a sign-in of the
   * person: each with the session that it came about in, in one session or in any. `bySession`: the app wants the session of
   * each logout.
   */
  hearers(channel: LogoutChannel, userId: UserId, session?: SessionId): Promise<readonly Hearer[]>
  /**
   * Moves a client's live grants without user on by one step, so that every token issued under them dies. Announced like a
   * change of client data, because such a grant is kept with its client.
   */
  moveOwn(clientId: ClientId): Promise<void>
  /**
   * Moves a grant that has not ended to a newer generation of the keys without a step, so that what is derived from it
   * outlives the older one. Never back to an older generation; answers whether this call moved it.
   */
  rekey(id: Buffer, generation: number): Promise<boolean>
  /**
   * Remembers that a token of `step` was seen, and the use at `at`; neither ever moves back. Written in batches within a
   * second, and lost where the process dies before: what is lost counts as unused, and what one node has seen but not yet
   * written is unused to the others. For that second an old refresh token gets the same answer there, as it would within
   * the replay window: nobody gets tokens that were not out already, and two who then hold them collide at their next step.
   * A swap that finds its credential behind is decided with everything that this process was told of before.
   */
  markUsed(id: Buffer, at: Millis, step: number): void
  /**
   * Ends the least recently used live grants of a user at a client that are refreshable or came by password, beyond
   * `keep`, those without label first, never `except`; answers how many it ended (reason grant_limit).
   */
  trim(userId: UserId, clientId: ClientId, keep: number, except: Buffer): Promise<number>
  /**
   * Live and offered grants of a user, newest first, for the lists of people; the live ones alone, those at one app or at
   * all but one, or those without label.
   */
  listByUser(
    userId: UserId,
    limit: number,
    of?: {
      readonly state?: 'live'
      readonly clientId?: ClientId
      readonly except?: ClientId
      readonly unlabelled?: boolean
      readonly offset?: number
    },
  ): Promise<readonly GrantView[]>
  /** The apps that hold live grants of a user, whatever their number, in no order. */
  appsOfUser(userId: UserId): Promise<readonly AppOfUser[]>
  /** For each app the last of a user's grants that ended or ran out after this moment and before now, in no order. */
  endedOfUser(userId: UserId, since: Millis): Promise<readonly EndedOfUser[]>
  /** A genuine refresh was repeated from this network (a digest); counted per grant, off the hot path. */
  noteRepeat(id: Buffer, network: string, at: Millis): void
  /** How often and from how many networks a grant's refreshes were repeated. */
  repeats(id: Buffer): Promise<{ readonly count: number; readonly networks: number; readonly last: Millis } | undefined>
}

/** Beginning a grant together with what else an act does. */
export interface GrantBeginnings {
  /**
   * Stores a grant of a person, unless they have `room` live ones at its client, also of many at once.
   */
  begin(grant: Grant, room: number): Promise<'begun' | 'full'>
}

/** How an app hears of a sign-out: from this server, or by a page of its own in the browser. */
export type LogoutChannel = 'backchannel' | 'frontchannel'

/** An app that hears of a sign-out. */
export interface Hearer {
  readonly clientId: ClientId
  readonly session: string
  readonly bySession: boolean
}

/** Grants by what they have in common. */
export type GrantsNamed =
  | { readonly id: Buffer }
  | { readonly session: string }
  | { readonly userId: UserId; readonly clientId?: ClientId }
  | { readonly userId: UserId; readonly unlabelled: true }
  | { readonly clientId: ClientId; readonly subscriptionKey: string }
  | { readonly userId: UserId; readonly appPassword: string }

/** How a user's last authorization of an app was over. */
export interface EndedOfUser {
  readonly clientId: ClientId
  readonly at: Millis
  /** Null where it has run out. */
  readonly reason: EndReason | null
}

/** What a user's live grants at one app come to. */
export interface AppOfUser {
  readonly clientId: ClientId
  readonly since: Millis
  readonly lastUsed: Millis
}

export type ClaimKind =
  | 'access_token'
  | 'setup_link'
  | 'authorization'
  | 'client_assertion'
  | 'grant_assertion'
  | 'ticket'
  | 'mail_link'
  | 'provider_state'
  | 'social_code'
  | 'identity_link'
  | 'flash'
  | 'factor_step'
  | 'passkey_challenge'
  | 'hand_over'
  | 'pushed_request'
  | 'dpop_proof'

/** A single-use id that is claimed together with something else, as `claimOnce` has it. */
export interface OnceClaim {
  readonly kind: ClaimKind
  readonly hash: Buffer
  readonly expires: Millis
}

/** Single-use ids that are not grants. */
export interface Claims {
  /**
   * Claims a digest until `expires`. For one (kind, hash) exactly one caller, ever, gets 'first' while it lasts. The
   * claim of a caller whose COMMIT answer was lost is settled like a swap. Claims are kept in buckets by expiry and
   * dropped whole after it, so a digest must always come with the same `expires` (put the moment into what is digested
   * where a stranger could choose it).
   */
  claimOnce(kind: ClaimKind, hash: Buffer, expires: Millis): Promise<'first' | 'seen'>
  /** Whether the digest is claimed. `expires` must be what it was (or would be) claimed with. */
  isClaimed(kind: ClaimKind, hash: Buffer, expires: Millis): Promise<boolean>
}

/** An authorization request that an app has pushed ahead of the person (RFC 9126). */
export interface PushedRequest {
  /** A digest of what the app was given for it. */
  readonly id: Buffer
  readonly clientId: ClientId
  readonly parameters: readonly (readonly [name: string, value: string])[]
  readonly expiresAt: Millis
}

export interface PushedRequests {
  /** Keeps a request; ids are unique by construction. */
  put(request: PushedRequest): Promise<void>
  /** The request, whether it has expired or not: it may be gone a moment after that. */
  find(id: Buffer): Promise<PushedRequest | undefined>
}

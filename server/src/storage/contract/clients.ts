/** Apps, and the people who work on them or test them. */
import type { Millis } from '../../lib/clock.ts'
import type { ClientId, UserId } from '../../protocol/names.ts'
import type { ListAsk, ListPage } from './lists.ts'

/**
 * `pending`: in development, so that only its owner, its collaborators and its testers can use it. `disabled`: switched
 * off for everybody.
 */
export type ClientStatus = 'pending' | 'enabled' | 'disabled'

/** A change of an app that the operator has yet to approve: the members as they would be, null for what would go. */
export interface ClientProposal {
  readonly members: Readonly<Record<string, unknown>>
  readonly at: Millis
}

/** The operator's word for an app. It holds for the form that was looked at. */
export interface ClientVerification {
  readonly at: Millis
  /** Who has said so: the operator's user name on the machine, or a fixed word. */
  readonly by: string
  /** What was looked at, as `approvedForm` of the engine describes it. */
  readonly form: Readonly<Record<string, unknown>>
}

/** A client's row. `metadata` is the registered document, validated before it gets here (RFC 7591 §2 and our own). */
export interface ClientRecord {
  readonly clientId: ClientId
  readonly ownerId: UserId | null
  readonly status: ClientStatus
  readonly validAfter: Millis
  readonly metadata: Readonly<Record<string, unknown>>
  /** The change that waits for the operator while `metadata` stays in force; null where none waits. */
  readonly proposal: ClientProposal | null
  /** Who has verified the app, when, and in which form; null where nobody has. */
  readonly verification: ClientVerification | null
  /** Names the form of an app in development that the operator has refused, as the engine names forms; null where none. */
  readonly refusedForm: string | null
  readonly secrets: readonly ClientSecret[]
  /** Null where the app has not registered itself. */
  readonly registration: Registration | null
  /** Until when refresh tokens that another server has issued may come; null where there are none. */
  readonly tokensUntil: Millis | null
  readonly createdAt: Millis
  readonly updatedAt: Millis
}

/** How an app that has registered itself is found again. An app has one of the two. */
export interface Registration {
  /**
   * Of what a public app has said of itself: whoever says the same gets the same app, which nobody manages. Of an app whose
   * client_id is the address of its document, of that.
   */
  readonly digest?: Buffer
  /** SHA-256 of the tokens by which the app may be managed, the newest first (RFC 7592 §3). */
  readonly tokens?: readonly Buffer[]
}

export interface ClientSecret {
  readonly id: string
  readonly name: string
  /** SHA-256 of the secret (generated ones have 256 bits; given ones at least 32 characters). */
  readonly hash: Buffer
  readonly createdAt: Millis
  readonly expiresAt: Millis | null
  /**
   * The hash that another server has made of it, until it comes for the first time and its SHA-256 is known; `hash` is random
   * then and matches nothing.
   */
  readonly imported?: string
}

export type NewClient = Pick<ClientRecord, 'clientId' | 'ownerId' | 'status' | 'metadata' | 'secrets'> &
  Partial<Pick<ClientRecord, 'registration'>>

/** What `amend` changes of a client; the rest stays. */
export interface ClientAmendment {
  readonly metadata?: ClientRecord['metadata']
  readonly status?: ClientStatus
  readonly proposal?: ClientProposal | null
  readonly verification?: ClientVerification | null
  readonly refusedForm?: string | null
  /** Ends everything issued to the client before now. */
  readonly invalidate?: boolean
  readonly tokensUntil?: Millis
  readonly registration?: Registration
  readonly ownerId?: UserId | null
  readonly removeSecrets?: 'all' | readonly string[]
  readonly addSecret?: ClientSecret
  readonly expireSecret?: { readonly id: string; readonly at: Millis }
}

/** Which apps a list has; what is left out is not asked. */
export interface AppFilter {
  readonly status?: ClientStatus | undefined
  /** Those in development, whether refused or not, and those with a change that waits. */
  readonly waiting?: true | undefined
  /** Those that somebody has verified, in whichever form. */
  readonly verified?: true | undefined
  readonly ownerId?: UserId | undefined
}

/** Every write bumps the change signal of `onClientsChanged`. */
export interface DeletedClient {
  readonly clientId: ClientId
  readonly name: string
  readonly deletedAt: Millis
}

export interface Clients {
  find(clientId: ClientId): Promise<ClientRecord | undefined>
  /**
   * Inserts a client with its secrets, all or nothing: no instant at which it is there without them. Of any number of
   * callers with one id, or one digest of a registration, one is answered `inserted`, and the others change nothing. `room` is how many the owner may have
   * then, also of many at once; 'full' where they have as many, or are no longer there.
   */
  insert(client: NewClient, room?: number): Promise<'inserted' | 'taken' | 'full'>
  /**
   * Changes a client as `decide` says from the record as it is, all of it or nothing; of two at once, the later one
   * decides from what the earlier one left. Answers the record after it, or undefined where there is no such client or
   * `decide` wants no change.
   */
  amend(
    clientId: ClientId,
    decide: (present: ClientRecord) => ClientAmendment | undefined,
  ): Promise<ClientRecord | undefined>
  /** Deletes it with its secrets, collaborators and the consents given to it; its grants lose their standing. */
  delete(clientId: ClientId): Promise<boolean>
  /** What those of the apps were called that were deleted within the last 30 days, and when that was. */
  listDeleted(clientIds: readonly ClientId[]): Promise<readonly DeletedClient[]>
  /** Apps of which the user is owner or collaborator, by name. */
  listByUser(userId: UserId): Promise<readonly ClientRecord[]>
  /** The names and publishers of clients that are first-party or have ever been verified. */
  listPrivileged(): Promise<readonly ClientRecord[]>
  /**
   * A page of the apps whose name or owner's username (in lower case) or ID begins so, in the order of what was found of each;
   * or of all, the newest first. Undefined if there is no such place.
   */
  search(
    wanted: AppFilter & { readonly beginning?: string | undefined },
    ask: ListAsk,
  ): Promise<ListPage<ClientRecord> | undefined>
  /** Every client, by id; for the operator. */
  list(limit: number, after?: ClientId): Promise<readonly ClientRecord[]>
  /**
   * Whether a client other than `except` has registered a redirect URI of this web origin: an enabled one, or, unless only
   * those `enabled` are asked for, a pending one. One look into an index.
   */
  hasOrigin(origin: string, of?: { readonly except?: ClientId; readonly enabled?: boolean }): Promise<boolean>
  /** The clients, by id, that are not disabled and have registered exactly this redirect URI. One look into an index. */
  withRedirectUri(uri: string): Promise<readonly ClientId[]>
  isCollaborator(clientId: ClientId, userId: UserId): Promise<boolean>
  /** The app that has registered itself with this digest. */
  withRegistration(digest: Buffer): Promise<ClientId | undefined>
  /** Apps that registered themselves before this moment and that nobody allows anything, the oldest first. */
  listUnused(registeredBefore: Millis, limit: number): Promise<readonly ClientId[]>
}

/** Somebody who was invited to test an app in development. */
export interface Tester {
  readonly clientId: ClientId
  /** As it was given; it need not be anybody's. */
  readonly username: string
  /** Whose username it was at the invitation. */
  readonly userId: UserId | null
  readonly state: 'invited' | 'accepted' | 'declined'
  readonly invitedAt: Millis
}

/** Usernames are compared in lower case; each is invited to an app once. */
export interface Testers {
  /** Never more than `limit` to one app, however many are invited at once. */
  invite(
    clientId: ClientId,
    person: Pick<Tester, 'username' | 'userId'>,
    limit: number,
  ): Promise<'invited' | 'present' | 'full' | 'gone'>
  /** The person's own answer; what was declined stays so. False where there is no invitation. */
  answer(clientId: ClientId, userId: UserId, state: 'accepted' | 'declined'): Promise<boolean>
  /** Takes an invitation back, whatever came of it; answers what it was. */
  remove(clientId: ClientId, username: string): Promise<Tester | undefined>
  list(clientId: ClientId): Promise<readonly Tester[]>
  /** What a person has been invited to and has not declined. */
  listOf(userId: UserId): Promise<readonly Tester[]>
  /** Whether the person has accepted an invitation to the app. */
  isTester(clientId: ClientId, userId: UserId): Promise<boolean>
}

/** Who works on an app or shares a subscription key with its owner, and who is asked to. */
export interface Team {
  readonly owner: UserId | null
  /** In the order of their ids. */
  readonly collaborators: readonly UserId[]
  /** Who is asked and has not accepted. Nobody may do anything by it. */
  readonly invited: readonly TeamInvitation[]
}

export interface TeamInvitation {
  /** The username or e-mail address as it was given; it need not be anybody's. */
  readonly username: string
  /** Whose it was at the invitation. */
  readonly userId: UserId | null
  /** What was declined stays so. */
  readonly declined: boolean
}

/** The teams of one kind of thing, by its ID. Every write bumps the change signal of `onClientsChanged`. */
export interface Teams<Id extends string = ClientId> {
  find(id: Id): Promise<Team | undefined>
  /** What a person is asked to take part in and has not answered. */
  listOffered(userId: UserId): Promise<readonly Id[]>
  /**
   * Writes who `decide` makes of the team as it is; of two at once, the later one decides from what the earlier one left.
   * Answers the team after it, or undefined where there is no such thing or `decide` wants no change.
   */
  amend(id: Id, decide: (present: Team) => Omit<Team, 'owner'> | undefined): Promise<Team | undefined>
  /** Makes who was asked one of the team, unless they take part in `room` others of its kind, also of many at once. */
  join(id: Id, userId: UserId, room: number): Promise<'joined' | 'full' | 'not_invited'>
}

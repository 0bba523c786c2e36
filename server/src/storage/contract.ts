/**
 * What storage promises, by protocol verb. Both drivers pass the same contract suite. Outcomes are values; what is
 * thrown is a fault (`StorageUnavailable` where the database could not be reached or would not take the write), and
 * after a fault nothing that the caller was not told of has ended or been spent.
 */
import type { Clock, Millis } from '../lib/clock.ts'
import type { Advance, EndReason, Grant, GrantView, Swap } from '../protocol/grant.ts'
import type { ClientId, Dialect, OlderDoor, Role, SessionId, UserId } from '../protocol/names.ts'

/** The database is gone, full, locked for too long, or its answer was lost and could not be settled: answer 503. */
export class StorageUnavailable extends Error {
  override readonly name = 'StorageUnavailable'
}

/** A long read was given up because it took too long. The database is well, and other reads may do: answer 503. */
export class ReadTooLong extends Error {
  override readonly name = 'ReadTooLong'
}

/** Another server runs on the same data folder. */
export class FolderInUse extends Error {
  override readonly name = 'FolderInUse'
}

export interface Storage {
  readonly driver: 'sqlite' | 'postgres'
  /** Random id of this installation, made with the database; salts every derived key. */
  readonly installation: Buffer
  /** The deciding clock: on PostgreSQL the database's, as last seen, plus the injected clock's offset. */
  readonly clock: Clock
  readonly grants: Grants
  readonly claims: Claims
  readonly accounts: Accounts
  readonly identities: Identities
  readonly clients: Clients
  readonly testers: Testers
  readonly consents: Consents
  readonly sessions: Sessions
  readonly failures: Failures
  readonly keys: Keys
  readonly requests: Requests
  readonly audit: Audit
  readonly usage: Usage
  readonly dialectUses: DialectUses
  readonly documents: Documents
  readonly measurements: Measurements
  /** Throws StorageUnavailable unless a trivial read succeeds now. */
  ping(): Promise<void>
  /**
   * Calls `listener` after any process changed clients, subscription keys or providers. Best effort: caches also expire by
   * time.
   */
  onClientsChanged(listener: () => void): void
  /** Looks at once whether another process did, where that costs next to nothing. */
  noticeChanges(): void
  /**
   * Deletes what is past its retention; answers how many rows went. In small batches with pauses as long as they took, so
   * that hot verbs never wait long, and far more of them in a minute than ever came in one. `close` ends it early.
   */
  sweep(retention: Retention): Promise<number>
  close(): Promise<void>
}

/** How long what is over is kept. */
export interface Retention {
  /** Grants, sessions and usage. */
  readonly rows: Millis
  /** The audit log, of which whole days go (UTC). */
  readonly audit: Millis
}

export interface Grants {
  /** Stores a new grant; resolves only once it is durable. Ids are unique by construction. */
  insert(grant: Grant): Promise<void>
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
   * row since, and decides nothing else.
   */
  advance(swap: Swap, seen?: Grant): Promise<Advance>
  /** Ends a grant that is not ended yet; answers whether this call did. */
  end(id: Buffer, reason: EndReason): Promise<boolean>
  /** Ends every grant of a session, of a user (optionally at one client) or of a subscription key; answers how many. */
  endAll(
    of: { session: string } | { userId: UserId; clientId?: ClientId } | { clientId: ClientId; subscriptionKey: string },
    reason: EndReason,
  ): Promise<number>
  /**
   * Moves a grant without user on by one step so that every token issued under it dies. Announced like a change of client
   * data, because such a grant is kept with its client.
   */
  bump(id: Buffer): Promise<boolean>
  /**
   * Moves a grant that has not ended to a newer generation of the keys without a step, so that what is derived from it
   * outlives the older one. Never back to an older generation; answers whether this call moved it.
   */
  rekey(id: Buffer, generation: number): Promise<boolean>
  /**
   * Remembers that a token of `step` was seen, and the use at `at`; neither ever moves back. Written in batches within a
   * second, and lost where the process dies before: what is lost counts as unused. A swap that finds its credential behind
   * is decided with everything that this process was told of before.
   */
  markUsed(id: Buffer, at: Millis, step: number): void
  /**
   * Ends the least recently used live grants of a user at a client that are refreshable or came by password, beyond
   * `keep`, those without label first, never `except`; answers how many it ended (reason grant_limit).
   */
  trim(userId: UserId, clientId: ClientId, keep: number, except: Buffer): Promise<number>
  /** Live and offered grants of a user, newest first, for the lists of people; the live ones alone, or those at one app. */
  listByUser(
    userId: UserId,
    limit: number,
    of?: { readonly state?: 'live'; readonly clientId?: ClientId; readonly offset?: number },
  ): Promise<readonly GrantView[]>
  /** The apps that hold live grants of a user, whatever their number, in no order. */
  appsOfUser(userId: UserId): Promise<readonly AppOfUser[]>
  /** Live grants of a client that have no user or any user, counted (capped at `limit`), for its owner. */
  countByClient(clientId: ClientId, limit: number): Promise<number>
  /** Ids of a client's live grants without user, oldest first. */
  listOwn(clientId: ClientId): Promise<readonly Buffer[]>
  /** A genuine refresh was repeated from this network (a digest); counted per grant, off the hot path. */
  noteRepeat(id: Buffer, network: string, at: Millis): void
  /** How often and from how many networks a grant's refreshes were repeated. */
  repeats(id: Buffer): Promise<{ readonly count: number; readonly networks: number; readonly last: Millis } | undefined>
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
  | 'ticket'
  | 'mail_link'
  | 'upstream_state'
  | 'social_code'
  | 'identity_link'
  | 'flash'

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

export interface Account {
  readonly id: UserId
  /** Small integer by which the older API names a person. */
  readonly number: number
  readonly username: string
  readonly email: string | null
  readonly emailVerified: boolean
  /** PHC string of argon2id, or null where there is no password. */
  readonly passwordHash: string | null
  readonly roles: readonly Role[]
  /** OIDC standard claims beside e-mail (OIDC Core §5.1). */
  readonly claims: Readonly<Record<string, unknown>>
  readonly secondFactor: boolean
  readonly enabled: boolean
  readonly validAfter: Millis
  readonly createdAt: Millis
  readonly updatedAt: Millis
}

export type NewAccount = Pick<
  Account,
  'id' | 'username' | 'email' | 'emailVerified' | 'passwordHash' | 'roles' | 'claims'
>

export interface AccountChange {
  readonly username?: string
  readonly email?: string | null
  readonly emailVerified?: boolean
  readonly passwordHash?: string | null
  readonly roles?: readonly Role[]
  readonly claims?: Readonly<Record<string, unknown>>
  readonly secondFactor?: boolean
  readonly enabled?: boolean
  /** Ends every grant and session made before; must not be earlier than it was. */
  readonly validAfter?: Millis
}

/** Usernames and e-mail addresses are compared in lower case; both are unique. */
export interface Accounts {
  insert(account: NewAccount): Promise<Account | 'username_taken' | 'email_taken'>
  /**
   * Opens the account that a link was made for, and claims the link's digest, both or neither: a link whose account did not
   * come about stays good. Of any number of callers with one link one gets an account, the others 'claimed'.
   */
  insertByLink(
    account: NewAccount,
    link: { readonly kind: ClaimKind; readonly hash: Buffer; readonly expires: Millis },
  ): Promise<Account | 'claimed' | 'username_taken' | 'email_taken'>
  find(id: UserId): Promise<Account | undefined>
  findByNumber(number: number): Promise<Account | undefined>
  /** By username, or by e-mail where the login contains an at sign. Expects NFKC text. */
  findByLogin(login: string): Promise<Account | undefined>
  update(id: UserId, change: AccountChange): Promise<Account | 'username_taken' | 'email_taken' | undefined>
  /**
   * Gives a password to an account that has none, and ends nothing; undefined where it has one or is not there. Of any
   * number of callers one sets it.
   */
  setFirstPassword(id: UserId, passwordHash: string): Promise<Account | undefined>
  /** Accounts by the order of their numbers; for the operator. */
  list(limit: number, afterNumber?: number): Promise<readonly Account[]>
  /** Accounts with any role. */
  listWithRoles(): Promise<readonly Account[]>
  /**
   * Deletes the account with its sessions, consents, identities, invitations and data; its grants lose their standing.
   * Not one that owns apps: 'owns_apps'.
   */
  delete(id: UserId): Promise<'deleted' | 'owns_apps' | 'not_found'>
  /** Whether any account has the role. */
  anyWithRole(role: Role): Promise<boolean>
}

/**
 * Who a person is at a provider that they sign in through. (issuer, subject) is the one name that a provider never gives
 * to somebody else (OIDC Core §5.7), so it is what an account is found by, and it names one account at most. An e-mail
 * address or a username at the provider may change hands.
 */
export interface Identity {
  /** The provider's issuer identifier. */
  readonly issuer: string
  readonly subject: string
  /** The provider's id in the operator's document when it was last used. */
  readonly providerId: string
  readonly userId: UserId
  /** What the provider calls them, for the person to recognize it by; proves nothing. */
  readonly label: string | null
  readonly createdAt: Millis
  readonly usedAt: Millis
}

export type NewIdentity = Omit<Identity, 'createdAt' | 'usedAt'>

/** The longest issuer and subject that are kept, in bytes of UTF-8 (OIDC Core §2 has subjects of 255 at most). */
export const longestIdentity = { issuer: 2000, subject: 255 } as const

/**
 * Issuers and subjects are compared exactly. Those that are too long or hold what no database takes (NUL, half of a
 * surrogate pair) are nobody's: they are not found, and to `link` or `open` them throws TypeError.
 */
export interface Identities {
  /** The identity and the account that it opens. */
  find(issuer: string, subject: string): Promise<{ readonly identity: Identity; readonly account: Account } | undefined>
  /**
   * Gives the identity to the account unless somebody has it already; answers the one that is there afterwards. Never
   * moves one to another account. `asOf` is the account's `updatedAt` when it was decided that the identity shall be its
   * own; an account that has been changed since, as `unlink` does, gets nothing: of an `unlink` and a `link` decided on
   * before it, the `unlink` has the last word, whichever comes first.
   */
  link(identity: NewIdentity, asOf: Millis): Promise<Identity | 'account_changed'>
  /**
   * Opens an account together with its first identity, both or neither. Where the identity is there already, nothing is
   * made and its account is answered, whatever names were asked for: of any number of callers with one identity, all that
   * get an account get the same one, and one of them at most is told that it was created.
   */
  open(
    account: NewAccount,
    identity: Omit<NewIdentity, 'userId'>,
  ): Promise<{ readonly account: Account; readonly created: boolean } | 'username_taken' | 'email_taken'>
  /** Notes a use: the provider's id, label and time. Written at most once an hour while the first two stay the same. */
  touch(
    issuer: string,
    subject: string,
    seen: { readonly providerId: string; readonly label: string | null },
  ): Promise<void>
  /** In the order in which they were linked. */
  listByUser(userId: UserId): Promise<readonly Identity[]>
  /**
   * Takes the identity from the account and moves the account's `updatedAt`. Never the last way in: it stays where the
   * account has neither a password nor another identity of one of the `issuers`, those at which people can sign in. That
   * is decided on the locked account, so that of any number of callers who take its last two, in whatever order, one gets
   * 'last_way'.
   */
  unlink(
    userId: UserId,
    identity: Pick<Identity, 'issuer' | 'subject'>,
    issuers: readonly string[],
  ): Promise<'unlinked' | 'not_found' | 'last_way'>
}

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
  readonly secrets: readonly ClientSecret[]
  readonly createdAt: Millis
  readonly updatedAt: Millis
}

export interface ClientSecret {
  readonly id: string
  readonly name: string
  /** SHA-256 of the secret (generated ones have 256 bits; given ones at least 32 characters). */
  readonly hash: Buffer
  readonly createdAt: Millis
  readonly expiresAt: Millis | null
}

export type NewClient = Pick<ClientRecord, 'clientId' | 'ownerId' | 'status' | 'metadata' | 'secrets'>

/** What `amend` changes of a client; the rest stays. */
export interface ClientAmendment {
  readonly metadata?: ClientRecord['metadata']
  readonly status?: ClientStatus
  readonly proposal?: ClientProposal | null
  readonly verification?: ClientVerification | null
  /** Ends everything issued to the client before now. */
  readonly invalidate?: boolean
  readonly ownerId?: UserId | null
  readonly removeSecrets?: 'all' | readonly string[]
  readonly addSecret?: ClientSecret
  readonly expireSecret?: { readonly id: string; readonly at: Millis }
}

/** Every write bumps the change signal of `onClientsChanged`. */
export interface Clients {
  find(clientId: ClientId): Promise<ClientRecord | undefined>
  /**
   * Inserts a client with its secrets, all or nothing: no instant at which it is there without them. Of any number of
   * callers with one id, one is answered `inserted`, and the others change nothing. `room` is how many the owner may have
   * then, also of many at once; 'full' where they have as many, or are no longer there.
   */
  insert(client: NewClient, room?: number): Promise<'inserted' | 'taken' | 'full'>
  /** Inserts or replaces metadata, owner and status; keeps the rest. */
  save(client: Pick<ClientRecord, 'clientId' | 'ownerId' | 'status' | 'metadata'>): Promise<ClientRecord>
  /**
   * Changes a client as `decide` says from the record as it is, all of it or nothing; of two at once, the later one
   * decides from what the earlier one left. Answers the record after it, or undefined where there is no such client or
   * `decide` wants no change.
   */
  amend(
    clientId: ClientId,
    decide: (present: ClientRecord) => ClientAmendment | undefined,
  ): Promise<ClientRecord | undefined>
  /** Ends everything issued to the client before now. One row write. */
  invalidate(clientId: ClientId): Promise<void>
  /** Makes it `enabled` or `disabled`. */
  setEnabled(clientId: ClientId, enabled: boolean): Promise<boolean>
  addSecret(clientId: ClientId, secret: ClientSecret): Promise<void>
  removeSecret(clientId: ClientId, secretId: string): Promise<boolean>
  /** Deletes it with its secrets, collaborators and the consents given to it; its grants lose their standing. */
  delete(clientId: ClientId): Promise<boolean>
  /** Apps of which the user is owner or collaborator, by name. */
  listByUser(userId: UserId): Promise<readonly ClientRecord[]>
  /** The names and publishers of clients that are first-party or have ever been verified. */
  listPrivileged(): Promise<readonly ClientRecord[]>
  /** Every client, by id; for the operator. */
  list(limit: number, after?: ClientId): Promise<readonly ClientRecord[]>
  /**
   * Whether a client other than `except`, and not disabled, has registered a redirect URI of this web origin. One look into
   * an index.
   */
  hasOrigin(origin: string, except?: ClientId): Promise<boolean>
  /** The clients, by id, that are not disabled and have registered exactly this redirect URI. One look into an index. */
  withRedirectUri(uri: string): Promise<readonly ClientId[]>
  isCollaborator(clientId: ClientId, userId: UserId): Promise<boolean>
  setCollaborator(clientId: ClientId, userId: UserId, on: boolean): Promise<void>
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

export interface Consent {
  readonly userId: UserId
  readonly clientId: ClientId
  readonly scope: readonly string[]
  readonly enabled: boolean
  readonly validAfter: Millis
  readonly grantedAt: Millis
  /** What the page named at the last yes; null where that was before this was kept. */
  readonly shown: ConsentShown | null
}

/** What a person read of an app when they allowed it. */
export interface ConsentShown {
  readonly name: string
  /** The host, or the scheme of an app on the device, to which the answer went. */
  readonly destination: string
}

export interface Consents {
  find(userId: UserId, clientId: ClientId): Promise<Consent | undefined>
  /** Remembers a yes: adds the scopes to those remembered (a withdrawn consent starts anew with these). */
  remember(userId: UserId, clientId: ClientId, scope: readonly string[], shown?: ConsentShown): Promise<Consent>
  /** Takes the yes back: every grant under it stops at once (its `valid_after` moves). */
  withdraw(userId: UserId, clientId: ClientId): Promise<boolean>
  listByUser(userId: UserId): Promise<readonly Consent[]>
}

/** A browser's session. The cookie's value is never stored, only its SHA-256. */
export interface Session {
  readonly id: SessionId
  readonly userId: UserId
  readonly authTime: Millis
  readonly amr: readonly string[]
  readonly createdAt: Millis
  readonly lastSeenAt: Millis
  readonly userAgent: string | null
  /** `valid_after` of the user when the session was made. */
  readonly userValidAfter: Millis
}

export interface Sessions {
  insert(session: Session, tokenHash: Buffer): Promise<void>
  /** The session and its account, unless the account is gone. Standing and timeouts are judged by the caller. */
  find(tokenHash: Buffer): Promise<{ readonly session: Session; readonly account: Account } | undefined>
  /** Moves lastSeenAt on; batched, at most once a minute per session. */
  touch(id: SessionId, at: Millis): void
  end(id: SessionId): Promise<boolean>
  endAll(userId: UserId, except?: SessionId): Promise<number>
  listByUser(userId: UserId): Promise<readonly Session[]>
}

/** Counters of failed attempts in fixed windows, shared between processes. */
export interface Failures {
  /** Failures under the key in the window that `at` lies in. */
  count(key: string, window: Millis, at: Millis): Promise<number>
  /** Adds one, or `by`, which may be negative; answers the new count. Of any number of callers each sees its own. */
  add(key: string, window: Millis, at: Millis, by?: number): Promise<number>
  clear(key: string): Promise<void>
}

export interface SigningKey {
  readonly kid: string
  readonly alg: 'RS256' | 'ES256' | 'EdDSA'
  readonly state: 'next' | 'signing' | 'retired'
  readonly publicJwk: Readonly<Record<string, unknown>>
  /** The private JWK, sealed under a key derived from the root secret. */
  readonly sealedPrivate: Buffer
  readonly createdAt: Millis
  readonly activatedAt: Millis | null
  readonly retiredAt: Millis | null
}

/** There is at most one key of an alg in 'next' and one in 'signing': save the old one as retired first. */
export interface Keys {
  list(): Promise<readonly SigningKey[]>
  /** Stores the key unless one of the same alg and state is there already; answers the one that is there after. */
  insertFirst(key: SigningKey): Promise<SigningKey>
  /** Replaces a sealed private key by the same one sealed anew, unless another node has done so. */
  reseal(kid: string, from: Buffer, to: Buffer): Promise<void>
  /**
   * Makes the key `to` (until now next) the one that signs, and `from` (until now signing) a retired one, both or
   * neither. Of several nodes that try the same, one gets true.
   */
  promote(from: string, to: string, at: Millis): Promise<boolean>
  delete(kid: string): Promise<void>
}

/** One record of the request log: what an app's owner sees. */
export interface RequestRecord {
  readonly requestId: string
  readonly clientId: ClientId
  readonly at: Millis
  readonly endpoint: string
  readonly method: string
  readonly status: number
  /** Empty where nothing was refused. */
  readonly reason: string
  /** The rule that refused; rules before it passed. */
  readonly rule: string
  /** The ordered list that was run, by name (`authorize`, `token:refresh_token`, …). */
  readonly ruleset: string
  /** One sentence. */
  readonly cause: string
  readonly expected: string | null
  readonly got: string | null
  readonly userAgent: string | null
  /** Pairwise id, only after consent. */
  readonly pairwise: string | null
  readonly network: string
  /** False: nobody proved to be this client; kept in a ring of its own. */
  readonly authenticated: boolean
}

/** A record with its place in the order of the log. */
export interface LoggedRequest extends RequestRecord {
  readonly seq: number
}

/** Which records of an app are meant. Every member that is given has to hold. */
export interface RequestFilter {
  readonly refused?: boolean | undefined
  readonly endpoint?: string | undefined
  readonly reason?: string | undefined
}

/** The log of an app is read in turns as measurements are, and throws the same. */
export interface Requests {
  /** Appends a batch; a fault is thrown to the writer, who drops and counts. */
  append(records: readonly RequestRecord[]): Promise<void>
  /**
   * Newest first. `before` is the last record of the page before. With a filter only the newest `filterDepth` records of
   * the app are looked through.
   */
  list(
    clientId: ClientId,
    limit: number,
    before?: { readonly at: Millis; readonly seq: number },
    filter?: RequestFilter,
  ): Promise<readonly LoggedRequest[]>
  /** What was recorded of the request of this id, newest first. */
  find(clientId: ClientId, requestId: string): Promise<readonly LoggedRequest[]>
  /** Endpoints and reasons among the newest records of the app, in the order of their names. */
  kinds(clientId: ClientId): Promise<{ readonly endpoints: readonly string[]; readonly reasons: readonly string[] }>
  /** How many requests of the app were recorded since then, and how many of them refused, among its newest records. */
  count(clientId: ClientId, since: Millis): Promise<{ readonly requests: number; readonly refused: number }>
}

/** How many of an app's newest records a filter looks through. */
export const filterDepth = 20_000

export interface AuditEvent {
  readonly at: Millis
  /** A row of the table in `protocol/audit_events.ts`, or of a later release's. */
  readonly type: string
  /** The id of an account, or how and as whom the operator acted without one (`command:root`). */
  readonly actor: string | null
  readonly subject: string | null
  readonly clientId: string | null
  readonly address: string | null
  readonly requestId: string | null
  readonly detail: Readonly<Record<string, unknown>>
}

export interface Audit {
  append(events: readonly AuditEvent[]): Promise<void>
  list(limit: number, before?: Millis): Promise<readonly AuditEvent[]>
  /** Newest first, among the newest `auditDepth` events of the time that the filter names. */
  search(limit: number, filter: AuditFilter): Promise<AuditFound>
}

export interface AuditFilter {
  readonly type?: string | undefined
  /** An account that did it, or to which it was done. */
  readonly account?: string | undefined
  readonly clientId?: ClientId | undefined
  /** From this time on. */
  readonly since?: Millis | undefined
  /** Before this time. */
  readonly until?: Millis | undefined
}

export interface AuditFound {
  readonly events: readonly AuditEvent[]
  /** False where the time that the filter names has older events, which were not looked at. */
  readonly complete: boolean
}

/** How many events a search of the audit log looks through. */
export const auditDepth = 100_000

export interface Usage {
  /** Adds token requests per account for a day (YYYY-MM-DD) and answers the new totals in the same order. */
  add(day: string, counts: readonly { readonly userId: UserId; readonly count: number }[]): Promise<readonly number[]>
}

/** Uses of an older door by one app on one day (YYYY-MM-DD). */
export interface DialectUse {
  readonly day: string
  readonly dialect: Dialect | OlderDoor
  readonly clientId: ClientId
  readonly count: number
  readonly lastAt: Millis
}

export interface DialectUses {
  /** Adds to the counts of each day, dialect and client; each of them at most once in `uses`. */
  add(uses: readonly DialectUse[]): Promise<void>
  /** Per dialect and client the uses since the day, and the last one ever; the latest first within a dialect. */
  sum(since: string): Promise<readonly Omit<DialectUse, 'day'>[]>
}

/**
 * Sections of the operator's document whose feature is not built yet, or that are kept as a whole. A write to one of kind
 * `subscription_keys` or `providers` bumps the change signal of `onClientsChanged`.
 */
export interface Documents {
  get(kind: string, name: string): Promise<Readonly<Record<string, unknown>> | undefined>
  list(kind: string): Promise<readonly { readonly name: string; readonly body: Readonly<Record<string, unknown>> }[]>
  put(kind: string, name: string, body: Readonly<Record<string, unknown>>): Promise<void>
  /**
   * Writes what `decide` makes of the document as it is (undefined: there is none); of two at once, the later one decides
   * from what the earlier one left. Answers what is written, or undefined where `decide` wants no change.
   */
  amend(
    kind: string,
    name: string,
    decide: (present: Readonly<Record<string, unknown>> | undefined) => Readonly<Record<string, unknown>> | undefined,
  ): Promise<Readonly<Record<string, unknown>> | undefined>
  delete(kind: string, name: string): Promise<boolean>
}

export interface Variable {
  readonly id: number
  readonly userNumber: number
  readonly name: string
  readonly unit: string
  readonly category: string | null
  readonly combination: 'MEAN' | 'SUM'
  readonly createdAt: Millis
  readonly updatedAt: Millis
}

export interface Measurement {
  readonly id: number
  readonly variableId: number
  readonly variableName: string
  readonly variableCategory: string | null
  /** Seconds since the epoch. */
  readonly startTime: number
  readonly value: number
  readonly unit: string
  readonly note: string | null
  readonly source: string
  readonly clientId: ClientId
  readonly createdAt: Millis
  readonly updatedAt: Millis
}

export interface NewMeasurement {
  readonly variableName: string
  readonly variableCategory: string | null
  readonly combination: 'MEAN' | 'SUM'
  readonly unit: string
  readonly startTime: number
  readonly value: number
  readonly note: string | null
  readonly source: string
}

/**
 * How a condition compares. Both ends of a range belong to it. A negated operator also holds where the column is empty.
 */
export type FilterOperator =
  | '='
  | '!='
  | '<'
  | '<='
  | '>'
  | '>='
  | 'in'
  | 'not in'
  | 'like'
  | 'not like'
  | 'between'
  | 'not between'

/**
 * One condition on a column. Values are bound, never spelled into SQL. Text is compared by its code points; `like` is
 * for text only and takes no notice of the case of A to Z.
 */
export interface Filter<Column extends string> {
  readonly column: Column
  readonly operator: FilterOperator
  readonly value: string | number | readonly (string | number)[]
}

export interface Sort<Column extends string> {
  readonly column: Column
  readonly descending: boolean
}

export type MeasurementColumn =
  | 'id'
  | 'variableId'
  | 'variableName'
  | 'variableCategory'
  | 'source'
  | 'unit'
  | 'value'
  | 'startTime'
  | 'createdAt'
  | 'updatedAt'
  | 'clientId'

export type MeasurementFilter = Filter<MeasurementColumn>

/** What a unit's values are multiplied by, and what is then added. */
export interface Scale {
  readonly unit: string
  readonly factor: number
  readonly offset: number
}

/** Values whose size lies outside of this are never scaled: on some databases the result would be a fault. */
export const scalable = { least: 1e-200, most: 1e200 } as const

export interface MeasurementQuery {
  readonly filters: readonly MeasurementFilter[]
  readonly sort: readonly Sort<MeasurementColumn>[]
  readonly limit: number
  readonly offset: number
  /**
   * Conditions on the value and order by it mean the scaled value; conditions are then blind to the last digits, where
   * rounding is. What is answered is the value as recorded.
   */
  readonly scales?: readonly Scale[]
}

export type VariableColumn =
  | 'id'
  | 'name'
  | 'category'
  | 'unit'
  | 'createdAt'
  | 'updatedAt'
  | 'measurements'
  | 'earliestTime'
  | 'latestTime'

export interface VariableQuery {
  readonly filters: readonly Filter<VariableColumn>[]
  /** By name where nothing is asked for; what is empty comes last. */
  readonly sort?: readonly Sort<VariableColumn>[]
  readonly limit: number
  readonly offset: number
}

/** A value as it was recorded. */
export interface RecordedValue {
  readonly value: number
  readonly unit: string
  readonly source: string
}

/** A variable and what its measurements come to. */
export interface VariableSummary extends Variable {
  readonly measurements: number
  /** Start times of the first and the last measurement. */
  readonly earliestTime: number | null
  readonly latestTime: number | null
  /** The last measurement, as recorded. */
  readonly latest: RecordedValue | null
  /** What was recorded most often among the last hundred measurements; of equals the one that was recorded last. */
  readonly mostCommon: RecordedValue | null
}

/** Names one measurement of a person. */
export type MeasurementPlace = { readonly id: number } | { readonly variableId: number; readonly startTime: number }

/**
 * A person's measurements: one value per variable and start time. The lists and counts of them take turns: one of a person
 * at once and a few waiting, beyond which they throw LaneFull; what takes longer than two seconds throws ReadTooLong.
 */
export interface Measurements {
  /** In the order asked for, by start time where none is asked for. */
  list(userNumber: number, query: MeasurementQuery): Promise<readonly Measurement[]>
  /** Inserts or overwrites by (variable, start time) in one transaction; unknown variables are created. */
  upsert(userNumber: number, clientId: ClientId, items: readonly NewMeasurement[]): Promise<readonly Measurement[]>
  /**
   * The same, unless the person would have more than `most` measurements after it: then nothing is written. What is
   * overwritten is not counted again. Decided on a count that is held, so that no number of callers gets beyond it.
   */
  upsertWithin(
    most: number,
    userNumber: number,
    clientId: ClientId,
    items: readonly NewMeasurement[],
  ): Promise<readonly Measurement[] | 'full'>
  update(
    userNumber: number,
    id: number,
    change: { readonly startTime?: number; readonly value?: number; readonly note?: string | null },
  ): Promise<Measurement | 'time_taken' | undefined>
  /** Deletes all of these in one transaction; answers how many went. What is not there is passed over. */
  delete(userNumber: number, which: readonly MeasurementPlace[]): Promise<number>
  /** Names of the sources that the person's measurements came from, by their code points, at most `limit`. */
  sources(userNumber: number, limit: number): Promise<readonly string[]>
  /** The person's variables of these names; unknown ones are left out. */
  variablesByName(userNumber: number, names: readonly string[]): Promise<readonly Variable[]>
  /** The person's variables with what is recorded of them. Reads all their measurements: not for the way of a write. */
  variables(userNumber: number, query: VariableQuery): Promise<readonly VariableSummary[]>
  /** How many variables of the person pass the filters. */
  countVariables(userNumber: number, filters: VariableQuery['filters']): Promise<number>
}

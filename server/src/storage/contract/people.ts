/** People: their accounts, the identities that they sign in with, their sessions and the apps that they have allowed. */

import type { Millis } from '../../lib/clock.ts'
import type { ClientId, Role, SessionId, UserId } from '../../protocol/names.ts'
import type { ClaimKind } from './grants.ts'
import type { ListAsk, ListPage } from './lists.ts'

export interface Account {
  readonly id: UserId
  /** Small integer by which the older API names a person. */
  readonly number: number
  readonly username: string
  readonly email: string | null
  readonly emailVerified: boolean
  /** When a mail server last said that there is no such address; null once it is another one or proved again. */
  readonly emailRefusedAt: Millis | null
  /** Hash of the password: argon2id, or what another server made of it until the first sign-in; null where there is none. */
  readonly passwordHash: string | null
  readonly roles: readonly Role[]
  /** OIDC standard claims beside e-mail (OIDC Core §5.1). */
  readonly claims: Readonly<Record<string, unknown>>
  readonly secondFactor: boolean
  readonly enabled: boolean
  /** When its holder closed it; it is not enabled then. Null: they have not, or have taken it back. */
  readonly closingAt: Millis | null
  readonly validAfter: Millis
  /** When the operator last let people try again who had guessed too often at it: guesses before then do not count. */
  readonly guessesForgivenAt: Millis | null
  readonly createdAt: Millis
  readonly updatedAt: Millis
}

export type NewAccount = Pick<
  Account,
  'id' | 'username' | 'email' | 'emailVerified' | 'passwordHash' | 'roles' | 'claims'
>

export interface AccountChange {
  readonly username?: string
  /** With another username: until when the former one is nobody else's. */
  readonly formerKeptUntil?: Millis
  readonly email?: string | null
  readonly emailVerified?: boolean
  readonly passwordHash?: string | null
  readonly roles?: readonly Role[]
  readonly claims?: Readonly<Record<string, unknown>>
  readonly secondFactor?: boolean
  readonly enabled?: boolean
  readonly closingAt?: Millis | null
  readonly guessesForgivenAt?: Millis
  /** Ends every grant and session made before; must not be earlier than it was. */
  readonly validAfter?: Millis
}

/** Which people a list has; what is left out is not asked. */
export interface PeopleFilter {
  /** Closed by its holder is neither of the others. */
  readonly status?: 'enabled' | 'disabled' | 'closed' | undefined
  readonly role?: Role | 'any' | undefined
  /** The second factor. */
  readonly factor?: 'with' | 'without' | undefined
  /** The e-mail address. */
  readonly address?: 'verified' | 'unverified' | 'none' | undefined
}

/** Which name of an account somebody else has. */
export type NameTaken = 'username_taken' | 'email_taken'

/**
 * Usernames and e-mail addresses are compared in lower case; both are unique. Who changes their username keeps the former one
 * for a while: to others it is taken. Invitations that were made by it follow.
 */
export interface Accounts {
  insert(account: NewAccount): Promise<Account | NameTaken>
  /**
   * Opens the account that a link was made for, and claims the link's digest, both or neither: a link whose account did not
   * come about stays good. Of any number of callers with one link one gets an account, the others 'claimed'.
   */
  insertByLink(
    account: NewAccount,
    link: { readonly kind: ClaimKind; readonly hash: Buffer; readonly expires: Millis },
  ): Promise<Account | 'claimed' | NameTaken>
  find(id: UserId): Promise<Account | undefined>
  /** By username, or by e-mail where the login contains an at sign. Expects NFKC text. */
  findByLogin(login: string): Promise<Account | undefined>
  update(id: UserId, change: AccountChange): Promise<Account | NameTaken | undefined>
  /**
   * Gives a password to an account that has none, and ends nothing; undefined where it has one or is not there. Of any
   * number of callers one sets it.
   */
  setFirstPassword(id: UserId, passwordHash: string): Promise<Account | undefined>
  /**
   * Puts another hash of the same password in the place of `from`; false where the account has another one by now. It is no
   * change of the account: nothing ends, and `updatedAt` stays.
   */
  renewPasswordHash(id: UserId, from: string, to: string): Promise<boolean>
  /** Some hashes that are not as this release makes them, by chance; a look into an index. */
  listOtherHashes(limit: number): Promise<readonly string[]>
  /** The former usernames that an account still keeps. */
  listFormerUsernames(id: UserId): Promise<readonly string[]>
  /** The account that had this username before and still keeps it. */
  findByFormerUsername(username: string): Promise<UserId | undefined>
  /** Notes at the account that has this address that a mail server refused it for good. */
  noteEmailRefused(email: string): Promise<void>
  /** Accounts by the order of their numbers; for the operator. */
  list(limit: number, afterNumber?: number): Promise<readonly Account[]>
  /**
   * A page of the people whose username, e-mail address or ID begins so (the first two in lower case), in the order of what
   * was found of each; or of all, the newest first. Each beginning and each filter alone is one look into an index. Undefined
   * if there is no such place.
   */
  search(
    wanted: PeopleFilter & { readonly beginning?: string | undefined },
    ask: ListAsk,
  ): Promise<ListPage<Account> | undefined>
  /** Accounts with any role. */
  listWithRoles(): Promise<readonly Account[]>
  /** Accounts whose e-mail address another has in another spelling, so that it finds the other alone. */
  listEmailClashes(): Promise<readonly { readonly userId: UserId; readonly otherId: UserId }[]>
  /**
   * Deletes the account with all that is its own: sessions, grants, consents, identities, invitations, subscription keys and
   * data; and what is left of it in the audit log: where and with which program it was used, and what names it. Its ID stays
   * there. Not one that owns apps; with `closedBefore`, only one that its holder closed before then.
   */
  erase(id: UserId, closedBefore?: Millis): Promise<'erased' | 'owns_apps' | 'not_found'>
  /** Accounts that their holders closed before then. */
  listClosed(before: Millis, limit: number): Promise<readonly UserId[]>
  /** Whether any account has the role. */
  anyWithRole(role: Role): Promise<boolean>
}

/** Somebody as the other server knows them. */
export type ImportedPerson = Pick<
  Account,
  'id' | 'username' | 'email' | 'emailVerified' | 'passwordHash' | 'claims' | 'enabled' | 'createdAt'
> & {
  /** 32 bytes that name the person at the other server, the same in every import. */
  readonly mark: Buffer
  readonly secondFactor: boolean
}

export type ImportOutcome =
  | 'imported'
  /** By an earlier import, and not changed since. */
  | 'already_there'
  /** By an earlier import, and changed since. */
  | 'changed_here'
  /** By an earlier import, and deleted since. */
  | 'deleted_here'
  | NameTaken

export interface ImportedPeople {
  /**
   * Opens the accounts of those who did not come before, each by themselves: a name that somebody else has holds up nobody.
   * Of any number of callers with one mark, one imports. Answers what came of each, in their order.
   */
  insert(people: readonly ImportedPerson[]): Promise<readonly ImportOutcome[]>
  /** Whether the account came from another server. */
  includes(id: UserId): Promise<boolean>
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
  ): Promise<{ readonly account: Account; readonly created: boolean } | NameTaken>
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

/** A browser's session. The cookie's value is never stored, only its SHA-256. */
export interface Session {
  readonly id: SessionId
  readonly userId: UserId
  readonly authTime: Millis
  readonly amr: readonly string[]
  readonly createdAt: Millis
  readonly lastSeenAt: Millis
  readonly userAgent: string | null
  /** The address that it was made from; null where that was not kept. */
  readonly address: string | null
  /** `valid_after` of the user when the session was made. */
  readonly userValidAfter: Millis
  /** Whether the person is to be asked for the operator's terms before it counts. */
  readonly termsDue: boolean
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
  /**
   * Holds the account of a session until the act ends, and answers both as they are by then; undefined where either is
   * gone. Whoever changes the account comes before or after.
   */
  hold(
    session: Pick<Session, 'id' | 'userId'>,
  ): Promise<{ readonly session: Session; readonly account: Account } | undefined>
}

/** A password that one app of a person uses in place of theirs. Its text is never stored, only its SHA-256. */
export interface AppPassword {
  readonly id: string
  readonly userId: UserId
  /** What the person calls it. */
  readonly name: string
  readonly createdAt: Millis
  /** When it last opened the account, to the hour; null where it never has. */
  readonly usedAt: Millis | null
}

export interface AppPasswords {
  /**
   * Stores one, unless the person has `room` of them, also of many at once.
   */
  insert(password: AppPassword, of: { readonly digest: Buffer; readonly room: number }): Promise<'inserted' | 'full'>
  find(digest: Buffer): Promise<AppPassword | undefined>
  /** The latest made first. */
  listByUser(userId: UserId): Promise<readonly AppPassword[]>
  /** Moves usedAt on. */
  used(id: string, at: Millis): Promise<void>
  /** Deletes one of the person's, or all; answers the ids of those that were there. */
  end(userId: UserId, id?: string): Promise<readonly string[]>
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
  /** What the app was where its document says that: the yes is for no other. */
  readonly form?: string
}

export interface Consents {
  find(userId: UserId, clientId: ClientId): Promise<Consent | undefined>
  /** Remembers a yes: adds the scopes to those remembered (a withdrawn consent starts anew with these). */
  remember(userId: UserId, clientId: ClientId, scope: readonly string[], shown?: ConsentShown): Promise<Consent>
  /** Takes the yes back: every grant under it stops at once (its `valid_after` moves). */
  withdraw(userId: UserId, clientId: ClientId): Promise<boolean>
  /** Forgets what everybody has allowed the app, so that each is asked again. What was issued stays. */
  forget(clientId: ClientId): Promise<void>
  listByUser(userId: UserId): Promise<readonly Consent[]>
  /** Those that were taken back after this moment. */
  listWithdrawn(userId: UserId, since: Millis): Promise<readonly Consent[]>
}

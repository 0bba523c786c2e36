/**
 * What the operator has said in the document and by commands: APIs, providers, legacy protocols; the marks of root secrets, restores, and
 * what an update of the database would do.
 */
import type { Millis } from '../../lib/clock.ts'
import type { ClosableDialect } from '../../protocol/dialects.ts'
import type { ClientId, UserId } from '../../protocol/names.ts'
import type { Tester } from './clients.ts'
import type { SigningKey } from './keys.ts'
import type { SubscriptionKey } from './subscription_keys.ts'

/** Rows with a name each, few enough to be read together. Every write bumps the change signal of `onClientsChanged`. */
export interface Entries<Name extends string, Entry> {
  /** By name. */
  list(): Promise<readonly Entry[]>
  put(entry: Entry): Promise<void>
  /**
   * Writes what `decide` makes of the entry as it is (undefined: there is none); of two at once, the later one decides
   * from what the earlier one left. Answers what is written, or undefined where `decide` wants no change.
   */
  amend(name: Name, decide: (present: Entry | undefined) => Entry | undefined): Promise<Entry | undefined>
  delete(name: Name): Promise<boolean>
}

/** An API that accepts our tokens, with the members of the operator's document. */
export interface StoredResource {
  readonly resource: string
  /** As in the document: names, or objects with words; undefined where it takes any scope. */
  readonly scopes?: readonly unknown[] | undefined
  readonly token_format?: 'opaque' | 'jwt' | undefined
  readonly name?: string | undefined
  readonly publisher?: string | undefined
  readonly website?: string | undefined
  readonly terms?: string | undefined
  readonly openapi?: string | undefined
  readonly stability?: string | undefined
  readonly sunset?: string | undefined
  /** The name under which proxies ask whether to let a request to it through. */
  readonly proxy?: string | undefined
  /** The client that it authenticates as, where it asks about tokens and reports calls. */
  readonly client_id?: string | undefined
}

/** A token of the operator by which an app may register itself (RFC 7591 §3, "initial access token"). */
export interface InitialToken {
  readonly digest: string
  /** For the operator to know it by. */
  readonly name: string
  /** Registrations that are left; undefined where it may be any number. */
  readonly uses_left?: number | undefined
  readonly expires_at?: Millis | undefined
  readonly created_at: Millis
}

/** A provider that people sign in through, with the members of the operator's document. */
/** What a provider's signed word about a person opens (RFC 7523 §2.1). */
export interface StoredAssertions {
  /** Its keys, where they are not at its jwks_uri. */
  readonly jwks?: { readonly keys: readonly Readonly<Record<string, unknown>>[] } | undefined
  /** The apps that the operator has agreed to for everybody, with their scopes; all others need the person's own yes. */
  readonly agreed?: readonly { readonly client_id: ClientId; readonly scope: string }[] | undefined
}

export interface StoredProvider {
  readonly id: string
  readonly kind: 'oidc' | 'oauth2' | 'facebook'
  readonly name?: string | undefined
  readonly issuer?: string | undefined
  readonly authorization_endpoint?: string | undefined
  readonly token_endpoint?: string | undefined
  readonly userinfo_endpoint?: string | undefined
  readonly jwks_uri?: string | undefined
  readonly token_info_endpoint?: string | undefined
  readonly scope?: string | undefined
  readonly client_id: string
  /** Sealed under a key derived from the root secret. */
  readonly client_secret?: { readonly generation: number; readonly sealed: string } | undefined
  readonly native_client_ids?: readonly string[] | undefined
  readonly email_authoritative?: boolean | undefined
  readonly jwt_bearer?: StoredAssertions | undefined
}

/** The operator's decision about one legacy protocol, or about one version of it. */
export interface DialectNotice {
  readonly dialect: ClosableDialect
  readonly closed: boolean
  /** When it goes, in milliseconds, as announced to every caller (RFC 8594). */
  readonly sunset?: Millis | undefined
  /** When the decision was made, in milliseconds: from then on it is deprecated (RFC 9745). */
  readonly since?: Millis | undefined
  /** Where developers read what to do instead. */
  readonly link?: string | undefined
  /** When it does not answer for a while, so that those who still need it notice before it goes; the earliest first. */
  readonly brownouts?: readonly BrownOut[] | undefined
}

/** A time in which a legacy protocol answers as if it were closed; `until` is no part of it. */
export interface BrownOut {
  readonly from: Millis
  readonly until: Millis
}

/** That somebody was told that a legacy protocol of an app of theirs goes. */
export interface DialectTelling {
  readonly dialect: ClosableDialect
  /** The app that was seen there, or the client of the protocol for the owner of a subscription key. */
  readonly clientId: ClientId
  readonly userId: UserId
  /** The end that they were told of. */
  readonly sunset: Millis
  readonly at: Millis
}

export interface DialectTellings {
  /** Keeps that somebody was told. Of one who was told of the same end before, the first time stays. */
  add(telling: DialectTelling): Promise<void>
  /** Who was told about a protocol, the latest first. */
  list(dialect: ClosableDialect): Promise<readonly DialectTelling[]>
  /** Forgets whatever somebody was told about a protocol and an app. False where another call was first. */
  remove(of: Pick<DialectTelling, 'dialect' | 'clientId' | 'userId'>): Promise<boolean>
}

/** By which a start with another root secret is found out. */
export interface SecretMarks {
  /** The marks by generation. */
  list(): Promise<ReadonlyMap<number, string>>
  /** Leaves a mark where the generation has none. */
  leave(generation: number, mark: string): Promise<void>
}

/** A salt as it lies in the database; `generation` is that of the key under which it is sealed. */
export interface SealedSalt {
  readonly generation: number
  readonly sealed: string
}

/** The one salt under which apps get an ID of their own for a person (OIDC Core §8.1). It is never another one. */
export interface SubjectSalt {
  find(): Promise<SealedSalt | undefined>
  /** Stores it where none is yet (`from` undefined), or the same sealed anew; nothing where another node was faster. */
  replace(from: SealedSalt | undefined, to: SealedSalt): Promise<void>
}

/** What a restore from a backup leaves to do: nothing goes out until the operator says so, and what is lost is told. */
export interface Restored {
  /** When the backup was made. */
  readonly backupAt: Millis
  readonly restoredAt: Millis
  /** Whether this became an installation of its own, which honours nothing that the other one has issued. */
  readonly clone: boolean
  /** Until when what happened after the backup was carried out again; null where nothing was. */
  readonly reappliedUntil: Millis | null
  /** Whether jobs, mails and calls to other servers wait. */
  readonly paused: boolean
  /** Whether the operator has yet to take note of what happened after the backup and is not known here. */
  readonly unacknowledged: boolean
}

export interface Recovery {
  /** The last restore; undefined where there was none. */
  find(): Promise<Restored | undefined>
  note(restored: Restored): Promise<void>
  /** Lets jobs, mails and calls go out again; false where they do. Announced like a change of client data. */
  resume(): Promise<boolean>
  /** False where there is nothing to take note of. */
  acknowledge(): Promise<boolean>
  /**
   * Gives the installation another ID, from which all its keys are derived, and deletes what the former one has issued: its
   * grants, sessions, app passwords and mailed links, its signing keys and the marks of its root secrets. What lies sealed
   * has to be sealed anew.
   */
  becomeAnother(installation: Buffer): Promise<void>
}

/** What has a version. */
export type Versioned =
  | 'account'
  | 'app'
  | 'resource'
  | 'provider'
  | 'protocol'
  | 'subscription_key'
  | 'plan'
  | 'webhook'

export interface Versions {
  /**
   * A digest of the row as it is, which is another one after every change; undefined where there is none. In an act the
   * row is held until the act ends, so that of two changes decided on one version the second sees another.
   */
  of(kind: Versioned, id: string): Promise<string | undefined>
}

/** An answer as it is given again: without what may be shown once only. */
export interface KeptAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | undefined
}

/** The hold of one request on its key. Of several that had it, one after another, only the last one can do anything. */
export interface KeyClaim {
  /** Digest of caller, route and key. */
  readonly key: Buffer
  readonly claim: number
}

export interface IdempotencyKeys {
  /**
   * Claims a key for a request, of which `request` is a digest, for `lease` milliseconds, and has it remembered for `keep`.
   * Of any number of callers one gets the claim. The others hear of a request with another digest, that the first is under
   * way, that it was carried out and its answer lost, or get its answer.
   */
  claim(
    of: { readonly key: Buffer; readonly request: Buffer },
    lease: Millis,
    keep: Millis,
  ): Promise<KeyClaim | 'other_request' | 'under_way' | 'answer_lost' | KeptAnswer>
  /** Keeps the answer of a request. */
  answer(claim: KeyClaim, answer: KeptAnswer): Promise<void>
  /** Forgets a claim under which nothing was carried out. */
  release(claim: KeyClaim): Promise<void>
  /** In an act: notes that what the request asks for was carried out. False where another request has the claim by now. */
  carryOut(claim: KeyClaim): Promise<boolean>
}

/** One kind of fault that was found. */
export interface DatabaseFault {
  /** The check that found it, in a word or two. */
  readonly check: string
  /** One plain sentence. */
  readonly text: string
}

/** Values of columns that are one of a few. */
export const signingStates = ['next', 'signing', 'retired'] as const satisfies readonly SigningKey['state'][]
export const testerStates = ['invited', 'accepted', 'declined'] as const satisfies readonly Tester['state'][]
export const subscriptionKeyStates = ['developer', 'operator'] as const satisfies readonly SubscriptionKey['disabled'][]

/** Of a table with its indexes. */
export interface TableSize {
  readonly bytes: number
  /** As the database last counted them; null where it does not say. */
  readonly rows: number | null
}

export interface PlannedStatement {
  /** The statement as it is sent; values are numbered. */
  readonly sql: string
  /** What is locked beside the tables that the plan itself makes; null where nobody could wait. */
  readonly lock: { readonly table: string; readonly mode: string; readonly effect: string } | null
  /** Of the table that has to be read or written through; null where none has. */
  readonly size: TableSize | null
  readonly expectedSeconds: number
}

export interface PlannedMigration {
  readonly name: string
  readonly statements: readonly PlannedStatement[]
}

export interface MigrationPlan {
  /** In order; all of them are one transaction. */
  readonly migrations: readonly PlannedMigration[]
  /** How the seconds come about. */
  readonly estimate: string
}

/** How many requests a holder may make in a period; left out: as many as they like. */
export interface StoredPlan {
  readonly name: string
  readonly per_minute?: number | undefined
  readonly per_day?: number | undefined
  readonly per_month?: number | undefined
}

/** Who can have a plan: an app by its client ID, or a subscription key by its ID. */
export type PlanHolder = `client:${string}` | `key:${string}`

export interface HeldPlan {
  readonly holder: PlanHolder
  readonly plan: string
}

export interface PlanUse {
  readonly holder: PlanHolder
  /** The minute, day or month (UTC) in which it was. */
  readonly period: string
  readonly count: number
  /** When the period is over, and the row may go. */
  readonly endsAt: Millis
}

export interface PlanUses {
  /** Adds to the counters, which all nodes share; answers their totals in the same order. */
  add(uses: readonly PlanUse[]): Promise<readonly number[]>
  /** What was counted of a holder in periods that are not over. */
  list(holder: PlanHolder): Promise<readonly PlanUse[]>
}

/** How a database on a server of its own is set up, and how it fares. */
export interface DatabaseVitals {
  readonly version: string
  readonly major: number
  /** The settings that are off and without which acknowledged writes may be lost. */
  readonly switchedOff: readonly string[]
  /** Of a small read and of a durable commit. */
  readonly read: Millis
  readonly commit: Millis
  /** How many more connections this role can open to this database. */
  readonly connectionsLeft: number
}

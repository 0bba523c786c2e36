/**
 * What storage promises, by protocol verb. Both drivers pass the same contract suite. Outcomes are values; what is
 * thrown is a fault (`StorageUnavailable` where the database could not be reached or would not take the write), and
 * after a fault nothing that the caller was not told of has ended or been spent.
 * Not here: rules, which are `protocol/` or `engine/`, and SQL. Neighbours: `sqlite/` and `postgres/` keep the promises,
 * over what they share in `sql/`. To add: a promise, its verb in the file of its subject in `contract/`, both drivers,
 * and the contract suite.
 */
import type { Batch } from '../lib/batch.ts'
import type { Clock, Millis } from '../lib/clock.ts'
import type { ClosableDialect } from '../protocol/dialects.ts'
import type { Acceptances } from './contract/acceptances.ts'
import type { AccessRequests } from './contract/access_requests.ts'
import type { AppUses } from './contract/app_uses.ts'
import type { AuditChain, Drop } from './contract/audit/chain.ts'
import type { Webhooks } from './contract/audit/webhooks.ts'
import type { Clients, Teams, Testers } from './contract/clients.ts'
import type { DeviceRequests } from './contract/device_requests.ts'
import type { SecondFactors } from './contract/factors.ts'
import type { Claims, GrantBeginnings, Grants, PushedRequests } from './contract/grants.ts'
import type { Imports } from './contract/imports.ts'
import type { Keys } from './contract/keys.ts'
import type { Audit, DialectUses, Failures, Requests, Usage } from './contract/logs.ts'
import type { MailedLinks } from './contract/mailed_links.ts'
import type { Measurements } from './contract/measurements.ts'
import type {
  DatabaseFault,
  DialectNotice,
  DialectTellings,
  Entries,
  HeldPlan,
  IdempotencyKeys,
  InitialToken,
  PlanHolder,
  PlanUses,
  Recovery,
  SecretMarks,
  StoredPlan,
  StoredProvider,
  StoredResource,
  SubjectSalt,
  Versions,
} from './contract/operator.ts'
import type { Passkeys } from './contract/passkeys.ts'
import type { Accounts, AppPasswords, Consents, Identities, ImportedPeople, Sessions } from './contract/people.ts'
import type { Pictures } from './contract/pictures.ts'
import type { Receipts } from './contract/receipts.ts'
import type { Jobs } from './contract/running/jobs.ts'
import type { Nodes } from './contract/running/nodes.ts'
import type { SubscriptionKeys } from './contract/subscription_keys.ts'

export type * from './contract/acceptances.ts'
export type * from './contract/access_requests.ts'
export type * from './contract/app_uses.ts'
export type * from './contract/audit/chain.ts'
export type * from './contract/audit/webhooks.ts'
export type * from './contract/clients.ts'
export type * from './contract/device_requests.ts'
export type * from './contract/factors.ts'
export {
  FolderInUse,
  NotABackup,
  NotPermitted,
  NotWritten,
  PlaceTaken,
  ReadTooLong,
  StorageUnavailable,
} from './contract/faults.ts'
export type * from './contract/grants.ts'
export type * from './contract/imports.ts'
export type * from './contract/keys.ts'
export type * from './contract/lists.ts'
export type * from './contract/logs.ts'
export { accountDepth, filterDepth, keptFor } from './contract/logs.ts'
export type * from './contract/mailed_links.ts'
export type * from './contract/measurements.ts'
export { scalable } from './contract/measurements.ts'
export type * from './contract/operator.ts'
export type * from './contract/passkeys.ts'
export type * from './contract/people.ts'
export { longestIdentity } from './contract/people.ts'
export type * from './contract/pictures.ts'
export type * from './contract/receipts.ts'
export type * from './contract/running/jobs.ts'
export type * from './contract/running/nodes.ts'
export type * from './contract/subscription_keys.ts'

export interface Storage {
  readonly driver: 'sqlite' | 'postgres'
  /** Random id of this installation, made with the database; salts every derived key. */
  readonly installation: Buffer
  /** The deciding clock: on PostgreSQL the database's, as last seen, plus the injected clock's offset. */
  readonly clock: Clock
  readonly grants: Grants
  readonly claims: Claims
  readonly pushedRequests: PushedRequests
  readonly deviceRequests: DeviceRequests
  readonly accounts: Accounts
  readonly importedPeople: ImportedPeople
  readonly identities: Identities
  readonly passkeys: Passkeys
  readonly pictures: Pictures
  readonly mailedLinks: MailedLinks
  readonly accessRequests: AccessRequests
  readonly clients: Clients
  readonly appTeams: Teams
  readonly testers: Testers
  readonly consents: Consents
  readonly receipts: Receipts
  readonly sessions: Sessions
  readonly acceptances: Acceptances
  readonly factors: SecondFactors
  readonly appPasswords: AppPasswords
  readonly failures: Failures
  readonly keys: Keys
  readonly requests: Requests
  readonly audit: Audit
  readonly auditChain: AuditChain
  readonly webhooks: Webhooks
  readonly usage: Usage
  readonly dialectUses: DialectUses
  readonly appUses: AppUses
  readonly subscriptionKeys: SubscriptionKeys
  readonly keyTeams: Teams<string>
  readonly resources: Entries<string, StoredResource>
  readonly providers: Entries<string, StoredProvider>
  readonly plans: Entries<string, StoredPlan>
  /** Who has which plan; a plan that is not there sets no limit. */
  readonly planHolders: Entries<PlanHolder, HeldPlan>
  /** By the SHA-256 of the token, in base64url. */
  readonly initialTokens: Entries<string, InitialToken>
  readonly planUses: PlanUses
  readonly dialectNotices: Entries<ClosableDialect, DialectNotice>
  readonly dialectTellings: DialectTellings
  readonly secretMarks: SecretMarks
  readonly subjectSalt: SubjectSalt
  readonly nodes: Nodes
  readonly jobs: Jobs
  readonly measurements: Measurements
  readonly imports: Imports
  readonly recovery: Recovery
  readonly versions: Versions
  readonly idempotencyKeys: IdempotencyKeys
  /**
   * Does in one transaction what `work` does with the verbs that it is given, so that an act and its row in the audit log are
   * both stored or neither. Where `work` throws, nothing is. Nothing but these verbs may be awaited in it, and it may be
   * run anew: until it is committed nobody may be told of what it does.
   */
  act<T>(work: (acting: Acting) => Promise<T>): Promise<T>
  /** What is wrong with the database by itself: rows that name what is not there, values that nobody writes, counts that differ. */
  findFaults(): Promise<readonly DatabaseFault[]>
  /** Throws StorageUnavailable unless a trivial read succeeds now. */
  ping(): Promise<void>
  /**
   * Calls `listener` after any process changed clients, subscription keys, resources, providers or notices of legacy
   * protocols. Best effort: caches also expire by time.
   */
  onClientsChanged(listener: () => void): void
  /** Calls `listener` after this process has added a job. */
  onJobAdded(listener: () => void): void
  /** Calls `listener` after each batch of token writes of this process; a second one takes its place. */
  onCommit(listener: (batch: Batch) => void): void
  /** How busy the connections of this process are; none where there is no pool of them. */
  pools(): readonly PoolLoad[]
  /** Looks at once whether another process did, where that costs next to nothing. */
  noticeChanges(): void
  /**
   * Deletes what is past its retention; answers how many rows went. In small batches with pauses as long as they took, so
   * that grant verbs never wait long, and far more of them in a minute than ever came in one. `close` ends it early.
   */
  sweep(retention: Retention): Promise<number>
  close(): Promise<void>
}

/** Connections of one pool. */
export interface PoolLoad {
  readonly pool: string
  readonly open: number
  /** Of those that are open. */
  readonly idle: number
  /** Queries that wait for a connection. */
  readonly waiting: number
  readonly limit: number
}

/** What one act may change. */
export type Acting = Pick<
  Storage,
  | 'accounts'
  | 'importedPeople'
  | 'identities'
  | 'passkeys'
  | 'pictures'
  | 'mailedLinks'
  | 'accessRequests'
  | 'clients'
  | 'appTeams'
  | 'testers'
  | 'consents'
  | 'receipts'
  | 'sessions'
  | 'acceptances'
  | 'factors'
  | 'appPasswords'
  | 'deviceRequests'
  | 'keys'
  | 'subscriptionKeys'
  | 'keyTeams'
  | 'resources'
  | 'providers'
  | 'plans'
  | 'planHolders'
  | 'initialTokens'
  | 'dialectNotices'
  | 'dialectTellings'
  | 'jobs'
  | 'audit'
  | 'webhooks'
  | 'recovery'
  | 'versions'
> & {
  readonly grants: Pick<Grants, 'endAll' | 'hearers' | 'moveOwn'> & GrantBeginnings
  readonly claims: Pick<Claims, 'claimOnce'>
  readonly requests: Pick<Requests, 'append'>
  readonly idempotencyKeys: Pick<IdempotencyKeys, 'carryOut'>
}

/** How long what is over is kept. */
export interface Retention {
  /** Grants, sessions and usage. */
  readonly rows: Millis
  /** The audit log, of which whole days go (UTC), from the beginning of each chain. */
  readonly audit: Millis
  /** Marks that rows of the audit log were dropped by this server; without it `audit verify` finds them missing. */
  readonly markDrop?: ((drop: Drop) => string) | undefined
}

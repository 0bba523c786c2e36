/** What is written down of requests, acts and use: the logs and the counters. */
import { day, type Millis } from '../../lib/clock.ts'
import type { ClosableDialect, Dialect } from '../../protocol/dialects.ts'
import type { ClientId, UserId } from '../../protocol/names.ts'

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
  /** The id of the account that did it. */
  readonly actor: string | null
  /** How and as whom the operator did it without an account (`command:root`): a name, which may be erased. */
  readonly operator: string | null
  readonly subject: string | null
  readonly clientId: string | null
  readonly address: string | null
  /** What the program that it came from says of itself. */
  readonly userAgent: string | null
  readonly requestId: string | null
  readonly detail: Readonly<Record<string, unknown>>
}

/** An event with its place in the order of the log. */
export interface LoggedEvent extends AuditEvent {
  readonly seq: number
}

/** An event with its place in a chain of the log, null where it is from before there were chains. */
export interface ChainedEvent extends LoggedEvent {
  readonly chain: {
    readonly node: string
    readonly number: number
    readonly digest: Buffer
    /** Salted digests of what can be erased: where it came from, and the detail. */
    readonly origin: Buffer
    readonly detail: Buffer
  } | null
}

export interface Audit {
  /** Appends to the chain of this process; within an act at its end, whenever it is called there. */
  append(events: readonly AuditEvent[]): Promise<void>
  list(limit: number, before?: Millis): Promise<readonly AuditEvent[]>
  /** The events behind one, the oldest first. */
  following(after: Pick<LoggedEvent, 'at' | 'seq'>, limit: number): Promise<readonly ChainedEvent[]>
  /**
   * The events that fit, newest first: those of a person in the order in which they were written. Each member of the filter
   * has an index, so that one of them alone is answered at once, however long the log is and however deep the page lies.
   */
  search(limit: number, filter: AuditFilter): Promise<AuditFound>
  /**
   * What an account did or what was done to it, of these types, newest first; `before` is where another page goes on. Only
   * the newest `accountDepth` events of the account are looked through; `next` is where to go on, null at the end.
   */
  ofAccount(
    account: UserId,
    limit: number,
    of: { readonly types: readonly string[]; readonly before?: number | undefined },
  ): Promise<{ readonly events: readonly LoggedEvent[]; readonly next: number | null }>
}

/** How many events of an account one page of its activity looks through. */
export const accountDepth = 2000

/** Where a list of the audit log goes on: behind this event. */
export type AuditPlace = Pick<LoggedEvent, 'at' | 'seq'>

/** Which events are meant. Every member that is given has to hold. */
export interface AuditFilter {
  readonly type?: string | undefined
  /** An account that did it, or to which it was done. */
  readonly account?: string | undefined
  /** The account that did it. */
  readonly actor?: string | undefined
  /** How and as whom the operator did it without an account. */
  readonly operator?: string | undefined
  /** The account to which it was done. */
  readonly subject?: string | undefined
  readonly clientId?: ClientId | undefined
  /** From this time on. */
  readonly since?: Millis | undefined
  /** Before this time. */
  readonly until?: Millis | undefined
  /** The last event of the page before. */
  readonly before?: AuditPlace | undefined
}

export interface AuditFound {
  readonly events: readonly LoggedEvent[]
  /** Where the next page begins; null at the end. */
  readonly next: AuditPlace | null
}

/** What one day had of everybody (UTC). */
export interface DayUse {
  /** YYYY-MM-DD. */
  readonly day: string
  readonly signIns: number
  readonly failedSignIns: number
  readonly tokenRequests: number
}

export interface Usage {
  /**
   * Adds token requests per account for a day (YYYY-MM-DD) and answers the new totals in the same order. Of an account that is
   * not there nothing is kept, and its total is 0.
   */
  add(day: string, counts: readonly { readonly userId: UserId; readonly count: number }[]): Promise<readonly number[]>
  /** What each day from this one on (YYYY-MM-DD) had, the oldest first; days without anything are left out. */
  byDay(since: string): Promise<readonly DayUse[]>
}

/** Uses of a legacy protocol by one app on one day (YYYY-MM-DD). */
export interface DialectUse {
  readonly day: string
  readonly dialect: Dialect | ClosableDialect
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

/** Counters of failed attempts in fixed windows, shared between processes. */
export interface Failures {
  /** Failures under the key in the window that `at` lies in. */
  count(key: string, window: Millis, at: Millis): Promise<number>
  /** Adds one, or `by`, which may be negative; answers the new count. Of any number of callers each sees its own. */
  add(key: string, window: Millis, at: Millis, by?: number): Promise<number>
  clear(key: string): Promise<void>
}

/** How long what is written down is kept where no setting says it, in milliseconds. */
export const keptFor = {
  /** Requests of apps, counted from when they came. */
  requests: 14 * day,
  /** The meters of the legacy protocols are for deciding when to close them: a year and a little. */
  dialectUses: 400 * day,
  /** What account pages tell of apps that did something, or were deleted. */
  apps: 30 * day,
  /** Sign-ins on a device, counted from when it was last seen. */
  sessions: 90 * day,
  nodes: day,
  /** Messages to webhooks, which may be sent again meanwhile. */
  deliveries: 30 * day,
  /** For the operator to see: what was done, and what was given up. */
  jobsDone: 7 * day,
  jobsGivenUp: 30 * day,
} as const

/**
 * The table of metrics: their names, what they say and by what they are told apart. The registry, the page on monitoring,
 * the dashboard and the alert rules all come from here (`npm run docs:metrics`).
 * Not here: who counts (`http/metering.ts`, `metrics.ts`). Neighbours: `../jobs` is in the same line; `../context.ts` below.
 * To add: a row here; where it is read at each scrape, its reader in `readers.ts`; a label has values of ours alone, never
 * text of a request, a person, an app or an address.
 */

interface Row {
  readonly type: 'counter' | 'gauge' | 'histogram'
  readonly help: string
  readonly labels: readonly string[]
  /** Whether it is read when it is asked for; otherwise it is counted where it happens. */
  readonly read?: true
  /** Upper bounds of a histogram. */
  readonly buckets?: readonly number[]
  /** What several processes of one node make of their gauges together: their sum unless it is said. */
  readonly together?: 'first' | 'max' | 'min'
}

/** From a fast check to what a person gives up on, in seconds. */
const answerTimes = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]
/** From a fast disk to a lock that is waited for, in seconds. */
const commitTimes = [0.0005, 0.001, 0.002, 0.004, 0.008, 0.016, 0.032, 0.064, 0.128, 0.512, 2]
const batchSizes = [1, 2, 4, 8, 16, 32, 64, 128, 256]

const table = {
  consentry_requests_total: {
    type: 'counter',
    help: 'Requests that were answered, by protocol, endpoint and outcome: answered, refused or fault.',
    labels: ['protocol', 'endpoint', 'outcome'],
  },
  consentry_request_duration_seconds: {
    type: 'histogram',
    help: 'How long requests took, from their headers to the end of the answer.',
    labels: ['protocol', 'endpoint'],
    buckets: answerTimes,
  },
  consentry_refusals_total: {
    type: 'counter',
    help: 'Requests that were refused or not decided, by the reasons of docs/refusals.md.',
    labels: ['protocol', 'reason'],
  },
  consentry_commit_duration_seconds: {
    type: 'histogram',
    help: 'How long a batch of token writes took until it was on disk.',
    labels: [],
    buckets: commitTimes,
  },
  consentry_commit_wait_seconds: {
    type: 'histogram',
    help: 'How long the oldest token write of a batch waited for the batch before it.',
    labels: [],
    buckets: commitTimes,
  },
  consentry_commit_batch_size: {
    type: 'histogram',
    help: 'Token writes that shared one commit.',
    labels: [],
    buckets: batchSizes,
  },
  consentry_jobs: {
    type: 'gauge',
    help: 'Jobs by kind that wait, or failed for good in the last 30 days.',
    labels: ['kind', 'state'],
    read: true,
    together: 'first',
  },
  consentry_job_age_seconds: {
    type: 'gauge',
    help: 'Age of the oldest waiting job by kind. Jobs that come again and again have none.',
    labels: ['kind'],
    read: true,
    together: 'first',
  },
  consentry_job_overdue_seconds: {
    type: 'gauge',
    help: 'How long the most overdue job of a kind should have been begun.',
    labels: ['kind'],
    read: true,
    together: 'first',
  },
  consentry_database_up: {
    type: 'gauge',
    help: '1 where the database answered this scrape, else 0.',
    labels: [],
    read: true,
    together: 'min',
  },
  consentry_database_connections: {
    type: 'gauge',
    help: 'Connections to PostgreSQL by pool and state, idle or busy. SQLite has none.',
    labels: ['pool', 'state'],
    read: true,
  },
  consentry_database_connections_limit: {
    type: 'gauge',
    help: 'Most connections to PostgreSQL that a pool opens.',
    labels: ['pool'],
    read: true,
  },
  consentry_database_queries_waiting: {
    type: 'gauge',
    help: 'Queries that wait for a connection, by pool.',
    labels: ['pool'],
    read: true,
  },
  consentry_password_checks: {
    type: 'gauge',
    help: 'Password hashes (argon2id) under way by state, running or waiting.',
    labels: ['state'],
    read: true,
  },
  consentry_log_records_lost_total: {
    type: 'counter',
    help: 'Records of the audit log and the request log that could not be written.',
    labels: ['log'],
    read: true,
  },
  consentry_spans_lost_total: {
    type: 'counter',
    help: 'Spans that did not reach the OpenTelemetry collector: queue_full (more came than were sent) or not_taken.',
    labels: ['cause'],
    read: true,
  },
  consentry_alarms: {
    type: 'gauge',
    help: 'Alarms that keep the node from being ready, by name.',
    labels: ['alarm'],
    read: true,
    together: 'max',
  },
  consentry_event_loop_delay_seconds: {
    type: 'gauge',
    help: 'Delay of the event loop since the last scrape: mean, p99 and max.',
    labels: ['statistic'],
    read: true,
    together: 'max',
  },
  consentry_build_info: {
    type: 'gauge',
    help: '1, with the release, its Node and the kind of its database.',
    labels: ['version', 'node', 'database'],
    read: true,
    together: 'first',
  },
  process_cpu_seconds_total: {
    type: 'counter',
    help: 'CPU time of the process in user and system mode.',
    labels: [],
    read: true,
  },
  process_resident_memory_bytes: { type: 'gauge', help: 'Resident memory of the process.', labels: [], read: true },
  process_heap_bytes: { type: 'gauge', help: 'Heap of V8 that is in use.', labels: [], read: true },
  process_open_fds: {
    type: 'gauge',
    help: 'Open file descriptors, connections among them.',
    labels: [],
    read: true,
  },
  process_start_time_seconds: {
    type: 'gauge',
    help: 'When the process started, in seconds since 1970.',
    labels: [],
    read: true,
    together: 'min',
  },
} as const satisfies Readonly<Record<string, Row>>

export type MetricName = keyof typeof table

type Named<Wanted> = { [Name in MetricName]: (typeof table)[Name] extends Wanted ? Name : never }[MetricName]

/** Read when they are asked for. */
export type ReadMetric = Named<{ readonly read: true }>
/** Counted where they happen. */
export type CountedMetric = Exclude<Named<{ readonly type: 'counter' }>, ReadMetric>
export type TimedMetric = Named<{ readonly type: 'histogram' }>

export type Labels<Name extends MetricName> = Readonly<Record<(typeof table)[Name]['labels'][number], string>>

export const metricsTable: Readonly<Record<MetricName, Row>> = table

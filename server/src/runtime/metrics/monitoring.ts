/**
 * What Prometheus and Grafana are given, made from the table of metrics: the dashboard of `deploy/grafana`, the alert rules of
 * `deploy/prometheus` and the table in `docs/operating/monitoring.md`.
 */
import type { Reason } from '../../protocol/refusal.ts'
import { type MetricName, metricsTable } from './table.ts'

interface Panel {
  readonly title: string
  readonly unit: 's' | 'reqps' | 'short' | 'bytes' | 'percentunit'
  readonly queries: readonly { readonly expr: string; readonly legend: string }[]
}

interface Alert {
  readonly name: string
  readonly expr: string
  /** How long it has to be so. */
  readonly for: string
  readonly severity: 'critical' | 'warning'
  readonly summary: string
  readonly repair: string
}

/** Holds the name of a metric to the table. */
const of = (name: MetricName): string => name
const refused = (reason: Reason): string => `${of('consentry_refusals_total')}{reason="${reason}"}`
const rate = (what: string): string => `rate(${what}[5m])`
const quantile = (share: number, name: MetricName, by: string, where = ''): string =>
  `histogram_quantile(${share}, sum by (${['le', by].filter((label) => label !== '').join(', ')}) (${rate(`${name}_bucket${where}`)}))`
const tokens = '{endpoint="/oauth/token"}'

export const panels: readonly Panel[] = [
  {
    title: 'Requests',
    unit: 'reqps',
    queries: [
      {
        expr: `sum by (protocol, outcome) (${rate(of('consentry_requests_total'))})`,
        legend: '{{protocol}} {{outcome}}',
      },
    ],
  },
  {
    title: 'Refusals',
    unit: 'reqps',
    queries: [{ expr: `sum by (reason) (${rate(of('consentry_refusals_total'))})`, legend: '{{reason}}' }],
  },
  {
    title: 'Time of token requests',
    unit: 's',
    queries: [0.5, 0.99].map((share) => ({
      expr: quantile(share, 'consentry_request_duration_seconds', '', tokens),
      legend: `p${share * 100}`,
    })),
  },
  {
    title: 'Time of requests by protocol (p99)',
    unit: 's',
    queries: [{ expr: quantile(0.99, 'consentry_request_duration_seconds', 'protocol'), legend: '{{protocol}}' }],
  },
  {
    title: 'Commits',
    unit: 's',
    queries: [
      { expr: quantile(0.99, 'consentry_commit_duration_seconds', ''), legend: 'commit p99' },
      { expr: quantile(0.99, 'consentry_commit_wait_seconds', ''), legend: 'wait before it p99' },
    ],
  },
  {
    title: 'Token writes in one commit',
    unit: 'short',
    queries: [
      {
        expr: `sum(${rate(`${of('consentry_commit_batch_size')}_sum`)}) / sum(${rate(`${of('consentry_commit_batch_size')}_count`)})`,
        legend: 'mean',
      },
    ],
  },
  {
    title: 'Jobs',
    unit: 'short',
    queries: [{ expr: `max by (kind, state) (${of('consentry_jobs')}) > 0`, legend: '{{kind}} {{state}}' }],
  },
  {
    title: 'Age of jobs',
    unit: 's',
    queries: [
      { expr: `max by (kind) (${of('consentry_job_overdue_seconds')}) > 0`, legend: '{{kind}} overdue' },
      { expr: `max by (kind) (${of('consentry_job_age_seconds')})`, legend: '{{kind}} oldest' },
    ],
  },
  {
    title: 'Database',
    unit: 'short',
    queries: [
      { expr: `min(${of('consentry_database_up')})`, legend: 'answers' },
      {
        expr: `sum by (pool, state) (${of('consentry_database_connections')})`,
        legend: '{{pool}} {{state}}',
      },
      { expr: `sum by (pool) (${of('consentry_database_connections_limit')})`, legend: '{{pool}} limit' },
      { expr: `sum by (pool) (${of('consentry_database_queries_waiting')})`, legend: '{{pool}} waiting' },
    ],
  },
  {
    title: 'Password hashes',
    unit: 'short',
    queries: [{ expr: `sum by (state) (${of('consentry_password_checks')})`, legend: '{{state}}' }],
  },
  {
    title: 'Event loop delay',
    unit: 's',
    queries: [
      {
        expr: `max by (instance, statistic) (${of('consentry_event_loop_delay_seconds')})`,
        legend: '{{instance}} {{statistic}}',
      },
    ],
  },
  {
    title: 'CPU',
    unit: 'percentunit',
    queries: [{ expr: rate(`${of('process_cpu_seconds_total')}{job="consentry"}`), legend: '{{instance}}' }],
  },
  {
    title: 'Memory',
    unit: 'bytes',
    queries: [
      { expr: `${of('process_resident_memory_bytes')}{job="consentry"}`, legend: '{{instance}} resident' },
      { expr: `${of('process_heap_bytes')}{job="consentry"}`, legend: '{{instance}} heap' },
    ],
  },
  {
    title: 'Open files',
    unit: 'short',
    queries: [{ expr: `${of('process_open_fds')}{job="consentry"}`, legend: '{{instance}}' }],
  },
  {
    title: 'Up since',
    unit: 's',
    queries: [{ expr: `time() - ${of('process_start_time_seconds')}{job="consentry"}`, legend: '{{instance}}' }],
  },
  {
    title: 'Alarms, lost log records and spans',
    unit: 'short',
    queries: [
      { expr: `max by (alarm) (${of('consentry_alarms')})`, legend: '{{alarm}}' },
      { expr: `sum by (log) (increase(${of('consentry_log_records_lost_total')}[1h]))`, legend: '{{log}} lost' },
      { expr: `sum by (cause) (increase(${of('consentry_spans_lost_total')}[1h]))`, legend: 'spans {{cause}}' },
    ],
  },
  {
    title: 'Releases',
    unit: 'short',
    queries: [
      {
        expr: `count by (version, node, database) (${of('consentry_build_info')})`,
        legend: '{{version}} on Node {{node}}, {{database}}',
      },
    ],
  },
]

export const alerts: readonly Alert[] = [
  {
    name: 'ConsentryDown',
    expr: 'up{job="consentry"} == 0',
    for: '2m',
    severity: 'critical',
    summary: 'A node does not answer Prometheus.',
    repair: 'Look at its log and at consentry health. The other nodes serve meanwhile.',
  },
  {
    name: 'ConsentryDatabaseAway',
    expr: `${of('consentry_database_up')} == 0`,
    for: '1m',
    severity: 'critical',
    summary: 'A node does not reach its database and answers 503.',
    repair: 'Nothing is lost: bring the database back. Nodes find it again by themselves.',
  },
  {
    name: 'ConsentryFaults',
    expr: `sum(${rate(`${of('consentry_requests_total')}{outcome="fault"}`)}) / sum(${rate(of('consentry_requests_total'))}) > 0.01`,
    for: '5m',
    severity: 'critical',
    summary: 'More than one request in a hundred ends in a fault of the server.',
    repair: 'The log has a line for each, with its request ID.',
  },
  {
    name: 'ConsentryAlarm',
    expr: `max by (alarm) (${of('consentry_alarms')}) == 1`,
    for: '0m',
    severity: 'critical',
    summary: 'A node has raised an alarm and is not ready.',
    repair:
      '/readyz names it. database_behind: the database lost writes that were acknowledged; see docs/operating/backup.md.',
  },
  {
    name: 'ConsentryTokensSlow',
    expr: `${quantile(0.99, 'consentry_request_duration_seconds', '', tokens)} > 1`,
    for: '10m',
    severity: 'warning',
    summary: 'One token request in a hundred takes longer than a second.',
    repair: 'Compare commits, event loop delay and CPU on the dashboard.',
  },
  {
    name: 'ConsentryCommitsSlow',
    expr: `${quantile(0.99, 'consentry_commit_duration_seconds', '')} > 0.25`,
    for: '10m',
    severity: 'warning',
    summary: 'Token writes take long until they are on disk.',
    repair: 'Look at the disk of the database, and at what else it serves.',
  },
  {
    name: 'ConsentryQueriesWait',
    expr: `max by (instance, pool) (${of('consentry_database_queries_waiting')}) > 0`,
    for: '5m',
    severity: 'warning',
    summary: 'Queries wait for a connection to PostgreSQL all the time.',
    repair: 'Look for slow queries at the database; add nodes only where its CPU is idle.',
  },
  {
    name: 'ConsentryJobsOverdue',
    expr: `max by (kind) (${of('consentry_job_overdue_seconds')}) > 600`,
    for: '5m',
    severity: 'warning',
    summary: 'Jobs are not begun: mails, sign-outs of apps or the sweep of what is over.',
    repair: 'consentry doctor says why. After a restore jobs stand still until consentry recover.',
  },
  {
    name: 'ConsentryJobsFail',
    expr: `sum by (kind) (delta(${of('consentry_jobs')}{state="failed"}[1h])) > 0`,
    for: '0m',
    severity: 'warning',
    summary: 'A job was given up after its last attempt.',
    repair: 'The list of jobs names its kind and the class of its error.',
  },
  {
    name: 'ConsentryPasswordsWait',
    expr: `max by (instance) (${of('consentry_password_checks')}{state="waiting"}) > 50`,
    for: '2m',
    severity: 'warning',
    summary: 'More sign-ins arrive than passwords can be checked.',
    repair: 'Above 100 people get 503. Look for an attack in the refusals, or add nodes.',
  },
  {
    name: 'ConsentryEventLoopBlocked',
    expr: `max by (instance) (${of('consentry_event_loop_delay_seconds')}{statistic="p99"}) > 0.25`,
    for: '5m',
    severity: 'warning',
    summary: 'A node is busy for a quarter of a second at a time.',
    repair: 'It needs more CPU, or there have to be more nodes.',
  },
  {
    name: 'ConsentryLogsLost',
    expr: `sum by (log) (increase(${of('consentry_log_records_lost_total')}[15m])) > 0`,
    for: '0m',
    severity: 'warning',
    summary: 'Records of the request log or of failed guesses could not be written.',
    repair: 'The database was away, or more came than it takes. The log of the process says when.',
  },
  {
    name: 'ConsentryRefreshTokensReused',
    expr: `sum(increase(${refused('refresh_token_spent')}[1h])) > 10`,
    for: '0m',
    severity: 'warning',
    summary: 'Refresh tokens are used again after they were exchanged: a broken app, or stolen tokens.',
    repair: 'The audit log names the apps; their grants were ended.',
  },
]

/** A dashboard that Grafana 10 and later imports; it asks for the data source. */
export function dashboard(): string {
  const width = 12
  const height = 8
  const drawn = panels.map(({ title, unit, queries }, place) => ({
    id: place + 1,
    type: 'timeseries',
    title,
    datasource: { type: 'prometheus', uid: `\${datasource}` },
    gridPos: { x: (place % 2) * width, y: Math.floor(place / 2) * height, w: width, h: height },
    fieldConfig: { defaults: { unit, min: 0 }, overrides: [] },
    options: { legend: { displayMode: 'table', placement: 'bottom', calcs: ['lastNotNull', 'max'] } },
    targets: queries.map(({ expr, legend }, at) => ({
      refId: String.fromCharCode(65 + at),
      expr,
      legendFormat: legend,
    })),
  }))
  const source = { name: 'datasource', type: 'datasource', query: 'prometheus', label: 'Data source' }
  return `${JSON.stringify(
    {
      uid: 'consentry',
      title: 'Consentry',
      tags: ['consentry'],
      schemaVersion: 39,
      refresh: '30s',
      time: { from: 'now-6h', to: 'now' },
      templating: { list: [source] },
      panels: drawn,
    },
    undefined,
    2,
  )}\n`
}

/** A rule file of Prometheus. */
export function alertRules(): string {
  const text = (value: string) => JSON.stringify(value)
  const rules = alerts.flatMap((alert) => [
    `      - alert: ${alert.name}`,
    `        expr: ${text(alert.expr)}`,
    `        for: ${alert.for}`,
    `        labels: { severity: ${alert.severity} }`,
    '        annotations:',
    `          summary: ${text(alert.summary)}`,
    `          description: ${text(alert.repair)}`,
  ])
  const head = [
    '# Made from the table of metrics by npm run docs:metrics.',
    'groups:',
    '  - name: consentry',
    '    rules:',
  ]
  return `${[...head, ...rules].join('\n')}\n`
}

/** The tables of the page on monitoring. */
export function metricsReference(): string {
  const metrics = Object.entries(metricsTable).map(
    ([name, { type, labels, help }]) =>
      `| \`${name}\` | ${type} | ${labels.map((label) => `\`${label}\``).join(', ')} | ${help} |`,
  )
  const rules = alerts.map(
    ({ name, severity, summary, repair }) => `| \`${name}\` | ${severity} | ${summary} | ${repair} |`,
  )
  return [
    '| metric | type | labels | what it says |',
    '|---|---|---|---|',
    ...metrics,
    '',
    '| alert | severity | what has happened | what to do |',
    '|---|---|---|---|',
    ...rules,
    '',
  ].join('\n')
}

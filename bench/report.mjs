/** From single measurements to the table, the targets and the record of a run. */
import { cpus, totalmem } from 'node:os'
import { servers, workloads } from './workloads.mjs'

const figures = ['per_cpu_s', 'wall', 'p50_ms', 'p99_ms', 'cpu_s', 'database_cpu_s', 'rss_mb']
/** What a workload has as well that is measured beside another load. */
const besideFigures = [
  'undisturbed_wall',
  'undisturbed_p50_ms',
  'undisturbed_p99_ms',
  'ratio',
  'lists_200',
  'lists_503',
]

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/** `{WORKLOAD: {SERVER: {FIGURE: median}}}` from one measurement per workload, server and round. */
export function medians(measurements) {
  const result = {}
  for (const workload of Object.keys(workloads)) {
    for (const server of servers) {
      const rounds = measurements.filter((one) => one.workload === workload && one.server === server)
      if (rounds.length === 0) continue
      result[workload] ??= {}
      result[workload][server] = Object.fromEntries(
        [...figures, ...besideFigures]
          .filter((name) => rounds[0][name] !== undefined)
          .map((name) => [name, rounded(median(rounds.map((one) => one[name])))]),
      )
    }
  }
  return result
}

export function rounded(value) {
  return value >= 1000 ? Math.round(value) : Number(value.toPrecision(4))
}

/** The table as text. */
export function table(result) {
  const head = ['workload', 'server', 'per CPU s', 'per s', 'p50 ms', 'p99 ms', 'CPU s', 'database CPU s', 'RSS MB']
  const rows = Object.entries(result).flatMap(([workload, byServer]) =>
    Object.entries(byServer).map(([server, of]) => [
      workload,
      server,
      ...figures.map((name) => (of[name] === undefined ? '' : String(of[name]))),
    ]),
  )
  return columns(head, rows, 2)
}

/** What was measured beside another load, and without it; undefined where nothing was. */
export function dataLoadTable(result) {
  const head = [
    'beside lists',
    'p50 ms',
    'p99 ms',
    'per s',
    'undisturbed: p50 ms',
    'p99 ms',
    'per s',
    'ratio',
    'lists 200',
    'lists 503',
  ]
  const rows = Object.entries(result.refresh_under_data_load ?? {}).map(([server, of]) => [
    server,
    ...[of.p50_ms, of.p99_ms, of.wall, of.undisturbed_p50_ms, of.undisturbed_p99_ms, of.undisturbed_wall].map(String),
    ...[of.ratio, of.lists_200, of.lists_503].map(String),
  ])
  return rows.length === 0 ? undefined : columns(head, rows, 1)
}

/** Rows under a head as text, the first `names` columns to the left. */
export function columns(head, rows, names) {
  const widths = head.map((title, column) =>
    Math.max(...[head, ...rows].map((row) => row[column].length), title.length),
  )
  const line = (row) => row.map((cell, i) => (i < names ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join('  ')
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n')
}

/** What we hold ourselves to, each as a line with the figure reached. Only what was measured is judged. */
export function targets(result) {
  const ours = 'consentry_sqlite'
  const ratios = [
    ['refresh_id_token', 'oidc_provider_postgres', 5],
    ['refresh_id_token', 'oidc_provider_memory', 2.5],
    ['client_credentials_opaque', 'oidc_provider_memory', 2],
    ['introspection', 'oidc_provider_memory', 2],
  ]
  const lines = ratios.flatMap(([workload, peer, wanted]) => {
    const mine = result[workload]?.[ours]?.per_cpu_s
    const theirs = result[workload]?.[peer]?.per_cpu_s
    if (mine === undefined || theirs === undefined) return []
    const ratio = mine / theirs
    return [
      `${ratio >= wanted ? 'met   ' : 'MISSED'}  ${workload}: ${ratio.toFixed(2)} × ${peer} (wanted: ${wanted} × or more)`,
    ]
  })
  // The legacy protocols against the standard one, on our own server: nothing is to be lost by coming through them.
  for (const [workload, standard] of [
    ['quantimodo_refresh', 'refresh'],
    ['quantimodo_code_exchange', 'code_exchange'],
    ['jwt_login_refresh', 'refresh_id_token_rs256'],
  ]) {
    const mine = result[workload]?.[ours]?.per_cpu_s
    const plain = result[standard]?.[ours]?.per_cpu_s
    if (mine === undefined || plain === undefined) continue
    const ratio = mine / plain
    lines.push(
      `${ratio >= 0.8 ? 'met   ' : 'MISSED'}  ${workload}: ${ratio.toFixed(2)} × ${standard} (wanted: 0.8 × or more)`,
    )
  }
  // What people do with their data must not be felt by those who need tokens, on either database.
  for (const [server, { p99_ms, ratio }] of Object.entries(result.refresh_under_data_load ?? {})) {
    lines.push(
      `${p99_ms < 50 && ratio > 0.8 ? 'met   ' : 'MISSED'}  refresh_under_data_load on ${server}: p99 ${p99_ms} ms, ${ratio} × undisturbed (wanted: under 50 ms, more than 0.8 ×)`,
    )
  }
  const memory = Object.values(result).flatMap((byServer) => byServer[ours]?.rss_mb ?? [])
  if (memory.length === 0) return lines
  const most = Math.max(...memory)
  return [...lines, `${most < 200 ? 'met   ' : 'MISSED'}  ${ours}: ${most} MB resident (wanted: under 200 MB)`]
}

/** What the figures were measured on. */
export function machine() {
  const all = cpus()
  const model = all[0]?.model.trim() || process.arch
  return `${all.length} × ${model}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${process.platform}`
}

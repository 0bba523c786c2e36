/** Two checkouts in one run: the ratio of each workload, round by round. */
import { columns, median, rounded } from './report.mjs'
import { servers } from './workloads.mjs'

/**
 * What is compared: requests per CPU second of the server, which hardly depend on who else uses the machine; but beside
 * another load, which takes its share from the same core, requests per second.
 */
const figureOf = (workload) => (workload.beside === undefined ? 'per_cpu_s' : 'wall')

/**
 * `{WORKLOAD: {SERVER: {figure, this, other, ratio, rounds, wall_ratio}}}` from the measurements of both: medians, `rounds`
 * being the ratio of each round, this one's figure over the other's.
 */
export function comparison(measurements, workloads) {
  const result = {}
  for (const [name, workload] of Object.entries(workloads)) {
    const figure = figureOf(workload)
    for (const server of servers) {
      const of = (side) =>
        measurements.filter((one) => one.workload === name && one.server === server && one.side === side)
      const [own, others] = [of('this'), of('other')]
      if (own.length === 0) continue
      const ratios = (key) => own.map((one, i) => one[key] / others[i][key])
      result[name] ??= {}
      result[name][server] = {
        figure,
        this: rounded(median(own.map((one) => one[figure]))),
        other: rounded(median(others.map((one) => one[figure]))),
        ratio: rounded(median(ratios(figure))),
        rounds: ratios(figure).map(rounded),
        wall_ratio: rounded(median(ratios('wall'))),
      }
    }
  }
  return result
}

/** Where this checkout is more than `allow` percent slower, the worst first. */
export function slowerThan(result, allow) {
  return Object.entries(result)
    .flatMap(([workload, byServer]) =>
      Object.entries(byServer).map(([server, { ratio }]) => ({ workload, server, ratio })),
    )
    .filter(({ ratio }) => ratio < 1 - allow / 100)
    .sort((a, b) => a.ratio - b.ratio)
}

/** The table as text. */
export function comparisonTable(result) {
  const head = ['workload', 'server', 'figure', 'this', 'other', 'this/other', 'lowest', 'highest', 'per s: this/other']
  const rows = Object.entries(result).flatMap(([workload, byServer]) =>
    Object.entries(byServer).map(([server, of]) => [
      workload,
      server,
      of.figure === 'wall' ? 'per s' : 'per CPU s',
      ...[of.this, of.other, of.ratio, Math.min(...of.rounds), Math.max(...of.rounds), of.wall_ratio].map(String),
    ]),
  )
  return columns(head, rows, 3)
}

/**
 * All servers in one run on this machine: each pinned to one core, the load generator to another, fresh processes over
 * fresh copies of the same seed in every round, medians over the rounds.
 */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, loadavg, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { buildIfNeeded } from '../server/bin/build_if_needed.js'
import { generator, load } from './load/load.mjs'
import { postgresBinaries, startPostgres } from './postgres.mjs'
import { canPin, cpuSeconds, cpuSecondsWithChildren, residentMegabytes } from './processes.mjs'
import { machine, medians, table, targets } from './report.mjs'
import { createEntry } from './servers/roster.mjs'
import { olderTokens, servers, workloads } from './workloads.mjs'

const usage = `node bench/run.mjs [options]
  --rounds N      rounds, each with fresh processes (5; --quick: 1)
  --seconds N     seconds that are measured per workload, server and round (6; --quick: 2)
  --warmup N      seconds of the same before, not measured (4; --quick: 2)
  --grants N      live grants that are seeded (200000; --quick: 20000)
  --only LIST     workloads and servers, comma-separated, to restrict the run to
  --quick         a short run to see that everything works; its figures mean little
  --out FILE      where the record goes (bench/results/latest.json)`

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string' },
    seconds: { type: 'string' },
    warmup: { type: 'string' },
    grants: { type: 'string' },
    only: { type: 'string', default: '' },
    quick: { type: 'boolean', default: false },
    out: { type: 'string', default: fileURLToPath(new URL('results/latest.json', import.meta.url)) },
    help: { type: 'boolean', default: false },
  },
})
if (options.help) {
  console.log(usage)
  process.exit(0)
}

const rounds = Number(options.rounds ?? (options.quick ? 1 : 5))
const seconds = Number(options.seconds ?? (options.quick ? 2 : 6))
const warmup = Number(options.warmup ?? (options.quick ? 2 : 4))
const grants = Number(options.grants ?? (options.quick ? 20_000 : 200_000))
const connections = 64
const cores = availableParallelism() > 1 ? { server: 0, load: 1 } : { server: 0, load: 0 }

const only = options.only.split(',').filter((name) => name !== '')
for (const name of only) {
  if (!(name in workloads) && !servers.includes(name)) throw new Error(`--only knows no workload or server "${name}"`)
}
const onlyWorkloads = only.filter((name) => name in workloads)
// The workload and the server of the name echo have nobody but each other.
const onlyServers = only.filter((name) => !(name in workloads))
const binaries = postgresBinaries()

const planned = Object.entries(workloads)
  .filter(([name]) => onlyWorkloads.length === 0 || onlyWorkloads.includes(name))
  .map(([name, workload]) => ({
    name,
    workload,
    of: workload.servers.filter(
      (server) =>
        (onlyServers.length === 0 || onlyServers.includes(server) || server === 'echo') &&
        (binaries !== undefined || !server.endsWith('_postgres')),
    ),
  }))
const taking = servers.filter((server) => planned.some(({ of }) => of.includes(server)))

/** Codes work once, so there must be enough for every exchange of a round; nobody is as fast as this. */
const codeRate = 14_000
const codes = planned.some(({ name }) => name.endsWith('code_exchange')) ? codeRate * (seconds + warmup) : 0
/** Grants of each older door, and of the app whose ID tokens are signed with RS256. */
const older = planned.some(({ workload }) => olderTokens.has(workload.tokens)) ? grants / 10 : 0
const sizes = {
  plain: grants / 2,
  openid: grants / 2,
  codes,
  olderCodes: planned.some(({ name }) => name === 'quantimodo_code_exchange') ? codes : 0,
  older,
  peerCodes: codes / 2,
  users: Math.ceil(grants / 5),
  concurrency: 64,
}

function say(text) {
  console.log(text)
}

say(`machine         ${machine()}, Node ${process.version}`)
say(`load generator  ${generator}, ${connections} connections, core ${cores.load}; servers on core ${cores.server}`)
if (generator !== 'wrk')
  say('                wrk is not installed (Debian: apt-get install wrk); fast servers look slower')
if (!canPin) say('                taskset is not installed: nothing is pinned, and the figures are not to be compared')
if (cores.load === cores.server) say('                there is one core only: servers and load share it')
if (binaries === undefined) say('PostgreSQL      no server binaries on this machine; its servers are left out')
say(`rounds          ${rounds} of ${seconds} s each after ${warmup} s of warm-up, ${grants} grants`)
sayLoad()

buildIfNeeded()
const folder = mkdtempSync(join(tmpdir(), 'consentry-bench-'))
// Below it PostgreSQL has a folder of another user.
chmodSync(folder, 0o711)
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1))

const postgres = taking.some((server) => server.endsWith('_postgres'))
  ? await startPostgres({ binaries, folder: join(folder, 'postgres'), core: cores.load })
  : undefined
const entries = []
for (const name of taking) {
  const entry = await createEntry(name, { folder: join(folder, name), postgres, sizes, core: cores.server })
  const from = performance.now()
  await entry.seed()
  say(`seeded          ${name} in ${((performance.now() - from) / 1000).toFixed(1)} s`)
  entries.push(entry)
}

const measurements = []
for (let round = 1; round <= rounds; round++) {
  say(`round ${round}`)
  sayLoad()
  const started = new Map()
  for (const entry of entries) started.set(entry, await entry.start(round))
  for (const { name, workload, of } of planned) {
    // Another server begins in each round, so that none always runs on the heels of the same one.
    const turn = entries.filter((entry) => of.includes(entry.name))
    for (let i = 0; i < turn.length; i++) {
      const entry = turn[(i + round) % turn.length]
      const one = await measure(name, workload, entry, started.get(entry))
      measurements.push(one)
      say(
        `  ${name.padEnd(26)}${entry.name.padEnd(24)}${Math.round(one.per_cpu_s)} per CPU s, ${Math.round(one.wall)} per s`,
      )
    }
  }
  for (const [entry, server] of started) {
    await server.stop()
    await entry.discard()
  }
}
await postgres?.stop()

const result = medians(measurements)
say('')
say(table(result))
say('')
for (const line of targets(result)) say(line)
sayLoad()

const record = {
  machine: machine(),
  node: process.version,
  at: new Date().toISOString(),
  load_generator: generator,
  load_average: loadavg().map((value) => Number(value.toFixed(2))),
  rounds,
  seconds,
  grants,
  workloads: result,
}
mkdirSync(dirname(options.out), { recursive: true })
writeFileSync(options.out, `${JSON.stringify(record, null, 2)}\n`)

/** Warm-up on the first tokens, then the measured part on the rest. */
async function measure(name, workload, entry, server) {
  const total = { refresh: sizes.plain, refresh_id_token: sizes.openid, access: sizes.openid }
  for (const name of olderTokens) total[name] = sizes.older
  const seeded = total[workload.tokens] ?? (entry.name.startsWith('consentry') ? sizes.codes : sizes.peerCodes)
  const early = Math.floor((seeded * warmup) / (warmup + seconds))
  const common = {
    url: entry.doors[workload.door],
    workload,
    connections,
    core: cores.load,
    file: join(entry.tokens, workload.tokens ?? 'none'),
  }
  try {
    await load({ ...common, seconds: warmup, first: 1, count: early })
    const before = cpuSeconds(server.pid)
    const databaseBefore = postgres && cpuSecondsWithChildren(postgres.pid)
    const counted = await load({ ...common, seconds, first: early + 1, count: seeded - early })
    const cpu = cpuSeconds(server.pid) - before
    return {
      workload: name,
      server: entry.name,
      per_cpu_s: counted.requests / cpu,
      wall: counted.requests / counted.seconds,
      p50_ms: counted.p50_ms,
      p99_ms: counted.p99_ms,
      cpu_s: cpu,
      ...(entry.name.endsWith('_postgres')
        ? { database_cpu_s: cpuSecondsWithChildren(postgres.pid) - databaseBefore }
        : {}),
      rss_mb: residentMegabytes(server.pid),
    }
  } catch (error) {
    throw new Error(`${name} on ${entry.name}: ${error.message}\n${server.log().slice(-2000)}`)
  }
}

function sayLoad() {
  const [one, five] = loadavg()
  const busy = one > 1.5 ? '; something else is at work, compare nothing but "per CPU s"' : ''
  say(`load average    ${one.toFixed(2)} over 1 minute, ${five.toFixed(2)} over 5${busy}`)
}

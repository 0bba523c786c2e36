/**
 * All servers in one run on this machine: each pinned to one core, the load generator to another, fresh processes over
 * fresh copies of the same seed in every round, medians over the rounds. Or Consentry of this checkout against that of
 * another one, in the same way.
 */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, loadavg, tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { comparison, comparisonTable, slowerThan } from './against.mjs'
import { openCheckout, ownRoot } from './checkout.mjs'
import { measurementsPerAccount } from './data_load.mjs'
import { generator } from './load/load.mjs'
import { measure, measureInTurns } from './measure.mjs'
import { hasMeasurements, plan, sizesOf } from './plan.mjs'
import { postgresBinaries, startPostgres } from './postgres.mjs'
import { canPin } from './processes.mjs'
import { dataLoadTable, machine, medians, table, targets } from './report.mjs'
import { createEntry } from './servers/roster.mjs'
import { servers, workloads } from './workloads.mjs'

const usage = `node bench/run.mjs [options]
  --rounds N      rounds, each with fresh processes (5; to compare: 6; --quick: 1)
  --seconds N     seconds that are measured per workload, server and round (6; --quick: 2)
  --warmup N      seconds of the same before, not measured (4; --quick: 2)
  --grants N      live grants that are seeded (200000; --quick: 20000)
  --accounts N    accounts with ${measurementsPerAccount} measurements each, for refresh_under_data_load (1)
  --only LIST     workloads and servers, comma-separated, to restrict the run to
  --against PATH  another checkout of this repository, which is measured in turn with this one
  --observed      this checkout with metrics, audit log and request log against the same without them
  --allow N       percent that this checkout may be slower than the other one (5; --observed: 10)
  --quick         a short run to see that everything works; its figures mean little
  --out FILE      where the record goes (bench/results/latest.json; --against: bench/results/against.json,
                  --observed: bench/results/observed.json)`

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string' },
    seconds: { type: 'string' },
    warmup: { type: 'string' },
    grants: { type: 'string' },
    accounts: { type: 'string', default: '1' },
    only: { type: 'string', default: '' },
    against: { type: 'string' },
    observed: { type: 'boolean', default: false },
    allow: { type: 'string' },
    quick: { type: 'boolean', default: false },
    out: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
})
if (options.help) {
  console.log(usage)
  process.exit(0)
}

const usualRounds = options.observed || options.against !== undefined ? 6 : 5
const rounds = Number(options.rounds ?? (options.quick ? 1 : usualRounds))
const seconds = Number(options.seconds ?? (options.quick ? 2 : 6))
const warmup = Number(options.warmup ?? (options.quick ? 2 : 4))
const grants = Number(options.grants ?? (options.quick ? 20_000 : 200_000))
const connections = 64
const cores = availableParallelism() > 1 ? { server: 0, load: 1 } : { server: 0, load: 0 }
const recordName = options.observed ? 'observed.json' : options.against === undefined ? 'latest.json' : 'against.json'
const recordPath = options.out ?? fileURLToPath(new URL(`results/${recordName}`, import.meta.url))

const only = options.only.split(',').filter((name) => name !== '')
const binaries = postgresBinaries()

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

/** This checkout first, then the other one. */
const checkouts = [{ side: 'this', ...(await openCheckout(ownRoot)), observed: options.observed ? 'all' : undefined }]
if (options.observed) checkouts.push({ ...checkouts[0], side: 'other', observed: 'none' })
else if (options.against !== undefined) {
  checkouts.push({ side: 'other', ...(await openCheckout(resolve(options.against))) })
  for (const { side, commit } of checkouts) say(`${side.padEnd(16)}${commit}`)
}
const [, other] = checkouts

const { parts, lacking } = plan({ only, hasPostgres: binaries !== undefined, other })
for (const name of lacking) say(`left out        ${name}, which only one of the two checkouts has`)

const folder = mkdtempSync(join(tmpdir(), 'consentry-bench-'))
// Below it PostgreSQL has a folder of another user.
chmodSync(folder, 0o711)
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1))

const postgres = parts.some(({ of }) => of.some((server) => server.endsWith('_postgres')))
  ? await startPostgres({ binaries, folder: join(folder, 'postgres'), core: cores.load })
  : undefined

// What needs measurements has a seed of its own, so that nothing else is slower for them.
const measurements = []
for (const seed of ['plain', ...parts.filter(hasMeasurements).map(({ name }) => name)]) {
  const seededFor = parts.filter((part) => (hasMeasurements(part) ? part.name : 'plain') === seed)
  if (seededFor.length > 0) measurements.push(...(await runRounds(seed, seededFor)))
}
await postgres?.stop()
process.exitCode = report()

/** Seeds the servers of these workloads and measures them round by round. */
async function runRounds(seed, parts) {
  const sizes = sizesOf(parts, { grants, accounts: Number(options.accounts), codeSeconds: seconds + warmup })
  const taking = servers.filter((server) => parts.some(({ of }) => of.includes(server)))
  const entries = await seedEntries(seed, taking, sizes)
  const setting = { seconds, warmup, connections, core: cores.load, postgres, sizes }
  const measured = []
  for (let round = 1; round <= rounds; round++) {
    say(`round ${round}`)
    sayLoad()
    const running = []
    // What is started first is slower for as long as it lives, so that is another one each time.
    for (const { checkout, entry } of round % 2 === 1 ? entries : entries.toReversed()) {
      running.push({ checkout, entry, server: await entry.start(round) })
    }
    for (const part of parts) {
      for (const same of turnsOf(running, part.of, round)) {
        for (const { one, figures } of await figuresOf(part, same, setting)) {
          measured.push({ ...figures, round, side: one.checkout.side })
          const side = other === undefined ? '' : one.checkout.side.padEnd(8)
          say(
            `  ${part.name.padEnd(26)}${one.entry.name.padEnd(24)}${side}${Math.round(figures.per_cpu_s)} per CPU s, ${Math.round(figures.wall)} per s`,
          )
        }
      }
    }
    for (const { entry, server } of running) {
      await server.stop()
      await entry.discard()
    }
  }
  return measured
}

async function seedEntries(seed, names, sizes) {
  const entries = []
  for (const name of names) {
    for (const checkout of checkouts) {
      const { side, root, observed } = checkout
      const own = { folder: join(folder, seed, side, name), database: `${name}_${seed}_${side}` }
      const entry = await createEntry(name, { ...own, root, observed, postgres, sizes, core: cores.server })
      const from = performance.now()
      await entry.seed()
      const which = other === undefined ? name : `${name} of ${side}`
      say(`seeded          ${which} in ${((performance.now() - from) / 1000).toFixed(1)} s`)
      entries.push({ checkout, entry })
    }
  }
  return entries
}

/**
 * The servers of a workload in the order of their turns, those of two checkouts together: another one begins in each round,
 * so that none always runs on the heels of the same one. Of two checkouts that one begins that was started first.
 */
function turnsOf(running, names, round) {
  const here = running.filter(({ entry }) => names.includes(entry.name))
  const kinds = [...new Set(here.map(({ entry }) => entry.name))]
  return kinds.map((_, i) => here.filter(({ entry }) => entry.name === kinds[(i + round) % kinds.length]))
}

/** Two checkouts take turns, unless the workload runs beside another load. */
async function figuresOf(part, same, setting) {
  if (same.length > 1 && !hasMeasurements(part)) {
    const figures = await measureInTurns(part.name, same, setting)
    return same.map((one, i) => ({ one, figures: figures[i] }))
  }
  const measured = []
  for (const one of same) measured.push({ one, figures: await measure(part.name, one.checkout, one, setting) })
  return measured
}

/** Prints and writes down what came out; answers the exit code. */
function report() {
  const record = {
    machine: machine(),
    node: process.version,
    at: new Date().toISOString(),
    load_generator: generator,
    load_average: loadavg().map((value) => Number(value.toFixed(2))),
    rounds,
    seconds,
    grants,
  }
  say('')
  if (other === undefined) {
    const result = medians(measurements)
    say(table(result))
    const underLoad = dataLoadTable(result)
    if (underLoad !== undefined) say(`\n${underLoad}`)
    say('')
    for (const line of targets(result)) say(line)
    sayLoad()
    write({ ...record, workloads: result })
    return 0
  }
  const allow = Number(options.allow ?? (options.observed ? 10 : 5))
  const result = comparison(measurements, workloads)
  const slower = slowerThan(result, allow)
  const than = options.observed ? 'without metrics, audit log and request log' : 'the other checkout'
  say(comparisonTable(result))
  say('')
  sayLoad()
  const commits = Object.fromEntries(checkouts.map(({ side, commit }) => [side, commit]))
  write({ ...record, ...commits, allow, lacking, slower, workloads: result })
  if (slower.length === 0) say(`nothing is more than ${allow} % slower than ${than}`)
  for (const { workload, server, ratio } of slower) {
    say(`SLOWER  ${workload} on ${server}: ${ratio.toFixed(3)} × ${than} (wanted: ${1 - allow / 100} or more)`)
  }
  return slower.length === 0 ? 0 : 1
}

function write(record) {
  mkdirSync(dirname(recordPath), { recursive: true })
  writeFileSync(recordPath, `${JSON.stringify(record, null, 2)}\n`)
}

function sayLoad() {
  const [one, five] = loadavg()
  const busy = one > 1.5 ? '; something else is at work, compare nothing but "per CPU s"' : ''
  say(`load average    ${one.toFixed(2)} over 1 minute, ${five.toFixed(2)} over 5${busy}`)
}

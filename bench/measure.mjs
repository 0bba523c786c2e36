/** Measures one workload on one server that runs. */
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { askForLists, untilListsAreRead } from './load/lists.mjs'
import { load } from './load/load.mjs'
import { cpuSeconds, cpuSecondsWithChildren, residentMegabytes } from './processes.mjs'
import { olderTokens } from './workloads.mjs'

/** Seconds that the other load runs before the part that is measured beside it, and after it. */
const lead = 1

/**
 * Measures the workload `name` of a checkout on the entry whose process `server` runs. `setting` is that of the run:
 * seconds of the measured part and of the warm-up, connections, the core of the load, PostgreSQL, and the counts that were
 * seeded. Throws where an answer was wrong.
 */
export async function measure(name, checkout, running, setting) {
  const workload = checkout.workloads[name]
  const { warmup, seconds, postgres, sizes } = setting
  const { entry, server } = running
  const common = requestsOf(name, checkout, entry, setting)
  const part = {
    warmUp: (tokens) => load({ ...common, ...tokens, seconds: warmup }),
    measured: (tokens) =>
      figuresOf(() => load({ ...common, ...tokens, seconds }), { entry, server, postgres, workload }),
  }
  const seeded = seededTokens(workload, entry, sizes)
  return explained(name, running, async () => {
    const figures =
      workload.beside === undefined
        ? await measureAlone(part, seeded, warmup / (warmup + seconds))
        : await measureBeside(part, seeded, otherLoad(workload.beside, entry, setting))
    return { workload: name, server: entry.name, ...figures, rss_mb: residentMegabytes(server.pid) }
  })
}

/**
 * Measures the workload `name` on two servers that run side by side, in turns of a second, so that what else the machine does
 * meets both alike. The CPU time is that of the whole while, as a server writes down later what it has answered.
 * Answers the figures of each, in their order.
 */
export async function measureInTurns(name, pair, setting) {
  const { warmup, seconds } = setting
  const sides = pair.map(({ checkout, ...running }) => {
    const seeded = seededTokens(checkout.workloads[name], running.entry, setting.sizes)
    const count = Math.floor(seeded / (warmup + seconds))
    const common = requestsOf(name, checkout, running.entry, setting)
    const turn = (from, length) =>
      explained(name, running, () =>
        load({ ...common, first: from * count + 1, count: length * count, seconds: length }),
      )
    return { running, turn, requests: 0, seconds: 0 }
  })
  for (const { turn } of sides) await turn(0, warmup)
  const cpuBefore = sides.map(({ running }) => cpuSecondsWithChildren(running.server.pid))
  for (let second = 0; second < seconds; second++) {
    for (const side of second % 2 === 0 ? sides : sides.toReversed()) {
      const counted = await side.turn(warmup + second, 1)
      side.requests += counted.requests
      side.seconds += counted.seconds
    }
  }
  return sides.map(({ running, requests, seconds }, i) => {
    const cpu = cpuSecondsWithChildren(running.server.pid) - cpuBefore[i]
    return {
      workload: name,
      server: running.entry.name,
      per_cpu_s: requests / cpu,
      wall: requests / seconds,
      cpu_s: cpu,
    }
  })
}

/** What the load generator is told of a workload, but for the tokens and the time. */
function requestsOf(name, checkout, entry, { connections, core }) {
  const workload = checkout.workloads[name]
  return {
    url: `${entry.endpoints[endpointOf(workload)]}${workload.query === undefined ? '' : `?${workload.query}`}`,
    workload,
    headers: checkout.headersOf(workload),
    connections: workload.connections ?? connections,
    core,
    file: join(entry.tokens, workload.tokens ?? 'none'),
  }
}

/** What `work` answers; an error says on which server it was and what that wrote. */
async function explained(name, { entry, server }, work) {
  try {
    return await work()
  } catch (error) {
    throw new Error(`${name} on ${entry.name}: ${error.message}\n${server.log().slice(-2000)}`)
  }
}

/** Which endpoint a workload of either checkout is sent to. The first release called it a door. */
function endpointOf({ endpoint, door }) {
  return endpoint ?? door
}

/** How many tokens a workload has on this server. */
function seededTokens({ tokens }, entry, sizes) {
  if (olderTokens.has(tokens)) return sizes.older
  const total = { refresh: sizes.plain, refresh_id_token: sizes.openid, access: sizes.openid, diary: sizes.diaries }
  return total[tokens] ?? (entry.name.startsWith('consentry') ? sizes.codes : sizes.peerCodes)
}

/** Warm-up on the first tokens, then the measured part on the rest. */
async function measureAlone(part, seeded, early) {
  const first = Math.floor(seeded * early)
  await part.warmUp({ first: 1, count: first })
  return part.measured({ first: first + 1, count: seeded - first })
}

/** Without the other load, with it, and without it again. The figures are those with it, beside the mean of the others. */
async function measureBeside(part, seeded, other) {
  const count = Math.floor(seeded / 4)
  const tokensOf = (at) => ({ first: at * count + 1, count })
  await part.warmUp(tokensOf(0))
  const before = await part.measured(tokensOf(1))
  const [answers, disturbed] = await Promise.all([
    other.run(),
    sleep(lead * 1000).then(() => part.measured(tokensOf(2))),
  ])
  await other.settle()
  const after = await part.measured(tokensOf(3))
  const mean = (figure) => (before[figure] + after[figure]) / 2
  return {
    ...disturbed,
    undisturbed_wall: mean('wall'),
    undisturbed_p50_ms: mean('p50_ms'),
    undisturbed_p99_ms: mean('p99_ms'),
    ratio: disturbed.wall / mean('wall'),
    lists_200: answers[200] ?? 0,
    lists_503: answers[503] ?? 0,
  }
}

/** The other load, and the wait for what it has left behind in the server. */
function otherLoad(beside, entry, { seconds, core }) {
  const { tokens, connections, queries, answers } = beside
  const url = entry.endpoints[endpointOf(beside)]
  const file = join(entry.tokens, tokens)
  const asked = { url, file, queries, allowed: answers, connections, core, seconds: seconds + 2 * lead }
  return { run: () => askForLists(asked), settle: () => untilListsAreRead(url, file) }
}

/** What was counted while `work` ran, with the CPU time that it took of the server and of PostgreSQL. */
async function figuresOf(work, { entry, server, postgres, workload }) {
  // What the processes that read lists do for this workload belongs to it; beside another one it does not.
  const cpuOf = workload.beside === undefined ? cpuSecondsWithChildren : cpuSeconds
  const before = cpuOf(server.pid)
  const databaseBefore = postgres && cpuSecondsWithChildren(postgres.pid)
  const { requests, seconds, p50_ms, p99_ms } = await work()
  const cpu = cpuOf(server.pid) - before
  const onPostgres = entry.name.endsWith('_postgres')
  return {
    per_cpu_s: requests / cpu,
    wall: requests / seconds,
    p50_ms,
    p99_ms,
    cpu_s: cpu,
    ...(onPostgres && { database_cpu_s: cpuSecondsWithChildren(postgres.pid) - databaseBefore }),
  }
}

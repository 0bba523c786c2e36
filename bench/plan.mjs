/** What a run measures, on which servers, and what is seeded for it. */
import { olderTokens, servers, workloads } from './workloads.mjs'

/**
 * The workloads that are measured and those that are not, because only one of two checkouts has them:
 * `{parts: [{name, workload, of}], lacking}`. `only` is the list of the option of that name, `hasPostgres` says whether
 * there are servers on it, `other` is the other checkout or undefined. Throws where `only` has a name that nobody has.
 */
export function plan({ only, hasPostgres, other }) {
  const known = { ...other?.workloads, ...workloads }
  for (const name of only) {
    if (!(name in known) && !servers.includes(name)) throw new Error(`--only knows no workload or server "${name}"`)
  }
  const onlyWorkloads = only.filter((name) => name in known)
  // The workload and the server of the name echo have nobody but each other.
  const onlyServers = only.filter((name) => !(name in known))
  const takesPart = (server) =>
    (onlyServers.length === 0 || onlyServers.includes(server) || server === 'echo') &&
    (hasPostgres || !server.endsWith('_postgres')) &&
    (other === undefined || server.startsWith('consentry'))
  const asked = Object.entries(known)
    .filter(([name]) => onlyWorkloads.length === 0 || onlyWorkloads.includes(name))
    .map(([name, workload]) => ({ name, workload, of: workload.servers.filter(takesPart) }))
    .filter(({ of }) => of.length > 0)
  const isLacking = ({ name }) => !(name in workloads) || (other !== undefined && !(name in other.workloads))
  return { parts: asked.filter((part) => !isLacking(part)), lacking: asked.filter(isLacking).map(({ name }) => name) }
}

/** Whether a part reads measurements. */
export const hasMeasurements = ({ workload }) => workload.measurements !== undefined

/** Counts of what is seeded for these parts. `accounts` are those with measurements; `codeSeconds` how long codes are used. */
export function sizesOf(parts, { grants, accounts, codeSeconds }) {
  const has = (test) => parts.some(test)
  // Codes work once, so there must be enough for every exchange of a round; nobody is as fast as this.
  const codes = has(({ name }) => name.endsWith('code_exchange')) ? 14_000 * codeSeconds : 0
  const half = grants / 2
  const reading = parts.find(hasMeasurements)
  return {
    plain: half,
    openid: has(({ workload }) => workload.beside === undefined) ? half : 0,
    codes,
    olderCodes: has(({ name }) => name === 'quantimodo_code_exchange') ? codes : 0,
    // Grants of each legacy protocol, and of the app whose ID tokens are signed with RS256.
    older: has(({ workload }) => olderTokens.has(workload.tokens)) ? grants / 10 : 0,
    peerCodes: codes / 2,
    diaries: reading === undefined ? 0 : (reading.workload.accounts ?? accounts),
    measurements: reading?.workload.measurements ?? 0,
    users: Math.max(Math.ceil(grants / 5), reading?.workload.accounts ?? 0),
    concurrency: 64,
  }
}

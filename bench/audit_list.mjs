/**
 * How long a page of the audit log takes over ten million rows, on SQLite or PostgreSQL: without a filter and with each one,
 * on the first, the 1,000th and the last page. Fails where the 95th of a hundred is slower than 100 ms.
 *
 * node bench/audit_list.mjs [--rows=10000000] [--requests=200] [--database=postgres://…, empty]
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { parseArgs } from 'node:util'
import pg from 'pg'
import { build } from './checkout.mjs'

const { values: options } = parseArgs({
  options: {
    rows: { type: 'string', default: '10000000' },
    requests: { type: 'string', default: '200' },
    database: { type: 'string' },
  },
})
const rows = Number(options.rows)
const requests = Number(options.requests)
const pageSize = 50
const most = 100
const start = 1_700_000_000_000

build()
const folder = mkdtempSync(join(tmpdir(), 'consentry-audit-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))

/** One row in a hundred thousand of a rare type; ten thousand accounts and a thousand apps. */
const columns = `at, type, actor, operator, subject, client_id, detail`
const valuesOf = (n) => `${start} + ${n} * 100,
  case when ${n} % 100000 = 0 then 'signing_key_rotated' when ${n} % 3 = 0 then 'signed_in' else 'consent_given' end,
  case when ${n} % 5 = 0 then null else 'usr_' || (${n} % 10000) end,
  case when ${n} % 5 = 0 then 'command:root' end,
  'usr_' || (${n} * 7 % 10000), 'app' || (${n} % 1000), '{}'`

const path = join(folder, 'consentry.db')
const clock = { now: () => Date.now() }
const open = async () => {
  if (options.database !== undefined) {
    const { openPostgres } = await import('../server/dist/storage/postgres.js')
    return openPostgres({ url: options.database, clock })
  }
  const { openSqlite } = await import('../server/dist/storage/sqlite.js')
  return openSqlite({ path, clock })
}

await (await open()).close()
const began = performance.now()
if (options.database === undefined) {
  const db = new DatabaseSync(path)
  db.exec('pragma synchronous = off')
  for (let from = 0; from < rows; from += 500_000) {
    const to = Math.min(rows, from + 500_000)
    db.exec(`with recursive n (i) as (select ${from} union all select i + 1 from n where i + 1 < ${to})
      insert into audit_log (${columns}) select ${valuesOf('i')} from n`)
  }
  db.exec('analyze')
  db.close()
} else {
  const client = new pg.Client(options.database)
  await client.connect()
  await client.query(
    `insert into audit_log (${columns}) select ${valuesOf('i')} from generate_series(0::bigint, ${rows - 1}) i`,
  )
  await client.query('vacuum analyze audit_log')
  await client.end()
}
console.log(`${rows} rows in ${Math.round((performance.now() - began) / 1000)} s`)

const storage = await open()
const middle = start + rows * 50
const filters = {
  none: {},
  type: { type: 'signed_in' },
  'rare type': { type: 'signing_key_rotated' },
  'unknown type': { type: 'nothing' },
  who: { actor: 'usr_77' },
  operator: { operator: 'command:root' },
  whom: { subject: 'usr_77' },
  'who or whom': { account: 'usr_77' },
  app: { clientId: 'app77' },
  since: { since: middle },
  until: { until: middle },
  'type and time': { type: 'signed_in', since: middle - 3_600_000, until: middle },
}
let failed = false
for (const [name, filter] of Object.entries(filters)) {
  const places = { first: undefined, '1,000th': await placeBehind(filter, 999), last: await lastPlace(filter) }
  for (const [which, before] of Object.entries(places)) {
    if (which !== 'first' && before === undefined) continue
    const times = []
    for (let i = 0; i < requests; i++) {
      const at = performance.now()
      await storage.audit.search(pageSize, { ...filter, before })
      times.push(performance.now() - at)
    }
    const p95 = times.sort((a, b) => a - b)[Math.floor(times.length * 0.95)]
    if (p95 > most) failed = true
    console.log(`${name.padEnd(14)} ${which.padEnd(8)} p95 ${p95.toFixed(1)} ms`)
  }
}
await storage.close()
process.exitCode = failed ? 1 : 0

/** Behind so many pages; undefined where there are fewer. */
async function placeBehind(filter, pages) {
  const { next } = await storage.audit.search(Math.min(pageSize * pages, rows), filter)
  return next ?? undefined
}

/** In front of the oldest page that the filter finds. */
async function lastPlace(filter) {
  const until = filter.until ?? start + rows * 100
  const since = filter.since ?? start
  const { events } = await storage.audit.search(pageSize * 3, { ...filter, until: Math.min(until, since + 20_000_000) })
  const at = events.at(-Math.min(pageSize, events.length))
  return at && { at: at.at, seq: at.seq }
}

/**
 * How long a page of the lists that operators read takes, over a million people and ten million rows of the audit log, on
 * SQLite or PostgreSQL: without a filter and with each one, on the first, the 1,000th and the last page. Fails where the 95th
 * of a hundred is slower than 100 ms.
 *
 * node bench/lists.mjs [--people=1000000] [--events=10000000] [--requests=200] [--database=postgres://…, empty]
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import pg from 'pg'
import { build } from './checkout.mjs'

const { values: options } = parseArgs({
  options: {
    people: { type: 'string', default: '1000000' },
    events: { type: 'string', default: '10000000' },
    requests: { type: 'string', default: '200' },
    database: { type: 'string' },
  },
})
const people = Number(options.people)
const rows = Number(options.events)
const requests = Number(options.requests)
const pageSize = 50
const most = 100
const start = 1_700_000_000_000

build()
const folder = mkdtempSync(join(tmpdir(), 'consentry-lists-'))
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

/** One in a hundred is disabled, in fifty unproved, in five with a second factor, in a hundred thousand with a role. */
const personColumns = `id, username, username_key, email, email_key, email_verified, roles, claims, second_factor, enabled,
  valid_after, created_at, updated_at`
const personOf = (n) => `'usr_' || (${n} * 7919 % ${people}) || 'x', 'person' || ${n}, 'person' || ${n},
  'p' || ${n} || '@example.com', 'p' || ${n} || '@example.com', case when ${n} % 50 = 0 then 0 else 1 end,
  case when ${n} % 100000 = 0 then '["support"]' else '[]' end, '{}', case when ${n} % 5 = 0 then 1 else 0 end,
  case when ${n} % 100 = 0 then 0 else 1 end, 0, ${start} + ${n}, ${start} + ${n}`

await (await open()).close()
const began = performance.now()
if (options.database === undefined) {
  const { loadDatabase } = await import('../server/dist/storage/sqlite/database.js')
  const db = new (await loadDatabase())(path)
  db.exec(
    'pragma journal_mode = off; pragma synchronous = off; pragma cache_size = -1000000; pragma temp_store = memory',
  )
  const tables = `('users', 'audit_log')`
  const indexes = db
    .prepare(`select name, sql from sqlite_master where type = 'index' and sql is not null and tbl_name in ${tables}`)
    .all()
  for (const { name } of indexes) db.exec(`drop index ${name}`)
  const fill = (table, names, valuesAt, count) => {
    for (let from = 0; from < count; from += 500_000) {
      db.exec(`with recursive n (i) as (select ${from} union all select i + 1 from n where i + 1 < ${Math.min(count, from + 500_000)})
        insert into ${table} (${names}) select ${valuesAt('i')} from n`)
    }
  }
  fill('users', personColumns, personOf, people)
  fill('audit_log', columns, valuesOf, rows)
  // Rows in order first, indexes from what is sorted: in place of ten million places found one by one.
  for (const { sql } of indexes) db.exec(sql)
  db.exec('analyze')
  db.close()
} else {
  const client = new pg.Client(options.database)
  await client.connect()
  const fill = (table, names, valuesAt, count) =>
    client.query(
      `insert into ${table} (${names}) select ${valuesAt('i')} from generate_series(0::bigint, ${count - 1}) i`,
    )
  await client.query("set maintenance_work_mem = '512MB'")
  const { rows: indexes } = await client.query(
    `select indexrelid::regclass as name, pg_get_indexdef(indexrelid) as sql from pg_index
      where indrelid in ('users'::regclass, 'audit_log'::regclass)
        and indexrelid not in (select conindid from pg_constraint where conindid <> 0)`,
  )
  for (const { name } of indexes) await client.query(`drop index ${name}`)
  await fill('users', personColumns, personOf, people)
  await fill('audit_log', columns, valuesOf, rows)
  for (const { sql } of indexes) await client.query(sql)
  await client.query('vacuum analyze users')
  await client.query('vacuum analyze audit_log')
  await client.end()
}
console.log(`${people} people and ${rows} events in ${Math.round((performance.now() - began) / 1000)} s`)

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
    await measure(`events, ${name}`, which, () => storage.audit.search(pageSize, { ...filter, before }))
  }
}

const peopleFilters = {
  none: {},
  enabled: { status: 'enabled' },
  disabled: { status: 'disabled' },
  closed: { status: 'closed' },
  'with factor': { factor: 'with' },
  'without factor': { factor: 'without' },
  verified: { address: 'verified' },
  unverified: { address: 'unverified' },
  'no address': { address: 'none' },
  'any role': { role: 'any' },
  owner: { role: 'owner' },
  username: { beginning: 'person' },
  'one username': { beginning: 'person77777' },
  address: { beginning: 'p7' },
  ID: { beginning: 'usr_7' },
  nobody: { beginning: 'zz' },
}
const place = (key) => Buffer.from(JSON.stringify([key, ''])).toString('base64url')
for (const [name, wanted] of Object.entries(peopleFilters)) {
  const byName = wanted.beginning !== undefined
  const asked = {
    first: { limit: pageSize },
    '1,000th': await behindPeople(wanted),
    last: { limit: pageSize, before: place(byName ? `${wanted.beginning}\u{10FFFE}` : 0) },
  }
  for (const [which, ask] of Object.entries(asked)) {
    if (ask !== undefined) await measure(`people, ${name}`, which, () => storage.accounts.search(wanted, ask))
  }
}
await storage.close()
process.exitCode = failed ? 1 : 0

async function measure(name, which, ask) {
  const times = []
  for (let i = 0; i < requests; i++) {
    const at = performance.now()
    await ask()
    times.push(performance.now() - at)
  }
  const p95 = times.sort((a, b) => a - b)[Math.floor(times.length * 0.95)]
  if (p95 > most) failed = true
  console.log(
    `${name.padEnd(24)} ${which.padEnd(8)} p95 ${p95.toFixed(1).padStart(6)} ms${p95 > most ? '  TOO SLOW' : ''}`,
  )
}

/** Behind 999 pages of people; undefined where there are fewer. */
async function behindPeople(wanted) {
  let after
  for (let page = 0; page < 999; page += 111) {
    const list = await storage.accounts.search(wanted, { limit: pageSize * 111, after })
    after = list?.next
    if (after === undefined) return undefined
  }
  return { limit: pageSize, after }
}

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

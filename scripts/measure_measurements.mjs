/**
 * How long lists of measurements take with a million rows of one person. Run after a build:
 * node scripts/measure_measurements.mjs [rows]
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openSqlite } from '../server/dist/storage/sqlite.js'

const rows = Number(process.argv[2] ?? 1_000_000)
const variables = 50
const folder = mkdtempSync(join(tmpdir(), 'measurements-'))
const storage = await openSqlite({ path: join(folder, 'measurements.db'), clock: { now: () => Date.now() } })
const { measurements } = storage
const user = 1
const first = 1_600_000_000

const filling = performance.now()
for (let at = 0; at < rows; at += 1000) {
  const items = Array.from({ length: Math.min(1000, rows - at) }, (_, i) => {
    const n = at + i
    return {
      variableName: `Variable ${n % variables}`,
      variableCategory: 'Emotions',
      combination: 'MEAN',
      unit: '/5',
      startTime: first + n * 60,
      value: ((n * 104_729) % 1_000_003) / 1000,
      note: n % 10 === 0 ? 'as usual' : null,
      source: n % 3 === 0 ? 'watch' : 'app',
    }
  })
  await measurements.upsertWithin(Number.MAX_SAFE_INTEGER, user, 'app', items)
}
const took = (performance.now() - filling) / 1000
console.log(`filled ${rows} rows in ${took.toFixed(1)} s (${Math.round(rows / took)} rows/s)`)

const newest = [{ column: 'startTime', descending: true }]
const byValue = [{ column: 'value', descending: true }]
const middle = first + (rows / 2) * 60
const variable = { column: 'variableName', operator: '=', value: 'Variable 7' }
const queries = {
  'newest 100': { filters: [], sort: newest, limit: 100, offset: 0 },
  'newest 200 between two times': {
    filters: [
      { column: 'startTime', operator: '>=', value: middle },
      { column: 'startTime', operator: '<=', value: middle + 86_400 },
    ],
    sort: newest,
    limit: 200,
    offset: 0,
  },
  'one variable, newest 100': { filters: [variable], sort: newest, limit: 100, offset: 0 },
  'one variable between two times': {
    filters: [variable, { column: 'startTime', operator: '>=', value: middle }],
    sort: [{ column: 'startTime', descending: false }],
    limit: 100,
    offset: 0,
  },
  'one variable, by value': { filters: [variable], sort: byValue, limit: 100, offset: 0 },
  'one variable, deep offset': { filters: [variable], sort: newest, limit: 100, offset: rows / variables - 200 },
  'unknown variable': { filters: [{ ...variable, value: 'none' }], sort: newest, limit: 100, offset: 0 },
  'deep offset': { filters: [], sort: newest, limit: 100, offset: rows - 200 },
  'half-way offset, oldest first': {
    filters: [],
    sort: [{ column: 'startTime', descending: false }],
    limit: 100,
    offset: rows / 2,
  },
  'all, by value': { filters: [], sort: byValue, limit: 100, offset: 0 },
  'one value': { filters: [{ column: 'value', operator: '=', value: 500 }], sort: newest, limit: 100, offset: 0 },
  'by name of the variable': {
    filters: [],
    sort: [{ column: 'variableName', descending: false }],
    limit: 100,
    offset: 0,
  },
  'one source that is not there': {
    filters: [{ column: 'source', operator: '=', value: 'none' }],
    sort: newest,
    limit: 100,
    offset: 0,
  },
  'one category': {
    filters: [{ column: 'variableCategory', operator: '=', value: 'Emotions' }],
    sort: newest,
    limit: 100,
    offset: 0,
  },
  'a category that is not there': {
    filters: [{ column: 'variableCategory', operator: '=', value: 'Sleep' }],
    sort: newest,
    limit: 100,
    offset: 0,
  },
  'changed lately': {
    filters: [{ column: 'updatedAt', operator: '>=', value: Date.now() + 1000 }],
    sort: newest,
    limit: 100,
    offset: 0,
  },
}
for (const [name, query] of Object.entries(queries)) {
  const times = []
  let found = 0
  for (let i = 0; i < 5; i++) {
    const from = performance.now()
    found = (await measurements.list(user, query)).length
    times.push(performance.now() - from)
  }
  times.sort((a, b) => a - b)
  console.log(`${name.padEnd(34)} ${String(found).padStart(4)} rows  median ${times[2].toFixed(1).padStart(8)} ms`)
}
await storage.close()
rmSync(folder, { recursive: true })

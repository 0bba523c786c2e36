/**
 * A million refreshes of 1,000 grants over HTTP, on SQLite: what does the database look like after them?
 * Fails where a table has other rows than after the first thousand, or the file has grown by more than 5 %.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { build } from './checkout.mjs'
import { inspect } from './database.mjs'
import { residentMegabytes } from './processes.mjs'
import { createEntry } from './servers/roster.mjs'
import { headersOf, workloads } from './workloads.mjs'

const { values: options } = parseArgs({ options: { refreshes: { type: 'string', default: '1000000' } } })
const refreshes = Number(options.refreshes)
const grants = 1000
const connections = 64
/** Wait after load until what the server writes later (a quarter of a second at most) is in the database. */
const settle = 1500
/** The request log is a ring of its own: bounded per app, sampled under load, so its rows come and go. */
const rings = new Set(['request_log'])

build()
const folder = mkdtempSync(join(tmpdir(), 'consentry-million-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1))

const sizes = { plain: grants, openid: 0, codes: 0, users: 100, concurrency: 256 }
const entry = await createEntry('consentry_sqlite', { folder, sizes, core: 0 })
await entry.seed()
const server = await entry.start(1)
const tokens = readFileSync(join(entry.tokens, 'refresh'), 'utf8').split('\n')
const database = join(folder, 'copied', 'consentry.db')
const agent = new Agent({ keepAlive: true, maxSockets: connections })

const began = performance.now()
await refresh(1000)
await sleep(settle)
const before = await inspect(database)
console.log(`after 1,000 refreshes: ${before.bytes} bytes`)
for (let done = 1000; done < refreshes; ) {
  const some = Math.min(100_000, refreshes - done)
  await refresh(some)
  done += some
  console.log(`${done} refreshes in ${Math.round((performance.now() - began) / 1000)} s`)
}
await sleep(settle)
const after = await inspect(database)
console.log(`resident memory of the server: ${residentMegabytes(server.pid).toFixed(0)} MB`)
await server.stop()

const growth = after.bytes / before.bytes - 1
const percent = (growth * 100).toFixed(1)
console.log(`\n${'table'.padEnd(24)}${'after 1,000'.padStart(14)}${`after ${refreshes}`.padStart(18)}`)
const changed = []
for (const [name, count] of Object.entries(after.rows)) {
  console.log(`${name.padEnd(24)}${String(before.rows[name]).padStart(14)}${String(count).padStart(18)}`)
  if (count !== before.rows[name] && !rings.has(name)) changed.push(name)
}
console.log(`\nfile: ${before.bytes} bytes, then ${after.bytes} bytes (${percent} %)`)
if (changed.length > 0) console.log(`FAILED: other rows in ${changed.join(', ')}`)
if (growth > 0.05) console.log('FAILED: the file has grown by more than 5 %')
process.exit(changed.length > 0 || growth > 0.05 ? 1 : 0)

/** `count` refreshes over all connections; each takes the token that has waited longest. */
async function refresh(count) {
  let left = count
  const worker = async () => {
    while (left > 0) {
      left--
      const answer = await post(workloads.refresh.prefix + tokens.shift())
      if (answer.status !== 200) throw new Error(`${answer.status} ${answer.body}`)
      tokens.push(JSON.parse(answer.body).refresh_token)
    }
  }
  await Promise.all(Array.from({ length: connections }, worker))
}

function post(body) {
  return new Promise((resolve, reject) => {
    const headers = {
      ...headersOf(workloads.refresh),
      'Content-Length': Buffer.byteLength(body),
    }
    const sent = request(entry.endpoints.token, { method: 'POST', agent, headers }, (response) => {
      const parts = []
      response.on('data', (part) => parts.push(part))
      response.on('end', () => resolve({ status: response.statusCode, body: Buffer.concat(parts).toString() }))
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

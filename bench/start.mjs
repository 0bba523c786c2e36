/** How long `consentry serve` takes until it answers on an existing database, and what it then holds in memory. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { build } from './checkout.mjs'
import { cpuSeconds, residentMegabytes } from './processes.mjs'
import { median } from './report.mjs'
import { createEntry } from './servers/roster.mjs'

const { values: options } = parseArgs({
  options: { times: { type: 'string', default: '5' }, grants: { type: 'string', default: '20000' } },
})

build()
const folder = mkdtempSync(join(tmpdir(), 'consentry-start-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1))

const sizes = { plain: Number(options.grants), openid: 0, codes: 0, users: 1000, concurrency: 256 }
const entry = await createEntry('consentry_sqlite', { folder, sizes, core: 0 })
await entry.seed()
const times = []
const memory = []
for (let time = 1; time <= Number(options.times); time++) {
  const server = await entry.start(time)
  times.push(server.readyAfter)
  memory.push(residentMegabytes(server.pid))
  const cpu = cpuSeconds(server.pid).toFixed(2)
  console.log(
    `ready after ${Math.round(server.readyAfter)} ms (${cpu} s of CPU), ${memory.at(-1).toFixed(0)} MB resident`,
  )
  await server.stop()
}
const ready = median(times)
console.log(`median: ${Math.round(ready)} ms, ${median(memory).toFixed(0)} MB`)
if (ready >= 1000) console.log('MISSED: ready in under a second')

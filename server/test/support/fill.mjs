// Fills a database until it takes no more, waits for a word, and goes on: run with a limit on the size of its files.
import { randomBytes } from 'node:crypto'
import { createInterface } from 'node:readline'
import { openStorage, say } from './storage_child.mjs'

const [driver, address, template] = process.argv.slice(2)
const storage = await openStorage(driver, address)
const grant = JSON.parse(template)
const stored = []

async function insertMany() {
  const ids = Array.from({ length: 64 }, () => randomBytes(16))
  const told = await Promise.allSettled(
    ids.map((id) => storage.grants.insert({ ...grant, id, key: randomBytes(16), label: 'x'.repeat(2000) })),
  )
  stored.push(...ids.filter((_, i) => told[i].status === 'fulfilled'))
  return told.find((one) => one.status === 'rejected')?.reason
}

let fault
for (let i = 0; i < 1000 && fault === undefined; i++) fault = await insertMany()
say(`${fault?.name}`)
for await (const _ of createInterface({ input: process.stdin })) break
const after = await insertMany()
const found = await Promise.all(stored.map((id) => storage.grants.find(id)))
say(JSON.stringify({ after: after?.message ?? null, stored: stored.length, found: found.filter(Boolean).length }))
await storage.close()

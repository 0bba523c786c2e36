/** What is written to a SQLite file comes from its log into the file beside the server, and nothing of it is lost. */
import { closeSync, mkdtempSync, openSync, readdirSync, readFileSync, readSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from '@photostructure/sqlite'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Storage } from '../../src/storage/contract.ts'
import { openSqlite } from '../../src/storage/sqlite.ts'
import { makeGrant, movedClock } from './fixtures.ts'

const clock = movedClock()
let folder: string
let path: string
let storage: Storage
let written = 0

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'consentry-checkpoints-'))
  path = join(folder, 'consentry.db')
  storage = await openSqlite({ path, clock })
  written = 0
})
afterEach(async () => {
  await storage.close()
  rmSync(folder, { recursive: true, force: true })
})

/** The processes that make checkpoints of this file. */
function processes(): number[] {
  return readdirSync('/proc')
    .filter((pid) => {
      try {
        const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8')
        return command.includes('checkpoint_worker') && command.includes(path)
      } catch {
        return false
      }
    })
    .map(Number)
}

/** What changes when the log is begun again: its first salt. */
function log(): string {
  const file = openSync(`${path}-wal`, 'r')
  const salt = Buffer.alloc(4)
  readSync(file, salt, 0, 4, 16)
  closeSync(file)
  return salt.toString('hex')
}

async function write(grants: number): Promise<void> {
  await Promise.all(Array.from({ length: grants }, () => storage.grants.insert(makeGrant(clock))))
  written += grants
}

async function writeUntil(reached: () => boolean): Promise<void> {
  while (!reached()) await write(64)
}

function inTheFile(): number {
  const database = new DatabaseSync(path, { readOnly: true })
  const { count } = database.prepare('select count(*) as count from grants').get() as { count: number }
  database.close()
  return count
}

test('little is left to SQLite itself', async () => {
  await write(64)
  expect(processes()).toEqual([])
})

test('much is brought into the file by a process, and the log is begun again and again', async () => {
  await writeUntil(() => processes().length === 1)
  const first = log()
  await writeUntil(() => log() !== first)
  const second = log()
  await writeUntil(() => log() !== second)
  expect(inTheFile()).toBe(written)
})

test('what is written while somebody reads is brought there behind them', async () => {
  await writeUntil(() => processes().length === 1)
  const reader = new DatabaseSync(path, { readOnly: true })
  reader.exec('begin')
  const seen = reader.prepare('select count(*) as count from grants').get()
  const before = written
  const during = log()
  await writeUntil(() => written > before + 10_000)
  expect(log()).toBe(during)
  expect(reader.prepare('select count(*) as count from grants').get()).toEqual(seen)
  reader.close()
  await writeUntil(() => log() !== during)
  expect(inTheFile()).toBe(written)
})

test('a process that is killed is replaced, and nothing that was acknowledged is lost', async () => {
  await writeUntil(() => processes().length === 1)
  for (const pid of processes()) process.kill(pid, 'SIGKILL')
  await writeUntil(() => processes().length === 0)
  await writeUntil(() => processes().length === 1)
  const during = log()
  await writeUntil(() => log() !== during)
  await storage.close()
  expect(processes()).toEqual([])
  expect(inTheFile()).toBe(written)
  storage = await openSqlite({ path, clock })
  expect(inTheFile()).toBe(written)
})

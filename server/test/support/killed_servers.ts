/** Servers in processes of their own that write events without end (`events_child.mjs`) until they are killed. */
import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { setTimeout as wait } from 'node:timers/promises'
import { expect, vi } from 'vitest'
import { systemClock } from '../../src/lib/clock.ts'
import type { Storage } from '../../src/storage/contract.ts'
import { openPostgres } from '../../src/storage/postgres.ts'
import { openSqlite } from '../../src/storage/sqlite.ts'
import { programOf } from './command.ts'
import { rootSecret } from './harness.ts'
import { createDatabase, postgresUrl } from './postgres.ts'

const program = programOf('events_child')

/** A database for servers that are killed. */
export interface KilledDatabase {
  readonly name: 'SQLite' | 'PostgreSQL'
  /** How many servers there may be at once. */
  readonly nodes: 1 | 2
  readonly data: string
  readonly env: Readonly<Record<string, string>>
  open(): Promise<Storage>
  close(): Promise<void>
}

const clock = systemClock()

function onSqlite(): KilledDatabase {
  const data = mkdtempSync(join(tmpdir(), 'consentry-killed-'))
  return {
    name: 'SQLite',
    nodes: 1,
    data,
    env: { CONSENTRY_DATA: data, CONSENTRY_SECRET: rootSecret },
    open: () => openSqlite({ path: join(data, 'consentry.db'), clock }),
    close: async () => rmSync(data, { recursive: true, force: true }),
  }
}

async function onPostgres(): Promise<KilledDatabase> {
  const { data, ...sqlite } = onSqlite()
  const { url, drop } = await createDatabase()
  return {
    name: 'PostgreSQL',
    nodes: 2,
    data,
    env: { ...sqlite.env, DATABASE_URL: url },
    open: () => openPostgres({ url, clock }),
    async close() {
      await drop()
      await sqlite.close()
    },
  }
}

/** On each database that there is, how to get a new one. */
export async function killedDatabases(): Promise<readonly [name: string, create: () => Promise<KilledDatabase>][]> {
  const sqlite: [string, () => Promise<KilledDatabase>] = ['SQLite', async () => onSqlite()]
  return (await postgresUrl()) === undefined ? [sqlite] : [sqlite, ['PostgreSQL', onPostgres]]
}

interface Child {
  readonly process: ChildProcessByStdio<Writable, Readable, null>
  /** The apps of the events that it said to have written. */
  readonly wrote: string[]
  readonly closed: Promise<unknown>
}

/** A server on the database, once it is ready; `offset` moves its clock, in seconds. */
export async function startServer(
  { env }: KilledDatabase,
  { round, offset, more = {} }: { readonly round?: string; readonly offset: number; readonly more?: NodeJS.ProcessEnv },
): Promise<Child> {
  const child = spawn(process.execPath, [program, ...(round === undefined ? [] : [round])], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { PATH: process.env.PATH, CONSENTRY_DEV: '1', CONSENTRY_CLOCK_OFFSET: String(offset), ...env, ...more },
  })
  const wrote: string[] = []
  const lines = createInterface({ input: child.stdout })
  const ready = once(lines, 'line')
  const closed = once(lines, 'close')
  lines.on('line', (line) => {
    const [word = '', name = ''] = line.split(' ')
    if (word === 'wrote') wrote.push(name)
  })
  await Promise.race([ready, closed])
  return { process: child, wrote, closed }
}

export async function endServer(child: Child, how: 'kill' | 'ask'): Promise<void> {
  const exited = once(child.process, 'exit')
  if (how === 'kill') child.process.kill('SIGKILL')
  else child.process.stdin.end()
  await Promise.all([exited, child.closed])
}

interface Killing {
  readonly times: number
  readonly step: number
  readonly more?: NodeJS.ProcessEnv
  readonly ripe?: (round: number) => boolean
}

/**
 * Starts servers, as many at once as the database takes, and kills each at a moment of its own after it has begun to write, and
 * `ripe` holds of the round; `times` over, each `step` seconds later than the one before. Answers what they said to have written.
 */
export async function killServers(
  database: KilledDatabase,
  { times, step, more, ripe = () => true }: Killing,
): Promise<readonly string[]> {
  const written: string[] = []
  for (let i = 0; i < times; i++) {
    const names = ['x', 'y'].slice(0, database.nodes)
    await Promise.all(
      names.map(async (name) => {
        const child = await startServer(database, { round: `r${i}${name}`, offset: step * i, ...(more && { more }) })
        await vi.waitFor(() => expect(child.wrote.length > 0 && ripe(i)).toBe(true), { timeout: 60_000 })
        // A process must die at a moment that nobody chose.
        await wait(Math.random() * 400)
        await endServer(child, 'kill')
        written.push(...child.wrote)
      }),
    )
  }
  return written
}

/** The apps of the events that are stored, of all chains. */
export async function storedEvents(storage: Storage): Promise<readonly string[]> {
  const found: string[] = []
  for (const { node } of await storage.auditChain.heads()) {
    const rows = await storage.auditChain.rows(node, 0, 1_000_000)
    for (const { type, client_id } of rows) if (type === 'client_enabled' && client_id !== null) found.push(client_id)
  }
  return found
}

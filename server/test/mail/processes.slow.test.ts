/** Mails of processes that die, and of several processes at once: a change that is there has its mail. */
import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface, type Interface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { systemClock } from '../../src/lib/clock.ts'
import type { Storage } from '../../src/storage/contract.ts'
import { openPostgres } from '../../src/storage/postgres.ts'
import { openSqlite } from '../../src/storage/sqlite.ts'
import { programOf } from '../support/command.ts'
import { rootSecret } from '../support/harness.ts'
import { type Mailbox, openMailbox } from '../support/mailbox.ts'
import { createDatabase, postgresUrl, type TestDatabase } from '../support/postgres.ts'
import { rounds } from '../support/rounds.ts'

const kills = rounds(20)
const program = programOf('mail_child')

let mailbox: Mailbox
let folder: string
beforeAll(async () => {
  mailbox = await openMailbox()
  folder = await mkdtemp(join(tmpdir(), 'consentry-mail-'))
})
afterAll(async () => {
  await mailbox.close()
  await rm(folder, { recursive: true, force: true })
})

interface Child {
  readonly process: ChildProcessByStdio<Writable, Readable, null>
  /** Accounts that it said to have opened. */
  readonly opened: string[]
  readonly lines: Interface
  readonly closed: Promise<unknown>
}

/** A server on the database, once it is ready; `offset` moves its clock, in seconds. */
async function start(database: Record<string, string>, round: string | undefined, offset = 0): Promise<Child> {
  const env = {
    PATH: process.env.PATH,
    CONSENTRY_DATA: folder,
    CONSENTRY_SECRET: rootSecret,
    CONSENTRY_DEV: '1',
    CONSENTRY_CLOCK_OFFSET: String(offset),
    SMTP_URL: `smtp://127.0.0.1:${mailbox.port}`,
    MAIL_FROM: 'no-reply@mail.example',
    ...database,
  }
  const child = spawn(process.execPath, [program, ...(round === undefined ? [] : [round])], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env,
  })
  const opened: string[] = []
  const lines = createInterface({ input: child.stdout })
  const ready = once(lines, 'line')
  const closed = once(lines, 'close')
  lines.on('line', (line) => {
    const [word = '', name = ''] = line.split(' ')
    if (word === 'opened') opened.push(name)
  })
  await Promise.race([ready, closed])
  return { process: child, opened, lines, closed }
}

async function end(child: Child, how: 'kill' | 'ask'): Promise<void> {
  const exited = once(child.process, 'exit')
  if (how === 'kill') child.process.kill('SIGKILL')
  else child.process.stdin.end()
  await Promise.all([exited, child.closed])
}

/** Waits until no mail waits any more. */
async function allSent(storage: Storage): Promise<void> {
  for (;;) {
    const waiting = await storage.jobs.list({ state: 'waiting', limit: 1000 })
    if (!waiting.some(({ kind }) => kind.startsWith('mail.'))) return
    await wait(50)
  }
}

/** How many mails came to each account of some rounds. */
async function mailsOf(storage: Storage, prefix: string): Promise<ReadonlyMap<string, number>> {
  const accounts = (await storage.accounts.list(100_000)).filter(({ username }) => username.startsWith(prefix))
  return new Map(
    accounts.map(({ username }) => [
      username,
      mailbox.mails.filter(({ to }) => to === `${username}@example.com`).length,
    ]),
  )
}

async function killBetweenChangeAndMail(database: Record<string, string>, open: () => Promise<Storage>) {
  const prefix = database.DATABASE_URL === undefined ? 'lite' : 'pg'
  const acknowledged: string[] = []
  for (let i = 0; i < kills; i++) {
    // A job that the killed one had taken is due again when its lease is over.
    const child = await start(database, `${prefix}${i}`, 120 * i)
    await vi.waitFor(() => expect(child.opened).not.toEqual([]), { timeout: 30_000 })
    // The one place that waits for real time: the process must die at a moment nobody chose.
    await wait(Math.random() * 300)
    await end(child, 'kill')
    acknowledged.push(...child.opened)
  }
  const last = await start(database, undefined, 120 * kills)
  const storage = await open()
  await allSent(storage)
  const mails = await mailsOf(storage, prefix)
  expect([...mails.keys()]).toEqual(expect.arrayContaining(acknowledged))
  expect(acknowledged.length).toBeGreaterThanOrEqual(kills)
  expect([...mails].filter(([, count]) => count < 1)).toEqual([])
  await storage.close()
  await end(last, 'ask')
}

test('killed between a change and its mail, a server on SQLite loses none', async () => {
  const address = join(folder, 'consentry.db')
  await killBetweenChangeAndMail({}, () => openSqlite({ path: address, clock: systemClock() }))
}, 240_000)

describe.skipIf((await postgresUrl()) === undefined)('on PostgreSQL', () => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await createDatabase()
  })
  afterAll(() => database.drop())
  const open = () => openPostgres({ url: database.url, clock: systemClock() })

  test('killed between a change and its mail, a server loses none', async () => {
    await killBetweenChangeAndMail({ DATABASE_URL: database.url }, open)
  }, 240_000)

  test('two servers send each mail once', async () => {
    const offset = 120 * (kills + 1)
    const servers = await Promise.all(
      ['two_a', 'two_b'].map((round) => start({ DATABASE_URL: database.url }, round, offset)),
    )
    for (const { opened, lines } of servers) while (opened.length < 30) await once(lines, 'line')
    for (const server of servers) await end(server, 'ask')
    const last = await start({ DATABASE_URL: database.url }, undefined, offset)
    const storage = await open()
    await allSent(storage)
    const mails = await mailsOf(storage, 'two')
    for (const round of ['two_a', 'two_b']) {
      expect([...mails.keys()].filter((name) => name.startsWith(round)).length).toBeGreaterThan(1)
    }
    expect([...mails].filter(([, count]) => count !== 1)).toEqual([])
    await storage.close()
    await end(last, 'ask')
  })
})

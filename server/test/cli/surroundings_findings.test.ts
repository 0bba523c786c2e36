/** What `doctor` says of what the server needs around it: database, disk and the servers that it calls. */
import { mkdtempSync, rmSync, truncateSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { judgePostgres } from '../../src/cli/findings/database.ts'
import { lookAtDisk } from '../../src/cli/findings/disk.ts'
import type { Finding } from '../../src/cli/findings/providers.ts'
import { systemClock } from '../../src/lib/clock.ts'
import { openSqlite } from '../../src/storage/sqlite.ts'
import { openCollector } from '../support/collector.ts'
import { createDatabase, execute, postgresUrl } from '../support/postgres.ts'
import { startWebhookReceiver } from '../support/webhook_receiver.ts'
import { runCommand } from './output.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'consentry-test-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

async function doctor(check: string, env: Record<string, string> = {}): Promise<readonly Finding[]> {
  const all = { CONSENTRY_DATA: folder, CONSENTRY_SECRET: 'a root secret of the tests, long enough', PORT: '1', ...env }
  const { stdout } = await runCommand(['doctor', '--json'], all)
  const { findings } = JSON.parse(stdout) as { findings: readonly Finding[] }
  return findings.filter((finding) => finding.check === check)
}

const open = () => openSqlite({ path: join(folder, 'consentry.db'), clock: systemClock() })
const repair = expect.any(String)

test('a disk with less than 1 GB or 5 % free is warned of, and one with both is not', async () => {
  expect(await doctor('disk')).toMatchObject([{ text: expect.stringContaining(`GB are free where ${folder} is`) }])
  const of = (free: number, all: number) =>
    lookAtDisk(join(folder, 'not', 'yet'), async () => ({ bsize: 1e6, bavail: free, blocks: all }))
  expect(await of(1000, 20_000)).toMatchObject({ check: 'disk', state: 'ok' })
  expect(await of(999, 2000)).toMatchObject({ state: 'warning', repair })
  expect(await of(20_000, 500_000)).toMatchObject({ state: 'warning', text: expect.stringContaining('(4 %)') })
})

test('a write-ahead log that grows beyond measure is warned of', async () => {
  const storage = await open()
  try {
    expect(await doctor('database log')).toMatchObject([{ state: 'ok' }])
    // What no commit has written is no part of it.
    truncateSync(join(folder, 'consentry.db-wal'), 300_000_000)
    expect(await doctor('database log')).toMatchObject([
      { state: 'warning', text: expect.stringContaining('300 MB'), repair },
    ])
  } finally {
    await storage.close()
  }
})

describe.skipIf((await postgresUrl()) === undefined)('on PostgreSQL', () => {
  test('doctor tells version, durability, speed and the connections that are left', async () => {
    const database = await createDatabase()
    const env = { DATABASE_URL: database.url }
    const name = new URL(database.url).pathname.slice(1)
    try {
      expect((await runCommand(['migrate'], { ...env, CONSENTRY_DATA: folder })).code).toBe(0)
      expect(await doctor('database version', env)).toMatchObject([{ state: 'ok' }])
      expect(await doctor('database speed', env)).toMatchObject([{ text: expect.stringMatching(/ ms, .* ms$/) }])
      await execute(database.url, `alter database ${name} connection limit 20`)
      expect(await doctor('database connections', env)).toMatchObject([{ state: 'warning', repair }])
      await execute(database.url, `alter database ${name} set synchronous_commit = off`)
      const lost = [{ state: 'problem', text: expect.stringContaining('synchronous_commit=off'), repair }]
      expect(await doctor('database durability', env)).toMatchObject(lost)
      await execute(database.url, `alter database ${name} reset synchronous_commit`)
      expect(await doctor('database durability', env)).toMatchObject([{ state: 'ok' }])
    } finally {
      await database.drop()
    }
  })
})

test('an old, slow or crowded PostgreSQL is told with what to do', () => {
  const sound = { version: '17.2', major: 17, switchedOff: [], read: 0.3, commit: 4, connectionsLeft: 80 }
  const told = (change: Partial<typeof sound>) =>
    judgePostgres({ ...sound, ...change })
      .filter(({ state }) => state !== 'ok')
      .map(({ check, state }) => `${check}: ${state}`)
  expect(told({})).toEqual([])
  expect(told({ version: '14.9', major: 14 })).toEqual(['database version: problem'])
  expect(told({ read: 45 })).toEqual(['database speed: warning'])
  expect(told({ commit: 250 })).toEqual(['database speed: warning'])
  expect(told({ connectionsLeft: 3 })).toEqual(['database connections: warning'])
})

async function addWebhook(id: string, uri: string): Promise<void> {
  const storage = await open()
  const state = { createdAt: 0, failingSince: null, offAt: null, offReason: null }
  await storage.webhooks.insert({ id, clientId: null, uri, events: [], secrets: [], ...state })
  await storage.close()
}

test('receivers of webhooks are asked whether they answer, and get no message', async () => {
  const receiver = await startWebhookReceiver()
  await addWebhook('whk_a', `${receiver.origin}/hook`)
  const env = { CONSENTRY_OUTBOUND_ALLOW: receiver.origin }
  expect(await doctor('webhooks', env)).toMatchObject([{ state: 'ok', text: '1 receiver answers' }])
  expect(receiver.received.map(({ body }) => body)).toEqual([''])
  // On a network of one's own, and not allowed.
  expect(await doctor('webhooks')).toMatchObject([{ state: 'warning', repair }])
  receiver.close()
  expect(await doctor('webhooks', env)).toMatchObject([
    { state: 'warning', text: expect.stringContaining(receiver.origin) },
  ])
})

test('the breach service is asked whether it answers', async () => {
  await (await open()).close()
  expect(await doctor('breach service')).toEqual([])
  const service = await startWebhookReceiver()
  service.status = 200
  const env = { CONSENTRY_BREACH_CHECK: `${service.origin}/range/`, CONSENTRY_OUTBOUND_ALLOW: service.origin }
  expect(await doctor('breach service', env)).toMatchObject([{ state: 'ok' }])
  service.status = 503
  expect(await doctor('breach service', env)).toMatchObject([
    { state: 'warning', text: expect.stringContaining('503'), repair },
  ])
  service.close()
  expect(await doctor('breach service', env)).toMatchObject([{ state: 'warning', repair }])
})

test('nothing is asked while calls are paused after a restore', async () => {
  const receiver = await startWebhookReceiver()
  await addWebhook('whk_a', `${receiver.origin}/hook`)
  const env = { CONSENTRY_OUTBOUND_ALLOW: receiver.origin }
  const storage = await open()
  const restored = { backupAt: 1, restoredAt: 2, clone: true, reappliedUntil: null, unacknowledged: false }
  await storage.recovery.note({ ...restored, paused: true })
  await storage.close()
  expect(await doctor('webhooks', env)).toEqual([])
  const former = {
    CONSENTRY_LEGACY_LOGIN_URL: `${receiver.origin}/login`,
    CONSENTRY_LEGACY_LOGIN_SECRET: `whsec_${Buffer.alloc(32, 1).toString('base64')}`,
  }
  expect(await doctor('legacy login', { ...env, ...former })).toEqual([])
  expect(receiver.received).toEqual([])
  receiver.close()
})

test('the collector of spans is asked whether it takes any, and is sent none', async () => {
  await (await open()).close()
  expect(await doctor('collector')).toEqual([])
  const collector = await openCollector()
  const env = { CONSENTRY_OTLP_ENDPOINT: collector.origin, CONSENTRY_OTLP_HEADERS: 'x-key=of%20ours' }
  expect(await doctor('collector', env)).toMatchObject([{ state: 'ok' }])
  expect(collector.requests).toMatchObject([{ path: 'POST /v1/traces', headers: { 'x-key': 'of ours' } }])
  expect(collector.texts).toEqual(['{"resourceSpans":[]}'])
  collector.answers.push({ status: 401 })
  expect(await doctor('collector', env)).toMatchObject([
    { state: 'warning', text: expect.stringContaining('401'), repair },
  ])
  await collector.close()
  expect(await doctor('collector', env)).toMatchObject([
    { state: 'warning', text: expect.stringContaining('did not answer'), repair },
  ])
})

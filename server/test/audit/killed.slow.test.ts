/** The audit log of servers that are killed while events flow, seals are made and old days are dropped. */

import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { loadDatabase } from '../../src/storage/sqlite/database.ts'
import { runCommand } from '../cli/output.ts'
import {
  endServer,
  type KilledDatabase,
  killedDatabases,
  killServers,
  startServer,
  storedEvents,
} from '../support/killed_servers.ts'
import { execute } from '../support/postgres.ts'
import { rounds } from '../support/rounds.ts'

const kills = rounds(20)
const dayLong = 86_400
/** Days that events are kept: the first ones go while servers are killed. */
const kept = 3

interface Verdict {
  readonly intact: boolean
  readonly problems: readonly { readonly kind: string; readonly text: string }[]
  readonly chains: number
  readonly seals: number
  readonly dropped_by_retention: number
}

async function verify(database: KilledDatabase): Promise<Verdict> {
  const { stdout } = await runCommand(['audit', 'verify', '--json'], { ...database.env })
  return JSON.parse(stdout) as Verdict
}

async function run(database: KilledDatabase, sql: string): Promise<void> {
  const { DATABASE_URL: url } = database.env
  if (url !== undefined) return execute(url, sql)
  const Database = await loadDatabase()
  const opened = new Database(join(database.data, 'consentry.db'))
  opened.exec(sql)
  opened.close()
}

describe.each(await killedDatabases())('the audit log on %s', (_name, create) => {
  test('is whole and has whatever was acknowledged, however often servers are killed', async () => {
    const database = await create()
    const more = { CONSENTRY_AUDIT_RETENTION: String(kept) }
    const acknowledged = await killServers(database, { times: kills, step: dayLong, more })
    expect(acknowledged.length).toBeGreaterThan(kills)
    const last = await startServer(database, { round: 'last', offset: dayLong * kills, more })
    await expect.poll(() => last.wrote.length, { timeout: 60_000 }).toBeGreaterThan(20)
    // One that ends by itself has sealed the day before, which is looked at every hour.
    await endServer(last, 'ask')
    const after = await verify(database)
    expect(after.problems).toEqual([])
    expect(after).toMatchObject({ intact: true })
    expect(after.chains).toBeGreaterThanOrEqual(kills * database.nodes)
    expect(after.dropped_by_retention).toBeGreaterThan(0)
    expect(after.seals).toBeGreaterThan(0)

    const storage = await database.open()
    const stored = await storedEvents(storage)
    const recent = [...acknowledged, ...last.wrote].filter((name) => !isOld(name))
    expect(stored).toEqual(expect.arrayContaining(recent))
    expect(stored.filter((name) => name.includes('undone'))).toEqual([])
    await storage.close()

    // Who takes away the end of what the last seal has seen is found, with whatever says where the chain ended.
    await run(database, 'delete from audit_log where seq = (select max(seq) from audit_log)')
    expect((await verify(database)).problems.map(({ kind }) => kind)).toEqual(['cut_off'])
    await database.close()
  }, 300_000)

  /** Whether retention may have taken an event of this round. */
  function isOld(name: string): boolean {
    const round = /^r(\d+)/.exec(name)?.[1]
    return round !== undefined && Number(round) <= kills - kept
  }
})

/** Storage shared by processes, and storage whose process dies. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, test } from 'vitest'
import { systemClock } from '../../src/lib/clock.ts'
import { openPostgres } from '../../src/storage/postgres.ts'
import { openSqlite } from '../../src/storage/sqlite.ts'
import { createDatabase, postgresUrl, type TestDatabase } from '../support/postgres.ts'
import { rounds } from '../support/rounds.ts'
import { type Address, killUnderLoad, raceTwoProcesses } from './processes.ts'

const clock = systemClock()
const kills = rounds(20)

describe('processes on one SQLite file', () => {
  let folder: string
  let where: Address
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'consentry-processes-'))
    const address = join(folder, 'consentry.db')
    where = { driver: 'sqlite', address, open: () => openSqlite({ path: address, clock }) }
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  test('of two processes exactly one wins each step, claim, handle and identity', () => raceTwoProcesses(where))
  test(
    'what was acknowledged survives kill -9, and nothing is honoured twice',
    () => killUnderLoad(where, kills),
    240_000,
  )
})

describe.skipIf((await postgresUrl()) === undefined)('processes on one PostgreSQL', () => {
  let database: TestDatabase
  let where: Address
  beforeAll(async () => {
    database = await createDatabase()
    where = {
      driver: 'postgres',
      address: database.url,
      open: () => openPostgres({ url: database.url, clock }),
    }
  })
  afterAll(() => database.drop())

  test('of two processes exactly one wins each step, claim, handle and identity', () => raceTwoProcesses(where))
  test(
    'what was acknowledged survives kill -9, and nothing is honoured twice',
    () => killUnderLoad(where, kills),
    240_000,
  )
})

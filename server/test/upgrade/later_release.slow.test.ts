/** A database that a later release has opened: this one leaves it alone, and says why. */
import { join } from 'node:path'
import pg from 'pg'
import { afterEach, describe, expect, test } from 'vitest'
import { openPostgres } from '../../src/storage/postgres.ts'
import { databaseOpener } from '../../src/storage/sqlite/database.ts'
import { openSqlite } from '../../src/storage/sqlite.ts'
import { type CommandLine, commandLine } from '../support/command.ts'
import { createDatabase, postgresUrl } from '../support/postgres.ts'

const tomorrow = `insert into kysely_migration (name, timestamp) values ('9999_of_tomorrow', '2030-01-01T00:00:00.000Z')`
const breaking = "update opened_by set oldest_release = '99.0.0'"
const sentence =
  'The database is of a later release than this one (9999_of_tomorrow). Start that release, or a later one.'

const withPostgres = (await postgresUrl()) !== undefined

describe('a database of a later release', () => {
  let at: CommandLine | undefined
  afterEach(() => at?.close())

  test('is opened by no command, each of which says so in one line, and doctor finds it', async () => {
    at = commandLine()
    const made = await at.run(['user', 'create', 'alice', '--password-stdin'], { input: 'correct horse battery' })
    expect(made.code, made.stderr).toBe(0)
    const database = await (await databaseOpener(join(at.folder, 'data', 'consentry.db')))(2000)
    database.exec(`${tomorrow}; ${breaking}`)
    for (const [argv, code] of [
      [['serve'], 1],
      [['migrate'], 4],
      [['user', 'list'], 4],
    ] as const) {
      const ran = await at.run(argv)
      expect([ran.code, ran.stdout], argv.join(' ')).toEqual([code, ''])
      expect(ran.stderr.trim().split('\n')).toEqual([expect.stringContaining(sentence)])
    }
    const found = JSON.parse((await at.run(['doctor', '--json'])).stdout).findings
    expect(found).toContainEqual({ check: 'database', state: 'problem', text: expect.stringContaining(sentence) })
    expect(database.prepare('select count(*) as count from users').get()).toEqual({ count: 1 })
    database.close()
  })

  test('is opened as it is where it says that this release may, and not by one before the oldest that may', async () => {
    at = commandLine()
    const made = await at.run(['user', 'create', 'alice', '--password-stdin'], { input: 'correct horse battery' })
    expect(made.code, made.stderr).toBe(0)
    const path = join(at.folder, 'data', 'consentry.db')
    const database = await (await databaseOpener(path))(2000)
    database.exec(tomorrow)
    const listed = await at.run(['user', 'list', '--json'])
    expect([listed.code, JSON.parse(listed.stdout).users]).toEqual([
      0,
      [expect.objectContaining({ username: 'alice' })],
    ])
    expect((await at.run(['migrate'])).code).toBe(0)
    const findings = JSON.parse((await at.run(['doctor', '--json'])).stdout).findings
    expect(findings).toContainEqual(expect.objectContaining({ check: 'database', state: 'ok' }))
    database.close()
    const clock = { now: () => Date.now() }
    for (const migrate of [true, false]) {
      for (const release of ['0.1.9', '0.2.0-rc.1', undefined]) {
        await expect(
          openSqlite({ path, clock, migrate, ...(release === undefined ? {} : { release }) }),
        ).rejects.toThrow('The database is of a later release than this one')
      }
      for (const release of ['0.2.0', '0.10.0', '1.0.0']) {
        await (await openSqlite({ path, clock, migrate, release })).close()
      }
    }
  })

  test.runIf(withPostgres)('is refused on PostgreSQL, whoever may change it', async () => {
    const { url, drop } = await createDatabase()
    const clock = { now: () => Date.now() }
    await (await openPostgres({ url, clock })).close()
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    await client.query(`${tomorrow}; ${breaking}`)
    await client.end()
    for (const migrate of [true, false]) {
      for (const release of ['0.2.0', '98.0.0']) {
        await expect(openPostgres({ url, clock, migrate, release })).rejects.toThrow(sentence)
      }
      await (await openPostgres({ url, clock, migrate, release: '99.0.0' })).close()
    }
    await drop()
  })
})

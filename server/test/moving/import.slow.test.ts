/** Ten thousand people of a realm, brought by a process that is killed again and again: nobody twice, and nobody lost. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { beforeAll, expect, test } from 'vitest'
import { openPostgres } from '../../src/storage/postgres.ts'
import { openSqlite } from '../../src/storage/sqlite.ts'
import { buildCommand, commandLine } from '../support/command.ts'
import { movableClock } from '../support/harness.ts'
import { createDatabase, postgresUrl } from '../support/postgres.ts'
import { rounds } from '../support/rounds.ts'
import { fileOf, keycloakPassword, keycloakUser, realm } from './files.ts'

beforeAll(buildCommand)

const people = rounds(10_000)
const credentials = [keycloakPassword()]
const file = fileOf(realm(Array.from({ length: people }, (_, n) => keycloakUser(`person${n}`, { credentials }))))
const bin = fileURLToPath(new URL('../../bin/consentry.js', import.meta.url))
const drivers = ['SQLite', ...((await postgresUrl()) === undefined ? [] : ['PostgreSQL'])]

test.each(drivers)('an import into %s that is killed in the middle is finished by the next one', async (driver) => {
  const cli = commandLine()
  const database = driver === 'SQLite' ? undefined : await createDatabase()
  const data = `${cli.folder}/data`
  const env = { CONSENTRY_DATA: data, ...(database === undefined ? {} : { DATABASE_URL: database.url }) }
  const argv = ['import', '--from', 'keycloak', file]
  try {
    expect((await cli.run(['migrate'], { env })).code).toBe(0)
    for (let killed = 0; killed < 3; killed++) {
      const child = spawn(process.execPath, [bin, ...argv], {
        env: { ...process.env, ...env },
        stdio: ['ignore', 'ignore', 'pipe'],
      })
      const ended = once(child, 'close')
      // It says how far it has come; it dies behind its first batches.
      await Promise.race([once(child.stderr, 'data').then(() => once(child.stderr, 'data')), ended])
      child.kill('SIGKILL')
      await ended
    }
    const ran = await cli.run([...argv, '--json'], { env })
    expect(ran.code, ran.stderr).toBe(0)
    const { users } = JSON.parse(ran.stdout) as { users: Record<string, number> }
    expect((users.imported ?? 0) + (users.already_there ?? 0)).toBe(people)
    expect(users).toMatchObject({ changed_here: 0, skipped: 0 })
    const clock = movableClock()
    const storage =
      database === undefined
        ? await openSqlite({ path: `${data}/consentry.db`, clock })
        : await openPostgres({ url: database.url, clock })
    const found = await storage.accounts.list(people + 10)
    await storage.close()
    expect(new Set(found.map(({ username }) => username)).size).toBe(people)
    expect(found).toHaveLength(people)
  } finally {
    await cli.close()
    await database?.drop()
  }
})

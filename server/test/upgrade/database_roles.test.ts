/** PostgreSQL with two roles, by deploy/postgres/roles.sql: one owns the tables, the other serves and can change none. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { day } from '../../src/lib/clock.ts'
import { openPostgres } from '../../src/storage/postgres.ts'
import { runCommand } from '../cli/output.ts'
import { authorize, authorizeUrl, exchangeCode, refresh, token } from '../support/browser.ts'
import { addAccount, addClient, doJobs, harness, rootSecret } from '../support/harness.ts'
import { createDatabase, execute, postgresUrl, type TestDatabase } from '../support/postgres.ts'

const sentence =
  'The database is not of this release yet, and this role cannot change its tables. Run `consentry migrate` with the role that owns them.'
const script = readFileSync(new URL('../../../deploy/postgres/roles.sql', import.meta.url), 'utf8')
const withPostgres = (await postgresUrl()) !== undefined

describe.runIf(withPostgres)('with a role of its own for migrations', () => {
  let database: TestDatabase
  let folder: string
  /** Roles belong to the whole server of the test run, so these have names of their own. */
  const suffix = Math.random().toString(36).slice(2, 10)
  const [serving, migrating] = [`serve_${suffix}`, `migrate_${suffix}`]
  const roles = script.replaceAll(/\bconsentry_migrate\b/g, migrating).replaceAll(/\bconsentry\b/g, serving)
  const as = (role: string) => Object.assign(new URL(database.url), { username: role }).href

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'consentry-roles-'))
    database = await createDatabase()
    await execute(database.url, roles)
  })
  afterAll(async () => {
    await execute(database.url, `drop owned by ${serving}, ${migrating} cascade`)
    await database.drop()
    const server = await postgresUrl()
    if (server !== undefined) await execute(server, `drop role ${serving}; drop role ${migrating}`)
    rmSync(folder, { recursive: true, force: true })
  })

  test('the role of the servers is told who has to migrate, and changes nothing', async () => {
    for (const command of ['migrate', 'serve']) {
      const ran = await runCommand([command], {
        DATABASE_URL: as(serving),
        CONSENTRY_DATA: join(folder, command),
      })
      expect([ran.code === 0, ran.stdout, ran.stderr.trim().split('\n')], command).toEqual([
        false,
        '',
        [expect.stringContaining(sentence)],
      ])
    }
    await expect(execute(database.url, 'select from kysely_migration')).rejects.toThrow('does not exist')
  })

  test('migrate takes the address from a file and no root secret, and the servers work without any right to change tables', async () => {
    const DATABASE_URL_FILE = join(folder, 'migrate_database_url')
    writeFileSync(DATABASE_URL_FILE, `${as(migrating)}\n`)
    const data = join(folder, 'unused')
    const ran = await runCommand(['migrate'], { DATABASE_URL_FILE, CONSENTRY_DATA: data })
    expect(ran).toMatchObject({ code: 0, stderr: '' })
    await execute(database.url, roles)

    const h = await harness({ open: (clock) => openPostgres({ url: as(serving), clock }) })
    try {
      await addAccount(h)
      const app = await addClient(h)
      const { code } = await authorize(h.app, authorizeUrl(app))
      const first = await exchangeCode(h.app, app, code)
      expect(first.status).toBe(200)
      expect((await refresh(h.app, app, String(first.body.refresh_token))).status).toBe(200)
      expect((await token(h.app, app, { grant_type: 'client_credentials' })).status).toBe(200)
      await doJobs(h)
      await h.storage.sweep({ rows: day, audit: day })
    } finally {
      await h.close()
    }
    const backup = await runCommand(['backup', join(folder, 'a.backup')], {
      DATABASE_URL: as(serving),
      CONSENTRY_DATA: folder,
    })
    expect(backup).toMatchObject({ code: 0 })
    const again = (url: string) => {
      const at = { DATABASE_URL: url, CONSENTRY_DATA: join(folder, 'none'), CONSENTRY_SECRET: rootSecret }
      return runCommand(['restore', join(folder, 'a.backup')], at)
    }
    expect((await again(as(migrating))).stderr).toMatch(
      /^consentry: The database \w+ has \d+ tables already \(\w+, \w+, \w+, …\)\. A restore overwrites nothing[^\n]*\n$/,
    )
    const empty = await createDatabase()
    try {
      await execute(empty.url, roles)
      const { code, stderr } = await again(Object.assign(new URL(empty.url), { username: serving }).href)
      expect([code, stderr.trim().split('\n').at(-1)]).toEqual([
        1,
        expect.stringMatching(/permission denied [^\n.]*\. Restore with the role that owns the tables .*[^.]\.$/),
      ])
      expect((await again(Object.assign(new URL(empty.url), { username: migrating }).href)).code).toBe(0)
    } finally {
      await execute(empty.url, `drop owned by ${serving}, ${migrating} cascade`)
      await empty.drop()
      // That took their rights on every database.
      await execute(database.url, roles)
    }
    for (const statement of [
      'alter table users add column x integer',
      'drop table users',
      'create table x (y integer)',
      'create temporary table x (y integer)',
      'create index x on users (username)',
      'truncate users',
    ]) {
      await expect(execute(as(serving), statement), statement).rejects.toThrow(/permission denied|must be owner/)
    }
  })

  test('a role that may not read everything is told by a backup what to run again', async () => {
    await execute(database.url, `revoke select on all sequences in schema public from ${serving}`)
    const file = join(folder, 'b.backup')
    const backup = () => runCommand(['backup', file], { DATABASE_URL: as(serving), CONSENTRY_DATA: folder })
    const { code, stderr } = await backup()
    expect([code, stderr.trim().split('\n').at(-1)]).toEqual([
      1,
      expect.stringMatching(/permission denied for sequence \w+\. Run deploy\/postgres\/roles\.sql once more/),
    ])
    expect(existsSync(file)).toBe(false)
    await execute(database.url, roles)
    expect((await backup()).code).toBe(0)
  })

  test('a release whose migrations have not run does not start, whoever starts it', async () => {
    await execute(database.url, 'delete from kysely_migration where name = (select max(name) from kysely_migration)')
    const clock = { now: () => Date.now() }
    await expect(openPostgres({ url: as(serving), clock })).rejects.toThrow(sentence)
    const doctor = await runCommand(['doctor', '--json'], {
      DATABASE_URL: as(serving),
      CONSENTRY_DATA: join(folder, 'none'),
    })
    expect(JSON.parse(doctor.stdout).findings).toContainEqual(
      expect.objectContaining({
        check: 'database',
        state: 'warning',
        text: expect.stringContaining('older than this'),
      }),
    )
  })

  test('a database that one role has made so far goes over to both', async () => {
    const old = await createDatabase()
    try {
      const alone = Object.assign(new URL(old.url), { username: serving }).href
      await execute(old.url, `alter schema public owner to ${serving}`)
      expect((await runCommand(['migrate'], { DATABASE_URL: alone, CONSENTRY_DATA: folder })).code).toBe(0)
      await execute(old.url, roles)
      await expect(execute(alone, 'drop table users')).rejects.toThrow('must be owner')
      const clock = { now: () => Date.now() }
      await (await openPostgres({ url: alone, clock })).close()
    } finally {
      await execute(old.url, `drop owned by ${serving}, ${migrating} cascade`)
      await old.drop()
    }
  })
})

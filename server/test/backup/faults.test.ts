/** Backups that go wrong leave nothing behind, and `check` finds what is wrong with a database. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { fillPostgres } from '../../src/storage/backup/postgres.ts'
import { loadDatabase } from '../../src/storage/sqlite/database.ts'
import { runCommand } from '../cli/output.ts'
import { buildCommand } from '../support/command.ts'
import { addAccount, rootSecret } from '../support/harness.ts'
import { postgresUrl } from '../support/postgres.ts'
import { kinds, type Place, sqlite } from './place.ts'

const all = await kinds()

const bin = fileURLToPath(new URL('../../bin/consentry.js', import.meta.url))
let place: Place
let file: string

beforeAll(async () => {
  await buildCommand()
  place = await sqlite.full()
  const h = await place.serve()
  await addAccount(h)
  await h.close()
  file = join(place.data, '..', 'night.backup')
  expect((await place.run('backup', file)).code).toBe(0)
}, 120_000)
afterAll(() => place?.close())

/** The command under a limit of the size of files, as on a disk that is full. */
async function withLittleSpace(kilobytes: number, argv: readonly string[], data: string) {
  const child = spawn('bash', ['-c', `ulimit -f ${kilobytes}; exec "$0" "$@"`, process.execPath, bin, ...argv], {
    env: { PATH: process.env.PATH, CONSENTRY_DATA: data, CONSENTRY_SECRET: rootSecret },
  })
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, stderr }
}

describe('a full disk', () => {
  test('leaves no backup, not even half of one', async () => {
    const folder = join(place.data, '..', 'full')
    mkdirSync(folder)
    const { code, stderr } = await withLittleSpace(200, ['backup', join(folder, 'one')], place.data)
    expect([code, stderr]).toEqual([1, expect.stringContaining('could not be written')])
    expect(readdirSync(folder)).toEqual([])
  })

  test('leaves the place of a restore empty', async () => {
    const data = join(place.data, '..', 'little')
    const { code, stderr } = await withLittleSpace(200, ['restore', file], data)
    expect([code, stderr]).toEqual([1, expect.stringContaining('could not be written')])
    expect(readdirSync(data)).toEqual([])
  })
})

describe.skipIf((await postgresUrl()) === undefined)('a restore into PostgreSQL that was killed', () => {
  const kind = all.find(({ name }) => name === 'PostgreSQL') ?? sqlite

  test('leaves nothing that keeps the next one away, which waits for none that still runs', async () => {
    const there = await kind.empty()
    const url = there.url ?? ''
    const target = await fillPostgres(url)
    const meanwhile = await there.run('restore', file)
    expect([meanwhile.code, meanwhile.stderr]).toEqual([1, expect.stringContaining('Another restore')])
    // As for a process that is killed: nothing of ours is asked.
    await there.execute(
      'select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and datname = current_database()',
    )
    await target.close().catch(() => undefined)
    const again = await there.run('restore', file)
    expect(again).toMatchObject({ code: 0, stderr: expect.not.stringContaining('already') })
    const h = await there.serve()
    expect((await h.storage.accounts.findByLogin('alice'))?.username).toBe('alice')
    await h.close()
    expect((await there.run('check')).code).toBe(0)
    await there.close()
  })

  test('takes nothing away from a server that was started on it since', async () => {
    const there = await kind.empty()
    const h = await there.serve()
    await addAccount(h)
    await h.close()
    await there.execute('create table restore_unfinished ()')
    const { code, stderr } = await there.run('restore', file)
    expect([code, stderr]).toEqual([1, expect.stringContaining('tables already')])
    const after = await there.serve()
    expect((await after.storage.accounts.findByLogin('alice'))?.username).toBe('alice')
    await after.close()
    await there.close()
  })
})

describe.each(all)('a restore over $name', (kind) => {
  test.each<[string, (path: string) => void]>([
    ['cut off', (path) => truncateSync(path, 100_000)],
    ['another file', (path) => writeFileSync(path, 'a letter home')],
    ['empty', (path) => writeFileSync(path, '')],
    [
      'changed in the middle',
      (path) => {
        const bytes = readFileSync(path)
        bytes.fill(0x5a, Math.floor(bytes.length / 2), Math.floor(bytes.length / 2) + 8192)
        writeFileSync(path, bytes)
      },
    ],
  ])('refuses a file that is %s, and the place stays empty', async (what, spoil) => {
    const spoilt = join(place.data, '..', `${what.replaceAll(' ', '_')}.${kind.name}`)
    copyFileSync(file, spoilt)
    spoil(spoilt)
    const there = await kind.empty()
    const { code, stderr } = await there.run('restore', spoilt)
    expect([code, stderr]).toEqual([1, expect.stringContaining('is no backup: ')])
    expect((await there.run('restore', file)).code).toBe(0)
    await there.close()
  })

  test('refuses a missing or another root secret, and the place stays empty', async () => {
    const there = await kind.empty()
    const argv = ['restore', file, '--data', there.data]
    const missing = await runCommand(argv, {})
    expect([missing.code, missing.stderr]).toEqual([3, expect.stringContaining('The root secret')])
    const other = await runCommand(argv, { CONSENTRY_SECRET: 'another root secret that is long enough for anybody' })
    expect([other.code, other.stderr]).toEqual([3, expect.stringContaining('is not the one that this database')])
    expect(existsSync(there.data) ? readdirSync(there.data) : []).toEqual([])
    await there.close()
  })
})

test('check names what is wrong, row by row, value by value and seal by seal', async () => {
  const there = await sqlite.empty()
  expect((await there.run('restore', file)).code).toBe(0)
  expect(await there.run('check')).toMatchObject({ code: 0, stdout: expect.stringContaining('is as it should be.') })
  const Database = await loadDatabase()
  const database = new Database(join(there.data, 'consentry.db'))
  database.exec(`pragma foreign_keys = off;
    update users set second_factor = 1;
    insert into consents values ('usr_gone', 'meadow', '[]', 7, 0, 0, 0, null);
    insert into measurement_counts values (1, 5);
    insert into plan_holders values ('client:gone', 'free'), ('key:gone', 'free');
    update signing_keys set sealed_private = x'00' where alg = 'ES256'`)
  database.close()
  const { code, stdout, stderr } = await there.run('check')
  expect(code).toBe(1)
  expect(stdout.trim().split('\n').sort()).toEqual([
    'problem  accounts: There are consents of accounts that do not exist (1).',
    'problem  measurements: There are accounts with another number of measurements than was counted (1).',
    'problem  plans: There are plans of apps and subscription keys that do not exist (2).',
    'problem  seals: There are signing keys that the known root secrets do not open (2).',
    'problem  second factors: There are accounts that ask for a second factor and have none (1).',
    'problem  values: There are rows of consents with an unknown value in enabled (1).',
  ])
  expect(stderr).toContain('6 faults found')
  const other = await runCommand(['check', '--json', '--data', there.data], {
    CONSENTRY_SECRET: 'another root secret that is long enough for anybody',
  })
  expect(other.code).toBe(1)
  expect(other.stdout).toContain('Nothing sealed opens with it.')
  await there.close()
})

/** SQLite when the file is locked, full, foreign or private. */
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { DatabaseSync } from '@photostructure/sqlite'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { systemClock } from '../../src/lib/clock.ts'
import { StorageUnavailable } from '../../src/storage/contract.ts'
import { openSqlite } from '../../src/storage/sqlite.ts'
import { programOf } from '../support/command.ts'
import { costOf } from '../support/cost.ts'
import { addAccount, liveGrant, makeGrant, makeSwap } from './fixtures.ts'

describe('a SQLite file', () => {
  const clock = systemClock()
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'consentry-faults-'))
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  test('can be read by its owner only, and so can what lies beside it', async () => {
    const path = join(folder, 'new', 'private.db')
    const storage = await openSqlite({ path, clock })
    await liveGrant(storage)
    for (const suffix of ['', '-wal', '-shm']) expect((await stat(path + suffix)).mode & 0o777).toBe(0o600)
    expect((await stat(join(folder, 'new'))).mode & 0o777).toBe(0o700)
    await storage.close()
  })

  test('keeps everything when it is closed and opened again', async () => {
    const path = join(folder, 'again.db')
    const first = await openSqlite({ path, clock })
    const grant = await liveGrant(first, { usedAt: 0 })
    first.grants.markUsed(grant.id, 86_400_000, 1)
    await first.close()
    const second = await openSqlite({ path, clock })
    expect(second.installation).toEqual(first.installation)
    expect((await second.grants.find(grant.id))?.grant).toEqual({ ...grant, usedAt: 86_400_000, usedStep: 1 })
    await second.close()
  })

  test('that somebody else locks for a moment is waited for', async () => {
    const path = join(folder, 'busy.db')
    const storage = await openSqlite({ path, clock })
    const grant = await liveGrant(storage)
    const other = new DatabaseSync(path)
    other.exec('begin immediate')
    const [told, account] = [storage.grants.advance(makeSwap(grant, 1)), addAccount(storage, 'Waits')]
    expect((await storage.grants.find(grant.id))?.grant.step).toBe(1)
    setTimeout(() => other.exec('commit'), 300)
    expect((await told).outcome).toBe('advanced')
    expect(await account).toMatchObject({ username: 'Waits' })
    other.close()
    await storage.close()
  })

  test.concurrent('that stays locked is unavailable; nothing is half done, and later it works', async () => {
    const path = join(folder, 'locked.db')
    const storage = await openSqlite({ path, clock })
    const grant = await liveGrant(storage)
    const other = new DatabaseSync(path)
    other.exec('begin immediate')
    const told = await Promise.allSettled([
      storage.grants.advance(makeSwap(grant, 1)),
      storage.claims.claimOnce('ticket', grant.key, clock.now()),
      addAccount(storage, 'Locked'),
    ])
    for (const one of told) expect(one).toMatchObject({ status: 'rejected', reason: expect.any(StorageUnavailable) })
    expect((await storage.grants.find(grant.id))?.grant).toEqual(grant)
    other.exec('rollback')
    other.close()
    expect((await storage.grants.advance(makeSwap(grant, 1))).outcome).toBe('advanced')
    expect(await storage.claims.claimOnce('ticket', grant.key, clock.now())).toBe('first')
    await storage.close()
  })

  test.concurrent('that stays locked is read meanwhile, on the connections that others wait to write on, and nothing stands still', async () => {
    const path = join(folder, 'read.db')
    const storage = await openSqlite({ path, clock })
    await addAccount(storage, 'Reads')
    const other = new DatabaseSync(path)
    other.exec('begin immediate')
    const writes: Promise<unknown>[] = ['A', 'B', 'C'].map((name) => addAccount(storage, name))
    writes.push(storage.grants.insert(makeGrant(clock)))
    let waits = true
    const settled = Promise.allSettled(writes).finally(() => {
      waits = false
    })
    const began = performance.now()
    const { cost } = await costOf(async () => {
      for (let reads = 0; reads < 20; reads++) {
        expect((await storage.accounts.findByLogin('reads'))?.username).toBe('Reads')
        await new Promise((resolve) => setTimeout(resolve, 25))
      }
    })
    expect(waits).toBe(true)
    // Who waits for a lock comes back for it now and then, and does not spin.
    expect(cost).toBeLessThan((performance.now() - began) / 2)
    for (const one of await settled) {
      expect(one).toMatchObject({ status: 'rejected', reason: expect.any(StorageUnavailable) })
    }
    other.exec('rollback')
    other.close()
    await storage.close()
  })

  test('that is none is refused when it is opened', async () => {
    const path = join(folder, 'letter.txt')
    await writeFile(path, 'this is not a database, and longer than the header of one would be\n'.repeat(20))
    await expect(openSqlite({ path, clock })).rejects.toBeInstanceOf(StorageUnavailable)
  })

  // Only Linux lets one lift the limit of another process.
  test.skipIf(process.platform !== 'linux')(
    'that is full is unavailable; what was acknowledged is there, and with room it goes on',
    async () => {
      const program = programOf('fill')
      const path = join(folder, 'full.db')
      const template = JSON.stringify({ ...makeGrant(clock), id: null, key: null })
      // A soft limit on the size of files stands for the full disk: no privilege is needed to set it or to lift it.
      const script = 'ulimit -S -f 4096; exec "$@"'
      const child = spawn('bash', ['-c', script, 'fill', process.execPath, program, 'sqlite', path, template], {
        stdio: ['pipe', 'pipe', 'inherit'],
      })
      const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
      expect((await lines.next()).value).toBe('StorageUnavailable')
      execFileSync('prlimit', ['--pid', String(child.pid), '--fsize=unlimited:'])
      child.stdin.end('go on\n')
      const told = JSON.parse(String((await lines.next()).value)) as { after: unknown; stored: number; found: number }
      expect(told.after).toBeNull()
      expect(told.stored).toBeGreaterThan(500)
      expect(told.found).toBe(told.stored)
      if (child.exitCode === null) await once(child, 'exit')
      expect(child.exitCode).toBe(0)
    },
  )
})

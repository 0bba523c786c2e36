/** What becomes of passkeys when the domain of the server changes. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createServer } from '../../src/app.ts'
import { loadSettings } from '../../src/settings.ts'
import { openSqlite } from '../../src/storage/sqlite.ts'
import { addAccount, movedClock } from '../storage/fixtures.ts'
import { runCommand } from './output.ts'

let folder: string
let env: Record<string, string>
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'consentry-test-'))
  env = {
    CONSENTRY_DATA: join(folder, 'data'),
    CONSENTRY_ISSUER: 'https://id.login.example',
    CONSENTRY_TRUST_PROXY: '1',
    CONSENTRY_LOG_LEVEL: 'silent',
  }
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

async function addPasskeys(...domains: string[]): Promise<void> {
  await runCommand(['migrate'], env)
  const storage = await openSqlite({ path: join(folder, 'data', 'consentry.db'), clock: movedClock() })
  const ann = await addAccount(storage, 'ann')
  if (typeof ann === 'string') throw new Error(ann)
  for (const [i, rpId] of domains.entries()) {
    await storage.passkeys.insert({
      credentialId: `AA${i}`,
      userId: ann.id,
      rpId,
      userHandle: Buffer.alloc(32),
      publicKey: Buffer.alloc(77),
      signCount: 0,
      transports: [],
      name: 'x',
      synced: false,
    })
  }
  await storage.close()
}

async function found(more: Record<string, string> = {}): Promise<readonly { text: string; repair: string }[]> {
  const { stdout } = await runCommand(['doctor', '--json'], { ...env, ...more })
  const { findings } = JSON.parse(stdout)
  return findings.filter(({ check }: { check: string }) => check === 'passkeys')
}

/** What a start says of them. */
async function said(more: Record<string, string> = {}): Promise<readonly Record<string, unknown>[]> {
  const lines: string[] = []
  const log = pino({ level: 'warn' }, { write: (line: string) => void lines.push(line) })
  const server = await createServer(loadSettings({ env: { ...env, ...more } }), log)
  await server.close()
  return lines.map((line) => JSON.parse(line)).filter(({ passkeys }) => passkeys !== undefined)
}

test('a start says how many can no longer be used, and doctor how they come to work again', async () => {
  await addPasskeys('login.example', 'login.example', 'id.login.example', 'old.example')
  expect(await said()).toMatchObject([{ passkeys: 3, domains: ['login.example', 'old.example'] }])
  const [parent, other, ...more] = await found()
  expect(more).toEqual([])
  expect(parent?.text).toBe(
    '2 passkeys were made for login.example and cannot be used: the domain of passkeys is now id.login.example',
  )
  expect(parent?.repair).toContain('Set CONSENTRY_PASSKEY_RP_ID to login.example, or let their holders sign in')
  expect(other?.text).toContain('1 passkey was made for old.example')
  expect(other?.repair).toContain('An issuer below old.example could use them')
})

test('nothing is said where all can be used', async () => {
  await addPasskeys('login.example')
  const suited = { CONSENTRY_PASSKEY_RP_ID: 'login.example' }
  expect(await said(suited)).toEqual([])
  expect(await found(suited)).toEqual([])
})

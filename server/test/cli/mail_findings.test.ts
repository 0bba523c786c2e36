/** What `doctor` says of mail and of jobs that were given up. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Finding } from '../../src/cli/findings/providers.ts'
import { systemClock } from '../../src/lib/clock.ts'
import { openSqlite } from '../../src/storage/sqlite.ts'
import { openMailbox } from '../support/mailbox.ts'
import { runCommand } from './output.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'consentry-test-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

async function doctor(check: string, env: Record<string, string> = {}): Promise<readonly Finding[]> {
  const secret = 'a root secret of the tests, long enough'
  const all = { CONSENTRY_DATA: folder, CONSENTRY_SECRET: secret, PORT: '1', ...env }
  const { stdout } = await runCommand(['doctor', '--json'], all)
  const { findings } = JSON.parse(stdout) as { findings: readonly Finding[] }
  return findings.filter((finding) => finding.check === check)
}

test('doctor warns where no mail is sent, and says where development keeps it', async () => {
  expect(await doctor('mail')).toMatchObject([{ state: 'warning', text: 'this server sends no mail' }])
  expect(await doctor('mail', { CONSENTRY_DEV: '1' })).toMatchObject([
    { state: 'ok', text: 'kept at http://localhost:1/dev/mail' },
  ])
})

test('doctor signs in to the mail server, and names what is wrong without the password', async () => {
  const mailbox = await openMailbox({
    onAuth: ({ password }, _session, done) =>
      password === 'right' ? done(null, { user: 'u' }) : done(new Error('Invalid')),
    allowInsecureAuth: true,
  })
  const of = (userinfo: string) =>
    doctor('mail', { SMTP_URL: `smtp://${userinfo}127.0.0.1:${mailbox.port}`, MAIL_FROM: 'a@mail.example' })
  expect(await of('u:right@')).toMatchObject([{ state: 'ok', text: `127.0.0.1:${mailbox.port} takes mail` }])
  const refused = await of('u:wr0ng-secret@')
  expect(refused).toMatchObject([{ state: 'problem', text: expect.stringContaining('takes no mail: smtp_535') }])
  expect(JSON.stringify(refused)).not.toContain('wr0ng-secret')
  await mailbox.close()
  expect(await of('')).toMatchObject([{ state: 'problem', text: expect.stringContaining('smtp_connection') }])
})

test('doctor names the jobs that were given up by kind, target, attempts and class of error', async () => {
  const storage = await openSqlite({ path: join(folder, 'consentry.db'), clock: systemClock() })
  const job = { kind: 'mail.password_changed', payload: {}, secret: null, dueAt: 0 }
  await storage.jobs.add({ id: 'a', target: 'usr_a', ...job })
  await storage.jobs.add({ id: 'b', target: 'usr_b', ...job })
  for (const held of await storage.jobs.claim([job.kind], 2, 1000)) {
    await storage.jobs.end(held, 'given_up', held.id === 'a' ? 'smtp_timeout' : 'address_refused')
  }
  await storage.close()
  const found = await doctor('jobs')
  expect(found).toHaveLength(1)
  expect(found[0]?.text).toContain('mail.password_changed for usr_a was given up after 1 attempts: smtp_timeout')
})

test('doctor sends a real mail where it is asked to, and says why it could not', async () => {
  const mailbox = await openMailbox({ authOptional: true })
  const send = async (env: Record<string, string>) => {
    const all = {
      CONSENTRY_DATA: folder,
      CONSENTRY_SECRET: 'a root secret of the tests, long enough',
      PORT: '1',
      ...env,
    }
    const { stdout } = await runCommand(['doctor', '--json', '--mail', 'olga@example.com'], all)
    const { findings } = JSON.parse(stdout) as { findings: readonly Finding[] }
    return findings.find(({ check }) => check === 'test mail')
  }
  const env = { SMTP_URL: `smtp://127.0.0.1:${mailbox.port}`, MAIL_FROM: 'a@mail.example' }
  expect(await send(env)).toMatchObject({ state: 'ok', text: expect.stringContaining('olga@example.com') })
  expect(mailbox.mails.map(({ to, subject }) => [to, subject])).toEqual([['olga@example.com', 'Test mail']])
  mailbox.answer('olga@example.com', '550 5.1.1 No such user')
  expect(await send(env)).toMatchObject({ state: 'problem', text: expect.stringContaining('not sent to') })
  await mailbox.close()
  expect(await send({})).toMatchObject({ state: 'problem', text: 'not sent' })
})

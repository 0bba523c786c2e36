/** The checklist that the console opens with: made of the checks of `doctor`, each with its repair, which goes when it is green. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { checkServer } from '../../src/engine/operator/checks/checks.ts'
import { noteBackup } from '../../src/engine/operator/recovery/recovery.ts'
import { runCommand } from '../cli/output.ts'
import { apply } from '../providers/setting.ts'
import { signInOn, type TestBrowser, testBrowser } from '../support/browser.ts'
import { addAccount, addClient, byCommand, type Harness, harness } from '../support/harness.ts'
import { openMailbox } from '../support/mailbox.ts'

const day = 86_400_000

describe('the checklist of the console', () => {
  let h: Harness
  let browser: TestBrowser
  beforeAll(async () => {
    h = await harness()
    await addAccount(h, 'olga', { roles: ['owner'] })
    browser = testBrowser(h.app)
    await signInOn(browser, await browser.get('/login'), 'olga')
  })
  afterAll(() => h.close())

  /** The state of each check, and what stands in its line. */
  async function checks(language = 'en'): Promise<Record<string, { readonly state: string; readonly text: string }>> {
    const { body } = await browser.get('/admin', { 'accept-language': language })
    const lines = body.matchAll(/<li data-check="(\w+)" data-state="(\w+)">(.*?)<\/li>/gs)
    return Object.fromEntries([...lines].map(([, id = '', state = '', text = '']) => [id, { state, text }]))
  }

  test('names what is left to do on a new server, with a link or a command for each', async () => {
    const found = await checks()
    const open = Object.entries(found).filter(([, { state }]) => state !== 'ok')
    expect(open.map(([id]) => id)).toEqual(
      expect.arrayContaining(['issuer', 'mail', 'backup', 'secondFactor', 'administrators', 'protocols', 'api', 'app']),
    )
    for (const [id, { text }] of open) expect(text, id).toMatch(/<a href="\/|<code/)
    expect(found.backup?.text).toContain('consentry backup FILE')
    expect(found.secondFactor?.text).toContain('olga')
  })

  test('names those who run the server and have not proved their address, where mail is sent', async () => {
    expect((await checks()).addresses).toBeUndefined()
    const mailbox = await openMailbox()
    const mailing = await harness({ mailer: mailbox.mailer() })
    try {
      const { id } = await addAccount(mailing, 'uma', { roles: ['owner'] })
      const other = testBrowser(mailing.app)
      await signInOn(other, await other.get('/login'), 'uma')
      const line = async () => /<li data-check="addresses".*?<\/li>/s.exec((await other.get('/admin')).body)?.[0]
      expect(await line()).toContain('data-state="ok"')
      await mailing.storage.accounts.update(id, { emailVerified: false })
      expect(await line()).toMatch(/data-state="todo".*no mail reaches them: uma\..*href="\/account\/email"/s)
    } finally {
      await mailing.close()
      await mailbox.close()
    }
  })

  test('takes a repair away when what it is for is done', async () => {
    expect((await checks()).backup?.state).toBe('todo')
    await noteBackup(h.context, byCommand, 12)
    expect((await checks()).backup).toMatchObject({
      state: 'ok',
      text: expect.not.stringContaining('consentry backup'),
    })
    await addClient(h)
    await apply(h, { resources: [{ resource: 'https://api.example.com', scopes: ['orders'] }] })
    await addAccount(h, 'tom', { roles: ['admin'] })
    const found = await checks()
    expect([found.app?.state, found.api?.state, found.administrators?.state]).toEqual(['ok', 'ok', 'ok'])
    expect(found.scopes).toMatchObject({ state: 'todo', text: expect.stringContaining('orders') })
    expect(found.secondFactor?.text).toContain('olga, tom')
  })

  test('names an API that no proxy may ask for, because none is trusted', async () => {
    expect((await checks()).proxies).toBeUndefined()
    const api = { resource: 'https://tide.example', scopes: ['tides'], name: 'Tide Tables', proxy: 'tide' }
    await apply(h, { resources: [api] })
    expect((await checks()).proxies).toMatchObject({ state: 'problem', text: expect.stringContaining('Tide Tables') })
    expect((await checks()).proxies?.text).toContain('CONSENTRY_TRUST_PROXY')
    const settings = { ...h.context.settings, trustProxy: ['127.0.0.1'] }
    const trusting = await checkServer({ ...h.context, settings })
    expect(trusting.find(({ id }) => id === 'proxies')).toMatchObject({ state: 'ok', case: 'trusted' })
  })

  test('says that a backup has grown old', async () => {
    await noteBackup(h.context, byCommand, 12)
    h.clock.move(2 * day + 1)
    const again = testBrowser(h.app)
    await signInOn(again, await again.get('/login'), 'olga')
    const { body } = await again.get('/admin')
    expect(body).toContain('The last backup is 2 days old.')
  })

  test('speaks German', async () => {
    const again = testBrowser(h.app)
    await signInOn(again, await again.get('/login'), 'olga')
    const { body } = await again.get('/admin', { 'accept-language': 'de' })
    expect(body).toContain('Die letzte Sicherung ist 2 Tage alt.')
  })

  test('is not shown to those who cannot change the server', async () => {
    await addAccount(h, 'sue', { roles: ['support'] })
    const other = testBrowser(h.app)
    await signInOn(other, await other.get('/login'), 'sue')
    expect((await other.get('/admin')).body).not.toContain('data-check=')
  })
})

test('doctor runs the same checks, and none of them makes it fail', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'consentry-checks-'))
  try {
    const env = { CONSENTRY_DATA: join(folder, 'data'), CONSENTRY_SECRET: 'a root secret for this test, long enough' }
    expect((await runCommand(['migrate'], env)).code).toBe(0)
    const command = await runCommand(['doctor'], env)
    expect(command.stdout).toMatch(/first administrator: There is no administrator yet\.\n.*consentry setup-link/)
    expect(command.stdout).not.toContain('Everybody who runs this server')
    const of = async () => {
      const { findings } = JSON.parse((await runCommand(['doctor', '--json'], env)).stdout) as {
        readonly findings: readonly { readonly check: string; readonly state: string; readonly repair?: string }[]
      }
      return findings.find(({ check }) => check === 'backup')
    }
    expect(await of()).toMatchObject({ state: 'warning', repair: expect.stringContaining('every night') })
    expect((await runCommand(['backup', join(folder, 'one.backup')], env)).code).toBe(0)
    expect(await of()).toEqual({ check: 'backup', state: 'ok', text: 'The last backup is less than a day old.' })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

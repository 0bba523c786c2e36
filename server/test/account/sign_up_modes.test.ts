/** Who may open an account: anybody, whoever is invited, or nobody, whatever way they come by. */
import { afterEach, describe, expect, test } from 'vitest'
import { inviteUser } from '../../src/engine/operator/people.ts'
import { day } from '../../src/lib/clock.ts'
import type { EngineSettings } from '../../src/runtime/context.ts'
import { loadSettings } from '../../src/settings.ts'
import { openSetting, ownPath, type Setting, signInThrough, wentOn } from '../providers/setting.ts'
import { authorizeUrl, hiddenFields, type TestBrowser, testBrowser } from '../support/browser.ts'
import { addAccount, addClient, byCommand, callback, issuer } from '../support/harness.ts'
import { type Mailbox, openMailbox } from '../support/mailbox.ts'
import { routesOf } from '../support/routes.ts'

const password = 'a horse, a field and a battery'
const carol = { email: 'carol@example.com', username: 'carol', password }

let h: Setting | undefined
let mailbox: Mailbox | undefined
afterEach(async () => {
  await h?.close()
  await mailbox?.close()
  h = undefined
  mailbox = undefined
})

async function serverOf(signUp: EngineSettings['signUp'], withMail = false): Promise<Setting> {
  if (withMail) mailbox = await openMailbox()
  h = await openSetting({}, { settings: { signUp }, ...(mailbox && { mailer: mailbox.mailer() }) })
  return h
}

const accounts = async ({ storage }: Setting) => (await storage.accounts.list(10)).map(({ username }) => username)

/** Comes back from the provider as somebody new. */
async function throughProvider(at: Setting, browser: TestBrowser) {
  at.provider.persona = { sub: 'new', preferred_username: 'newcomer', email: 'new@example.com', email_verified: true }
  return (await signInThrough(at, '/login', { browser })).page
}

describe('where sign-up is open', () => {
  test('the form and a provider open an account', async () => {
    const at = await serverOf('open')
    const browser = testBrowser(at.app)
    const form = hiddenFields(await browser.get('/signup'))
    expect((await browser.post('/signup', { ...form, ...carol })).location).toBe('/account')
    expect((await throughProvider(at, testBrowser(at.app))).path).toBe('/account')
    expect(await accounts(at)).toEqual(['carol', 'newcomer'])
    expect((await testBrowser(at.app).get('/login')).body).toContain('/signup')
  })

  test('the social endpoints and prompt=create open an account', async () => {
    const at = await serverOf('open')
    const client = await addClient(at, { dialects: ['oauth', 'quantimodo'] })
    at.provider.persona = { sub: 'native', preferred_username: 'native' }
    const query = new URLSearchParams({
      provider: 'google',
      client_id: client.id,
      accessToken: at.provider.accessToken(at.provider.clientId),
    })
    expect((await at.app.inject({ url: `/api/v2/auth/social/authorizeToken?${query}` })).statusCode).toBe(200)
    const browser = testBrowser(at.app)
    const page = await browser.follow(await browser.get(authorizeUrl(client, { prompt: 'create' })))
    expect(page.body).toContain('id="signup-form"')
    const consent = await browser.follow(await browser.post('/signup', { ...hiddenFields(page), ...carol }))
    expect(consent.body).toContain('id="consent-allow"')
    expect(await accounts(at)).toEqual(['native', 'carol'])
  })
})

describe.each(['invite', 'closed'] as const)('where sign-up is %s', (mode) => {
  test.each([true, false])('I140: the form opens no account and leads back to sign-in (mail: %s)', async (withMail) => {
    const at = await serverOf(mode, withMail)
    const browser = testBrowser(at.app)
    const page = await browser.get('/signup')
    expect(page.status).toBe(403)
    expect(page.body).toContain('id="signup-closed"')
    const { csrf = '' } = hiddenFields(await browser.get('/login'))
    expect((await browser.post('/signup', { csrf, ...carol })).status).toBe(403)
    expect(await accounts(at)).toEqual([])
    expect((await browser.get('/login')).body).not.toContain('/signup')
    expect((await browser.get('/')).body).not.toContain('/signup')
  })

  test('I140: a sign-up that waits for its proof from when it was open opens no account', async () => {
    const at = await serverOf('open', true)
    const browser = testBrowser(at.app)
    const form = hiddenFields(await browser.get('/signup'))
    const waiting = await browser.follow(await browser.post('/signup', { ...form, ...carol }))
    const { code = '' } = (await mailbox?.next(at, carol.email)) ?? {}
    // As another process does that was started with the new setting.
    Object.assign(at.context.settings, { signUp: mode })
    const answer = await browser.post('/verify', { ...hiddenFields(waiting), code })
    expect(answer.status).toBe(410)
    expect(await accounts(at)).toEqual([])
  })

  test('I140: a provider opens no account, and signs those in who have one', async () => {
    const at = await serverOf(mode)
    const browser = testBrowser(at.app)
    const page = await throughProvider(at, browser)
    expect(page.status).toBe(403)
    expect(page.body).toContain('You have no account here yet.')
    expect(await accounts(at)).toEqual([])
    const { id: userId, updatedAt } = await addAccount(at, 'known')
    const identity = { issuer: at.provider.issuer, subject: 'new', providerId: 'google', label: null }
    await at.storage.identities.link({ ...identity, userId }, updatedAt)
    expect((await throughProvider(at, testBrowser(at.app))).path).toBe('/account')
  })

  test('I140: a provider whose address is somebody’s opens no second account', async () => {
    const at = await serverOf(mode)
    const account = await addAccount(at, 'new')
    await at.storage.accounts.update(account.id, { emailVerified: false })
    const browser = testBrowser(at.app)
    const page = await throughProvider(at, browser)
    expect(page.body).not.toContain('id="login-new"')
    const again = await browser.post('/login/link', { ...hiddenFields(page), action: 'new' })
    expect(again.status).toBe(403)
    expect(await accounts(at)).toEqual(['new'])
  })

  test('I140: the social endpoints open no account', async () => {
    const at = await serverOf(mode)
    const client = await addClient(at, { dialects: ['quantimodo'] })
    at.provider.persona = { sub: 'native', preferred_username: 'native' }
    const query = new URLSearchParams({
      provider: 'google',
      client_id: client.id,
      accessToken: at.provider.accessToken(at.provider.clientId),
    })
    const response = await at.app.inject({ url: `/api/v2/auth/social/authorizeToken?${query}` })
    expect([response.statusCode, response.json().error]).toEqual([403, 'access_denied'])

    const browser = testBrowser(at.app)
    const start = new URLSearchParams({ provider: 'google', redirectUrl: callback, client_id: client.id })
    const sent = await browser.get(`/api/v2/auth/social/login?${start}`)
    const back = await browser.get(ownPath(at.provider.answer(wentOn(sent).location ?? sent.location ?? '')))
    expect(new URL(back.location ?? '').searchParams.get('error')).toBe('access_denied')
    expect(await accounts(at)).toEqual([])
  })

  test('I140: no address that is posted to opens an account, whatever body it takes', async () => {
    const at = await serverOf(mode)
    const client = await addClient(at, { dialects: ['oauth', 'quantimodo'] })
    const browser = testBrowser(at.app)
    const { csrf = '' } = hiddenFields(await browser.get('/login'))
    const told = { ...carol, login: 'carol', user: 'carol', name: 'Carol', grant_type: 'password', csrf }
    const paths = routesOf(at.app).flatMap(({ path, methods }) => (methods.includes('POST') ? [path] : []))
    expect(paths.length).toBeGreaterThan(60)
    for (const route of paths) {
      const url = route.replace(/:[a-zA-Z]+/g, 'x').replace('*', 'x')
      const headers = {
        cookie: [...browser.cookies].map((pair) => pair.join('=')).join('; '),
        origin: issuer,
        authorization: `Basic ${Buffer.from(`${client.id}:${client.secret}`).toString('base64')}`,
      }
      const form = { ...headers, 'content-type': 'application/x-www-form-urlencoded' }
      for (const [sent, payload] of [
        [form, new URLSearchParams(told).toString()],
        [{ ...headers, 'content-type': 'application/json' }, JSON.stringify(told)],
      ] as const) {
        const answer = await at.app.inject({ method: 'POST', url, headers: sent, payload })
        expect(answer.statusCode, url).not.toBe(500)
      }
    }
    expect(await accounts(at)).toEqual([])
  })

  test('I140: prompt=create opens no account', async () => {
    const at = await serverOf(mode)
    const client = await addClient(at)
    const browser = testBrowser(at.app)
    const page = await browser.follow(await browser.get(authorizeUrl(client, { prompt: 'create' })))
    const { prompt_values_supported: announced } = (
      await at.app.inject({ url: '/.well-known/openid-configuration' })
    ).json()
    if (mode === 'closed') {
      expect(new URL(page.location ?? '').searchParams.get('error')).toBe('invalid_request')
      expect(announced).not.toContain('create')
    } else {
      expect([page.status, page.body.includes('id="signup-closed"')]).toEqual([403, true])
      expect(page.body).toContain('/login?request=')
      expect(announced).toContain('create')
    }
  })

  test('I141: an invitation opens an account with its address alone', async () => {
    const at = await serverOf(mode, true)
    const asked = { email: 'dora@example.com', print: false, issuer }
    expect((await inviteUser(at.context, byCommand, asked)).href).toBeUndefined()
    const { links } = await (mailbox as Mailbox).next(at, asked.email)
    const path = (links.find((href) => href.includes('/invitation?token=')) ?? '').slice(issuer.length)
    const browser = testBrowser(at.app)
    const page = await browser.follow(await browser.get(path))
    expect(page.body).toContain('dora@example.com')
    const form = { ...hiddenFields(page), username: '', password, email: 'evil@example.com' }
    expect((await browser.follow(await browser.post('/invitation', form))).path).toBe('/account')
    const account = await at.storage.accounts.findByLogin('dora')
    expect(account).toMatchObject({ email: 'dora@example.com', emailVerified: true, roles: [] })
    expect((await browser.follow(await browser.get(path))).status).toBe(410)
  })
})

describe('an invitation', () => {
  test('that is printed proves no address', async () => {
    const at = await serverOf('invite')
    const { href = '' } = await inviteUser(at.context, byCommand, { email: 'dora@example.com', print: true, issuer })
    expect((await at.storage.audit.list(10)).map(({ type }) => type)).toContain('user_invited')
    const browser = testBrowser(at.app)
    const page = await browser.follow(await browser.get(href.slice(issuer.length)))
    await browser.follow(await browser.post('/invitation', { ...hiddenFields(page), username: 'dora', password }))
    expect(await at.storage.accounts.findByLogin('dora')).toMatchObject({ emailVerified: false })
  })

  test('is over after seven days, and when a newer one was made for the address', async () => {
    const at = await serverOf('invite')
    const invite = async () =>
      (await inviteUser(at.context, byCommand, { email: 'dora@example.com', print: true, issuer })).href ?? ''
    const browser = testBrowser(at.app)
    const open = async (href: string) => (await browser.follow(await browser.get(href.slice(issuer.length)))).status
    const first = await invite()
    const second = await invite()
    expect([await open(first), await open(second)]).toEqual([410, 200])
    at.clock.move(7 * day + 1)
    expect(await open(second)).toBe(410)
  })
})

describe('the setting', () => {
  const read = (env: Record<string, string>) =>
    loadSettings({ env: { CONSENTRY_SECRET: 'a root secret of the tests, long enough', ...env } })
  const off = { CONSENTRY_ISSUER: 'https://accounts.example', CONSENTRY_DATA: '/nowhere' }

  test('is open on loopback, by invitation elsewhere, and closed elsewhere without mail', () => {
    const mail = { SMTP_URL: 'smtp://mail.example', MAIL_FROM: 'accounts@example.com' }
    expect(read({}).signUp).toBe('open')
    expect(read({ CONSENTRY_SIGNUP: 'invite' }).signUp).toBe('invite')
    expect(read(off).signUp).toBe('closed')
    expect(read({ ...off, CONSENTRY_SIGNUP: 'open' }).signUp).toBe('closed')
    expect(read({ ...off, ...mail }).signUp).toBe('invite')
    expect(read({ ...off, ...mail, CONSENTRY_SIGNUP: 'open' }).signUp).toBe('open')
    expect(() => read({ CONSENTRY_SIGNUP: 'maybe' })).toThrow('CONSENTRY_SIGNUP')
  })

  test('of blocked domains is a list', () => {
    expect(read({ CONSENTRY_SIGNUP_BLOCKED_DOMAINS: 'a.example, B.example' }).blockedDomains).toEqual(
      new Set(['a.example', 'b.example']),
    )
    expect(read({ CONSENTRY_SIGNUP_BLOCKED_DOMAINS: 'bücher.example, XN--BCHER-KVA.example' }).blockedDomains).toEqual(
      new Set(['xn--bcher-kva.example']),
    )
    expect(() => read({ CONSENTRY_SIGNUP_BLOCKED_DOMAINS: 'a@b' })).toThrow('CONSENTRY_SIGNUP_BLOCKED_DOMAINS')
  })
})

/** What somebody could try with the social endpoints who is not the person, or no longer their app (security 142 to 151). */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { decideDialect } from '../../src/runtime/kept/legacy_dialects.ts'
import { testBrowser } from '../support/browser.ts'
import { addAccount, addClient, type TestClient } from '../support/harness.ts'
import {
  googleEntry,
  openSetting,
  ownPath,
  pressProvider,
  type Setting,
  setProviders,
  signInThrough,
} from './setting.ts'

const page = 'https://app.example/social'
const base = '/api/v2/auth/social'

let s: Setting
beforeAll(async () => {
  s = await openSetting()
})
afterAll(() => s.close())

const addOlderApp = (redirectUris: readonly string[] = [page]): Promise<TestClient> =>
  addClient(s, {
    dialects: ['quantimodo'],
    redirect_uris: redirectUris,
    scope: 'basic readmeasurements writemeasurements',
  })

async function ticketFor(code: string): Promise<{ readonly status: number; readonly token: string }> {
  const response = await s.app.inject({ url: `${base}/authorizeCode?provider=google&code=${code}` })
  return { status: response.statusCode, token: response.json().data?.token ?? '' }
}

const codeIn = (location: string | undefined) => new URL(location ?? '').searchParams.get('code') ?? ''

test('an app that has sent a person through a provider unasked cannot agree in their place', async () => {
  const evil = await addOlderApp(['https://evil.example/x'])
  s.provider.persona = { sub: 'victim', preferred_username: 'victim' }
  const victim = testBrowser(s.app)
  const sent = await victim.get(`${base}/login?provider=google&redirectUrl=https://evil.example/x`)
  const back = await victim.get(ownPath(s.provider.answer(sent.location ?? '')))
  const { token } = await ticketFor(codeIn(back.location))
  const authorize = `/api/v2/oauth/authorize?response_type=code&client_id=${evil.id}&token=${token}`
  const mallory = testBrowser(s.app)
  const asked = await mallory.follow(await mallory.get(authorize))
  expect(asked.body).toContain('id="login-form"')
  expect(asked.body).not.toContain('victim')
  const own = await victim.follow(await victim.get(authorize))
  expect(own.body).toContain('id="consent-allow"')
})

test.each(['disabled', 'without the page', 'without its protocol'] as const)(
  'an app that is %s when the person comes back gets no code, and none that is out is worth anything',
  async (what) => {
    const page = `https://app.example/${what.replaceAll(' ', '-')}`
    const app = await addOlderApp([page, 'https://app.example/'])
    s.provider.persona = { sub: `taken ${what}`, preferred_username: 'taken' }
    const browser = testBrowser(s.app)
    const start = async () => (await browser.get(`${base}/login?provider=google&redirectUrl=${page}`)).location ?? ''
    const out = codeIn((await browser.get(ownPath(s.provider.answer(await start())))).location)
    const waiting = s.provider.answer(await start())
    if (what === 'disabled') await s.storage.clients.amend(app.id, () => ({ status: 'disabled' }))
    if (what === 'without the page') {
      await s.storage.clients.amend(app.id, ({ metadata }) => ({
        metadata: { ...metadata, redirect_uris: ['https://app.example/'] },
      }))
    }
    if (what === 'without its protocol') await decideDialect(s.storage, s.clock, 'quantimodo', { closed: true })
    s.clock.move(5001)
    const back = await browser.get(ownPath(waiting))
    expect([back.status, back.location]).toEqual([400, undefined])
    expect((await ticketFor(out)).status).not.toBe(200)
    await decideDialect(s.storage, s.clock, 'quantimodo', { closed: false })
    await s.storage.clients.amend(app.id, () => ({ status: 'disabled' }))
    s.clock.move(5001)
  },
)

test('a code from before everything of the account was ended gives no ticket', async () => {
  const app = await addOlderApp()
  s.provider.persona = { sub: 'renewed', preferred_username: 'renewed' }
  const browser = testBrowser(s.app)
  const sent = await browser.get(`${base}/login?provider=google&redirectUrl=${page}&client_id=${app.id}`)
  const back = await browser.get(ownPath(s.provider.answer(sent.location ?? '')))
  const account = await s.storage.accounts.findByLogin('renewed')
  s.clock.move(1000)
  await s.storage.accounts.update(account?.id ?? 'usr_', { validAfter: s.clock.now() })
  expect((await ticketFor(codeIn(back.location))).status).toBe(400)
  await s.storage.clients.amend(app.id, () => ({ status: 'disabled' }))
})

test('what strangers send is kept as unproved in the log of the app that they name', async () => {
  const app = await addOlderApp()
  s.clock.move(60_000)
  const url = `${base}/login?provider=nobody&redirectUrl=${page}&client_id=${app.id}`
  for (let n = 0; n < 100; n++) await s.app.inject({ url })
  await s.context.requests.flush()
  const records = await s.storage.requests.list(app.id, 1000)
  expect(records.length).toBeLessThan(70)
  expect(records.every(({ authenticated }) => !authenticated)).toBe(true)
})

test('asking through a provider which addresses are taken is counted', async () => {
  await addAccount(s, 'holder')
  s.provider.persona = { sub: 'probe', email: 'holder@example.com' }
  s.clock.move(300_001)
  const statuses: number[] = []
  for (let n = 0; n < 101; n++) statuses.push((await signInThrough(s)).page.status)
  expect([new Set(statuses.slice(0, 100)), statuses[100]]).toEqual([new Set([200]), 429])
  s.clock.move(600_000)
})

test('an address that a provider has given to somebody else does not open the account of its former holder', async () => {
  await setProviders(s, [{ ...googleEntry(s.provider), email_authoritative: true }])
  const address = { email: 'desk@x.example', email_verified: true }
  s.provider.persona = { sub: 'first holder', preferred_username: 'desk', ...address }
  await signInThrough(s)
  s.provider.persona = { sub: 'next holder', ...address }
  const { page: asked } = await signInThrough(s)
  expect(asked.body).toContain('There is an account here with the address')
  expect(await s.storage.identities.find(s.provider.issuer, 'next holder')).toBeUndefined()
  await setProviders(s, [googleEntry(s.provider)])
})

test('a provider that is down shuts nobody out who came from it, nor who has a password', async () => {
  s.clock.move(300_001)
  s.provider.wrong = { tokenStatus: 503 }
  const statuses = new Set<number>()
  for (let n = 0; n < 110; n++) statuses.add((await signInThrough(s)).page.status)
  s.provider.wrong = {}
  expect(statuses).toEqual(new Set([502]))
  expect((await testBrowser(s.app).get('/login')).status).toBe(200)
  s.provider.persona = { sub: 'after the outage', preferred_username: 'patient' }
  expect((await signInThrough(s)).page.path).toBe('/account')
})

test('a sign-in at a provider counts as recent from when it was made here, unless the provider had not asked for an hour', async () => {
  const lately = Math.floor(s.clock.now() / 1000) - 1800
  s.provider.persona = { sub: 'asked lately', preferred_username: 'askedlately', auth_time: lately }
  const { browser: other } = await signInThrough(s)
  expect((await other.get('/account/security')).body).not.toContain('to make changes')
  s.clock.move(600_001)
  expect((await other.get('/account/security')).body).toContain('to make changes')
  const long = Math.floor(s.clock.now() / 1000) - 3602
  s.provider.persona = { sub: 'left open', preferred_username: 'leftopen', auth_time: long }
  const { browser } = await signInThrough(s)
  const security = await browser.get('/account/security')
  expect(security.body).toContain('sign in again</a> to make changes')
  s.provider.persona = { ...s.provider.persona, auth_time: Math.floor(s.clock.now() / 1000) }
  const again = await signInThrough(s, '/login?next=/account/security', { browser })
  expect(again.page.body).not.toContain('sign in again</a> to make changes')
})

test('the provider is told to ask anew for the page that wants a recent sign-in, and for no other of ours', async () => {
  for (const [path, expected] of [
    ['/login?next=/account/security', 'login'],
    ['/login?next=/account/apps', null],
  ] as const) {
    const { sent } = await pressProvider(testBrowser(s.app), path)
    expect(new URL(sent.location ?? '').searchParams.get('prompt'), path).toBe(expected)
  }
})

/** What comes back from a provider, and what only pretends to (security 142, 143, 148, 149, 151). */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { testBrowser } from '../support/browser.ts'
import type { Misbehaviour } from '../support/test_provider.ts'
import {
  googleEntry,
  openSetting,
  ownPath,
  pageWith,
  pressProvider,
  type Setting,
  setProviders,
  signInThrough,
  whoIsSignedIn,
} from './setting.ts'

let s: Setting
beforeAll(async () => {
  s = await openSetting()
})
beforeEach(() => {
  s.provider.wrong = {}
  s.provider.persona = { sub: 'victim', preferred_username: 'victim' }
  // Failures are counted by address, for this window and the one before; each test begins with none.
  s.clock.move(600_001)
})
afterAll(() => s.close())

const wrongs: Readonly<Record<string, Misbehaviour>> = {
  'a nonce of another attempt': { claims: { nonce: 'other' } },
  'no nonce': { claims: { nonce: undefined } },
  'another issuer': { claims: { iss: 'https://evil.example' } },
  'another audience': { claims: { aud: 'somebody-else' } },
  'an authorized party that is not us': { claims: { aud: ['consentry-at-provider', 'other'], azp: 'other' } },
  'an ID token that has expired': { claims: { iat: 1_600_000_000, exp: 1_600_000_600 } },
  'no subject': { claims: { sub: undefined as unknown as string } },
  'a subject that is no text': { claims: { sub: 7 as unknown as string } },
  'a subject of 256 characters': { claims: { sub: 'x'.repeat(256) } },
  'no signature': { algorithm: 'none' },
  'a signature by our own public key as a shared one': { algorithm: 'HS256' },
  'the signature of a stranger': { algorithm: 'other_key' },
  'another issuer in the redirect': { answerIssuer: 'https://evil.example' },
  'an error at the token endpoint': { tokenStatus: 400 },
}

test.each(Object.entries(wrongs))('%s signs nobody in', async (_what, wrong) => {
  s.provider.wrong = wrong
  const { browser, page } = await signInThrough(s)
  expect(page.status).toBe(502)
  expect(await whoIsSignedIn(browser)).toBeUndefined()
  expect(await s.storage.accounts.findByLogin('victim')).toBeUndefined()
})

test('a discovery document of another issuer is not gone by', async () => {
  s.provider.wrong = { discoveryIssuer: 'https://evil.example' }
  await setProviders(s, [{ ...googleEntry(s.provider), name: 'Anew' }])
  await pageWith(/ disabled[^>]*>Continue with Anew</, () => testBrowser(s.app).get('/login'))
  s.provider.wrong = {}
  await setProviders(s, [googleEntry(s.provider)])
})

describe('an answer of the provider', () => {
  async function brought(decision?: 'allow' | 'deny') {
    const browser = testBrowser(s.app)
    const { sent } = await pressProvider(browser, '/login')
    return { browser, back: ownPath(s.provider.answer(sent.location ?? '', decision)) }
  }

  async function refused(browser: ReturnType<typeof testBrowser>, path: string): Promise<void> {
    const page = await browser.get(path)
    expect([page.status, page.body]).toEqual([400, expect.stringContaining('OAuth error: invalid_request')])
    expect(await whoIsSignedIn(browser)).toBeUndefined()
  }

  test('is taken once', async () => {
    s.provider.persona = { sub: 'once-1', preferred_username: 'once' }
    const { browser, back } = await brought()
    expect((await browser.get(back)).status).toBe(303)
    browser.cookies.delete('consentry-session')
    await refused(browser, back)
    // However the same state is spelled.
    await refused(browser, back.replace(/state=([^&]*)/, 'state=$1.'))
  })

  test('belongs to the browser that set out for it: a link of somebody else’s signs nobody in', async () => {
    const { back } = await brought()
    await refused(testBrowser(s.app), back)
    const other = testBrowser(s.app)
    await other.get('/login')
    await refused(other, back)
  })

  test('belongs to the provider at which it began', async () => {
    await setProviders(s, [googleEntry(s.provider), { ...googleEntry(s.provider), id: 'other' }])
    const { browser, back } = await brought()
    await refused(browser, back.replace('/login/return/google', '/login/return/other'))
    await setProviders(s, [googleEntry(s.provider)])
  })

  test('needs a state, one, and ours', async () => {
    const { browser, back } = await brought()
    await refused(browser, back.replace(/state=[^&]*&?/, ''))
    await refused(browser, `${back}&state=x`)
    await refused(browser, back.replace(/state=[^&]*/, 'state=abc'))
  })

  test('that takes longer than ten minutes is too late', async () => {
    const { browser, back } = await brought()
    s.clock.move(600_001)
    await refused(browser, back)
  })

  test('is not waited for at a path where no provider is', async () => {
    expect((await testBrowser(s.app).get('/login/return/nobody?code=x&state=y')).status).toBe(404)
  })
})

test('failures are counted, so that nobody makes us call a provider for ever', async () => {
  s.provider.wrong = { tokenStatus: 400 }
  const statuses: number[] = []
  for (let n = 0; n < 101; n++) statuses.push((await signInThrough(s)).page.status)
  expect(statuses.slice(0, 100).every((status) => status === 502)).toBe(true)
  expect(statuses[100]).toBe(429)
})

test('a provider at an address that is nobody’s business is not called', async () => {
  const { calls } = s.provider
  calls.clear()
  const guarded = await openSetting()
  // The port is that of a provider that is not among the origins that may be reached.
  await setProviders(guarded, [googleEntry(s.provider)])
  await pageWith(/ disabled[^>]*>Continue with Google</, () => testBrowser(guarded.app).get('/login'))
  expect(calls.size).toBe(0)
  await guarded.close()
})

/**
 * Whatever travels sealed through a browser or an app opens as it was given out and in no other spelling, in the browser
 * and for the account that it was made for, in its time, once where it counts once.
 */
import { deflateRawSync, inflateRawSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeTicket, openTicket } from '../../src/engine/authorize/ticket.ts'
import { seal, unseal } from '../../src/lib/seal.ts'
import type { Purpose } from '../../src/runtime/keys/keyring.ts'
import type { Account } from '../../src/storage/contract.ts'
import { addOlderClient } from '../dialects/quantimodo/visits.ts'
import { openSetting, ownPath, pressProvider, type Setting } from '../providers/setting.ts'
import { alterations } from '../support/alter.ts'
import { authorizeUrl, hiddenFields, signInOn, type TestBrowser, testBrowser } from '../support/browser.ts'
import { addAccount, addClient, issuer, type TestClient } from '../support/harness.ts'

const page = 'https://web.example/social'

let s: Setting
let alice: Account
let client: TestClient
let older: TestClient
let signedIn: TestBrowser
let bob: TestBrowser
beforeAll(async () => {
  s = await openSetting()
  alice = await addAccount(s)
  await addAccount(s, 'bob')
  client = await addClient(s)
  older = await addOlderClient(s, { redirect_uris: [page] })
  signedIn = await enter('alice')
  bob = await enter('bob')
})
afterAll(() => s.close())

async function enter(username: string): Promise<TestBrowser> {
  const browser = testBrowser(s.app)
  await signInOn(browser, await browser.get('/login'), username)
  return browser
}

async function sealedRequest(browser: TestBrowser, url = authorizeUrl(client)): Promise<string> {
  return new URL((await browser.get(url)).location ?? '', issuer).searchParams.get('request') ?? ''
}

/** What a value sealed for `place` holds, sealed as other versions of this server write it: genuine, but not for this one. */
function asOtherVersions(purpose: Purpose, place: string, text: string): readonly string[] {
  const key = s.context.keyring.current(purpose)
  const plain = unseal(key, Buffer.from(text, 'base64url'), place)
  if (plain === undefined) throw new Error('it was not sealed for that place')
  const [version, since, value] = JSON.parse(inflateRawSync(plain).toString())
  const others = [
    value,
    [version + 1, since, value],
    [version - 1, since, value],
    [version, since, { of: 'another shape' }],
  ]
  const written = others.map((other) => deflateRawSync(JSON.stringify(other)))
  return [...written, Buffer.from('{}')].map((other) => seal(key, other, place).toString('base64url'))
}

/** The copy and what is bound to the browser, of a value that has a copy beside it. */
function partsOf(sealed: string) {
  const end = 3 + Number.parseInt(sealed.slice(0, 3), 36)
  return { copy: sealed.slice(3, end), withCopy: sealed.slice(0, end), rest: sealed.slice(end) }
}

const idOf = (browser: TestBrowser) => [...browser.cookies].find(([name]) => name.startsWith('consentry-browser'))?.[1]

const query = (name: string, value: string) => new URLSearchParams({ [name]: value }).toString()

describe('a request under way', () => {
  test('opens in no other spelling', async () => {
    // Lengths of every remainder, so that the last characters of both parts hold spare bits in some.
    for (const state of ['x', 'xy', 'xyzw', 'a longer state', 'u']) {
      const browser = testBrowser(s.app)
      const sealed = await sealedRequest(browser, authorizeUrl(client, { state }))
      const copyEnds = 3 + Number.parseInt(sealed.slice(0, 3), 36)
      expect((await browser.get(`/login?${query('request', sealed)}`)).status).toBe(200)
      for (const { what, text } of alterations(sealed, [copyEnds])) {
        const opened = await browser.get(`/login?${query('request', text)}`)
        expect([opened.status, opened.location], `${what} (${state})`).toEqual([400, undefined])
      }
    }
  })

  test('is resumed in no other spelling', async () => {
    const browser = signedIn
    const sealed = await sealedRequest(browser)
    const copyEnds = 3 + Number.parseInt(sealed.slice(0, 3), 36)
    for (const { what, text } of alterations(sealed, [copyEnds])) {
      const opened = await browser.get(`/oauth/authorize?${query('resume', text)}`)
      expect([opened.status, opened.location], what).toEqual([400, undefined])
    }
  })

  test.each([
    ['in another browser', async () => testBrowser(s.app)],
    ['in a browser of another account', async () => bob],
  ])('is refused %s at every place that takes one', async (_what, other) => {
    const sealed = await sealedRequest(testBrowser(s.app))
    const browser = await other()
    for (const path of ['/login?request=', '/signup?request=', '/consent?request=', '/oauth/authorize?resume=']) {
      const opened = await browser.get(`${path}${sealed}`)
      expect([opened.status, opened.location], path).toEqual([400, undefined])
    }
    const { csrf = '' } = hiddenFields(await browser.get('/logout'))
    const consent = await browser.post('/consent', { csrf, request: sealed, decision: 'allow' })
    expect([consent.status, consent.location]).toEqual([400, undefined])
  })

  test('is refused an hour later', async () => {
    const browser = testBrowser(s.app)
    const sealed = await sealedRequest(browser)
    s.clock.move(3_600_001)
    for (const path of ['/login?request=', '/oauth/authorize?resume=']) {
      const opened = await browser.get(`${path}${sealed}`)
      expect([opened.status, opened.location], path).toEqual([400, undefined])
    }
  })

  test('has expired where another version of the server has written it, and can be begun again', async () => {
    const browser = testBrowser(s.app)
    const { copy, withCopy, rest } = partsOf(await sealedRequest(browser))
    for (const other of asOtherVersions('authorization request', `${idOf(browser)} ${copy}`, rest)) {
      for (const path of ['/login?request=', '/oauth/authorize?resume=']) {
        const opened = await browser.get(`${path}${withCopy}${other}`)
        expect([opened.status, opened.location], path).toEqual([400, undefined])
        expect(opened.body).toContain('This page has expired')
        expect(opened.body).toContain(`/oauth/authorize?again=${copy}`)
      }
    }
    for (const other of asOtherVersions('authorization request', 'copy for no browser', copy)) {
      const begun = await browser.get(`/oauth/authorize?${query('again', other)}`)
      expect([begun.status, begun.location]).toEqual([400, undefined])
    }
  })

  test('its copy is begun again in no other spelling, and at no other path', async () => {
    const sealed = await sealedRequest(testBrowser(s.app))
    const copy = sealed.slice(3, 3 + Number.parseInt(sealed.slice(0, 3), 36))
    const browser = testBrowser(s.app)
    expect((await browser.get(`/oauth/authorize?${query('again', copy)}`)).status).toBe(303)
    for (const { what, text } of [...alterations(copy), { what: 'the whole request', text: sealed }]) {
      const begun = await browser.get(`/oauth/authorize?${query('again', text)}`)
      expect([begun.status, begun.location], what).toEqual([400, undefined])
    }
    const elsewhere = await browser.get(`/api/v2/oauth/authorize?${query('again', copy)}`)
    expect([elsewhere.status, elsewhere.location]).toEqual([400, undefined])
  })

  test('no sealed value of another kind is one', async () => {
    const browser = testBrowser(s.app)
    const sent = await pressProvider(browser, '/login')
    const { csrf = '' } = hiddenFields(await browser.get('/login'))
    const attempt = new URL(sent.sent.location ?? '').searchParams.get('state') ?? ''
    for (const text of [
      attempt,
      `001${attempt}`,
      `000${attempt}`,
      csrf,
      signedIn.cookies.get('consentry-device') ?? '',
    ]) {
      for (const name of ['/login?request', '/oauth/authorize?resume', '/oauth/authorize?again']) {
        const opened = await browser.get(`${name}=${text}`)
        expect([opened.status, opened.location], name).toEqual([400, undefined])
      }
    }
  })
})

describe('a form token', () => {
  test('is taken in no other spelling', async () => {
    const { csrf = '' } = hiddenFields(await signedIn.get('/logout'))
    for (const { what, text } of alterations(csrf)) {
      const answer = await signedIn.post('/logout', { csrf: text })
      expect(answer.status, what).toBe(403)
      expect(signedIn.cookies.has('consentry-session'), what).toBe(true)
    }
  })

  test.each(['/logout', '/account/security', '/account/devices/end', '/developer/apps/new', '/developer/keys'])(
    'at %s is that of this browser and this account',
    async (path) => {
      const stranger = testBrowser(s.app)
      const tokens = [
        hiddenFields(await bob.get('/logout')).csrf ?? '',
        hiddenFields(await stranger.get('/login')).csrf ?? '',
        hiddenFields(await signedIn.get('/login')).csrf ?? '',
        '',
      ]
      for (const csrf of tokens) {
        const answer = await signedIn.post(path, { csrf })
        expect(answer.status).toBe(403)
      }
      expect(signedIn.cookies.has('consentry-session')).toBe(true)
    },
  )
})

describe('a sign-in ticket', () => {
  const request = { clientId: 'app', redirectUri: page }

  test('opens in no other spelling', () => {
    const text = makeTicket(s.context, alice.id)
    expect(openTicket(s.context, text, request)).toBeDefined()
    const cuts = [text.indexOf('.'), text.lastIndexOf('.') + 1]
    for (const altered of alterations(text, cuts)) {
      expect(openTicket(s.context, altered.text, request), altered.what).toBeUndefined()
    }
  })

  test.each([
    ['for another app', { clientId: 'other' }],
    ['for another address', { redirectUri: `${page}/` }],
    ['for an address in other letters', { redirectUri: page.toUpperCase() }],
  ])('does not open %s', (_what, bound) => {
    expect(openTicket(s.context, makeTicket(s.context, alice.id, bound), request)).toBeUndefined()
  })

  test('does not open after its ten minutes', () => {
    const text = makeTicket(s.context, alice.id)
    s.clock.move(600_000)
    expect(openTicket(s.context, text, request)).toBeUndefined()
  })

  test('no other JWT of ours is one', () => {
    const { signer, settings } = s.context
    const now = Math.floor(s.clock.now() / 1000)
    const claims = {
      iss: settings.issuer,
      aud: `${settings.issuer}/oauth/authorize`,
      sub: alice.id,
      jti: 'x',
      iat: now,
      exp: now + 600,
    }
    expect(openTicket(s.context, signer.sign('ES256', 'ticket+jwt', claims), request)).toBeDefined()
    for (const type of ['JWT', 'at+jwt', 'logout+jwt', 'TICKET+JWT', 'application/ticket+jwt', '']) {
      expect(openTicket(s.context, signer.sign('ES256', type, claims), request), type).toBeUndefined()
    }
    for (const wrong of [
      { aud: issuer },
      { aud: [claims.aud] },
      { iss: `${issuer}/` },
      { exp: '9e9' },
      { iat: null },
    ]) {
      const text = signer.sign('ES256', 'ticket+jwt', { ...claims, ...wrong })
      expect(openTicket(s.context, text, request), JSON.stringify(wrong)).toBeUndefined()
    }
  })
})

describe('an attempt at a provider', () => {
  async function cameBack(browser: TestBrowser) {
    s.provider.persona = { sub: 'sealed-1', preferred_username: 'sealed' }
    const { sent } = await pressProvider(browser, '/login')
    return ownPath(s.provider.answer(sent.location ?? ''))
  }
  const withState = (path: string, change: (state: string) => string) => {
    const url = new URL(path, issuer)
    url.searchParams.set('state', change(url.searchParams.get('state') ?? ''))
    return `${url.pathname}${url.search}`
  }

  test('comes back in no other spelling', async () => {
    const browser = testBrowser(s.app)
    const path = await cameBack(browser)
    const state = new URL(path, issuer).searchParams.get('state') ?? ''
    for (const { what, text } of alterations(state)) {
      const answer = await browser.get(withState(path, () => text))
      expect([answer.status, answer.location], what).toEqual([400, undefined])
    }
    expect(browser.cookies.has('consentry-session')).toBe(false)
    expect((await browser.get(path)).status).toBe(303)
  })

  test('does not come back where another version of the server has written it', async () => {
    const browser = testBrowser(s.app)
    const path = await cameBack(browser)
    const { copy, withCopy, rest } = partsOf(new URL(path, issuer).searchParams.get('state') ?? '')
    for (const other of asOtherVersions('provider attempt', `${idOf(browser)} ${copy}`, rest)) {
      const answer = await browser.get(withState(path, () => withCopy + other))
      expect([answer.status, answer.location]).toEqual([400, undefined])
    }
    expect((await browser.get(path)).status).toBe(303)
  })

  test('comes back once, to the browser that began it, within ten minutes, for the provider that was asked', async () => {
    const browser = testBrowser(s.app)
    const first = await cameBack(browser)
    for (const other of [testBrowser(s.app), bob]) expect((await other.get(first)).status).toBe(400)
    expect((await browser.get(first.replace('/google', '/other'))).status).not.toBe(303)
    expect((await browser.get(first)).status).toBe(303)
    const second = await browser.get(first)
    expect([second.status, second.location]).toEqual([400, undefined])
    const late = testBrowser(s.app)
    const path = await cameBack(late)
    s.clock.move(600_001)
    expect((await late.get(path)).status).toBe(400)
  })
})

describe('a social code', () => {
  const base = '/api/v2/auth/social'
  async function newCode(): Promise<string> {
    s.provider.persona = { sub: 'sealed-2', preferred_username: 'sealed2' }
    const browser = testBrowser(s.app)
    const sent = await browser.get(`${base}/login?${query('redirectUrl', page)}&provider=google&client_id=${older.id}`)
    const back = await browser.get(ownPath(s.provider.answer(sent.location ?? '')))
    return new URL(back.location ?? '').searchParams.get('code') ?? ''
  }
  async function redeem(code: string, provider = 'google') {
    const response = await s.app.inject({ url: `${base}/authorizeCode?${query('code', code)}&provider=${provider}` })
    return response.statusCode
  }

  test('is taken in no other spelling, by no other provider, once, within a minute', async () => {
    const code = await newCode()
    for (const { what, text } of alterations(code)) expect(await redeem(text), what).toBe(400)
    expect(await redeem(code, 'other')).toBe(400)
    expect(await redeem(code)).toBe(200)
    expect(await redeem(code)).toBe(400)
    const late = await newCode()
    s.clock.move(60_001)
    expect(await redeem(late)).toBe(400)
  })
})

test('a browser that another version of the server has made known is as good as unknown', async () => {
  const known = signedIn.cookies.get('consentry-device') ?? ''
  for (const other of asOtherVersions('known device', 'known device', known)) {
    const browser = testBrowser(s.app)
    browser.cookies.set('consentry-device', other)
    await signInOn(browser, await browser.get('/login'), 'alice')
    expect(browser.cookies.has('consentry-session')).toBe(true)
  }
})

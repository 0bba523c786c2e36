/** Consent. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { UserId } from '../../src/protocol/names.ts'
import { expectPage, isActive, liveGrants, newTokens } from '../support/answers.ts'
import {
  allowOn,
  authorize,
  authorizeUrl,
  exchangeCode,
  hiddenFields,
  type Page,
  refresh,
  type TestBrowser,
  testBrowser,
} from '../support/browser.ts'
import { addAccount, addClient, callback, type Harness, harness, type TestClient } from '../support/harness.ts'

describe('consent', () => {
  let h: Harness
  let alice: UserId
  let client: TestClient
  let browser: TestBrowser
  beforeAll(async () => {
    h = await harness()
    alice = (await addAccount(h)).id
    client = await addClient(h, { redirect_uris: [callback, 'https://app.example/other'] })
    browser = (await authorize(h.app, authorizeUrl(client, { scope: 'basic' }))).browser
  })
  afterAll(() => h.close())

  async function consentPage(of: TestClient, more: Record<string, string | undefined> = {}): Promise<Page> {
    const page = await browser.follow(await browser.get(authorizeUrl(of, more)))
    expect(page.body, page.location).toContain('id="consent-allow"')
    return page
  }

  test('B34: the decision is about the sealed request; fields of the form change nothing', async () => {
    const victim = await addClient(h)
    const page = await consentPage(client, { scope: 'readmeasurements' })
    const done = await browser.post('/consent', {
      ...hiddenFields(page),
      decision: 'allow',
      client_id: victim.id,
      scope: 'openid profile email writemeasurements',
      redirect_uri: 'https://evil.example',
      state: 'other',
      user_id: 'usr_x',
    })
    const location = new URL(done.location ?? '')
    expect(location.href.startsWith(`${callback}?code=`)).toBe(true)
    expect(location.searchParams.get('state')).toBe('xyz')
    const answer = await exchangeCode(h.app, client, location.searchParams.get('code') ?? '')
    expect(answer.body.scope).toBe('readmeasurements')
    expect((await h.storage.consents.find(alice, client.id))?.scope).toEqual(['basic', 'readmeasurements'])
    expect(await h.storage.consents.find(alice, victim.id)).toBeUndefined()
  })

  test('B34: no decision, an unknown one or a repeated one decides nothing', async () => {
    const page = await consentPage(client, { scope: 'email' })
    const before = await liveGrants(h, alice)
    const hidden = new URLSearchParams(hiddenFields(page)).toString()
    for (const more of ['', '&decision=', '&decision=ALLOW', '&decision=allow&decision=deny', '&decision=yes']) {
      const answer = await browser.post('/consent', hidden + more)
      expect(answer.status, more).toBe(400)
      expect(answer.location, more).toBeUndefined()
    }
    expect((await browser.post('/consent', `csrf=${hiddenFields(page).csrf}&decision=allow`)).status).toBe(400)
    expect(await liveGrants(h, alice)).toBe(before)
  })

  test('B34: a no goes to the redirect URI with access_denied and remembers nothing', async () => {
    const page = await consentPage(client, { scope: 'email' })
    const done = await browser.post('/consent', { ...hiddenFields(page), decision: 'deny' })
    expect(done.location).toMatch(/^https:\/\/app\.example\/cb\?error=access_denied&/)
    await consentPage(client, { scope: 'email' })
  })

  test('B34: neither a yes nor a no goes to a redirect URI that has been taken away meanwhile', async () => {
    const yes = await consentPage(client, { scope: 'email', redirect_uri: 'https://app.example/other' })
    const record = await h.storage.clients.find(client.id)
    if (record === undefined) throw new Error('the client is gone')
    const metadata = { ...record.metadata, redirect_uris: [callback] }
    await h.storage.clients.amend(record.clientId, () => ({ metadata: metadata }))
    h.context.clients.forget()
    for (const decision of ['deny', 'allow']) {
      expectPage(await browser.post('/consent', { ...hiddenFields(yes), decision }), 'invalid_request', decision)
    }
    await h.storage.clients.amend(record.clientId, () => ({ metadata: record.metadata }))
    h.context.clients.forget()
  })

  test('B35: consent is asked for a new app, for more scopes and on prompt=consent', async () => {
    const other = await addClient(h)
    await consentPage(other, { scope: 'basic' })
    await consentPage(client, { scope: 'basic writemeasurements' })
    await consentPage(client, { scope: 'basic', prompt: 'consent' })
    expect((await browser.get(authorizeUrl(client, { scope: 'basic' }))).location).toMatch(/\?code=/)
  })

  test('B35: the page names the app, where the answer goes, each scope, and that nobody has checked the app', async () => {
    const other = await addClient(h, { client_name: 'Evil <b>& Co' })
    const page = await consentPage(other, { scope: 'basic readmeasurements' })
    expect(page.body).toContain('Evil &lt;b&gt;&amp; Co')
    expect(page.body).toContain('app.example')
    expect(page.body.toLowerCase()).toContain('unverified')
    expect([...page.body.matchAll(/<li data-scope="([^"]*)"/g)].map(([, name]) => name)).toEqual([
      'basic',
      'readmeasurements',
      'offline_access',
    ])
  })

  test('B35: an app on loopback or a scheme of its own is asked for every time', async () => {
    for (const uri of ['http://127.0.0.1:4000/cb', 'com.example.app:/cb']) {
      const native = await addClient(h, {
        redirect_uris: [uri],
        application_type: 'native',
        token_endpoint_auth_method: 'none',
      })
      const first = await consentPage(native, { redirect_uri: uri })
      expect((await allowOn(browser, first)).location).toContain('code=')
      await consentPage(native, { redirect_uri: uri })
      const silent = await browser.get(authorizeUrl(native, { redirect_uri: uri, prompt: 'none' }))
      expect(silent.location).toContain('error=consent_required')
    }
  })

  test('B35: the name of an app cannot hide or turn letters around', async () => {
    for (const name of ['A\u202eB', 'A\u200bB', 'A\u0000B', 'A\nB', '', ' ', 'x'.repeat(101), '\u2066x']) {
      await expect(addClient(h, { client_name: name }), JSON.stringify(name)).rejects.toThrow()
    }
  })

  test('B35: an app of the operator skips consent only where no other program can pose as it', async () => {
    const own = { first_party: true, redirect_uris: [callback, 'http://localhost:8080/cb'] }
    const native = { ...own, token_endpoint_auth_method: 'none', application_type: 'native' }
    const phone = { ...native, redirect_uris: ['com.example.app:/cb'] }
    const skipped = async (of: TestClient, more: Record<string, string> = {}) =>
      (await browser.get(authorizeUrl(of, more))).location?.includes('code=') === true
    const confidential = await addClient(h, own)
    expect(await skipped(confidential)).toBe(true)
    expect(await skipped(confidential, { prompt: 'consent' })).toBe(false)
    expect(await skipped(confidential, { redirect_uri: 'http://localhost:8080/cb' })).toBe(false)
    const open = await addClient(h, native)
    expect(await skipped(open), 'a public client').toBe(false)
    for (const port of [8080, 9999]) {
      expect(await skipped(open, { redirect_uri: `http://localhost:${port}/cb` }), 'any loopback port').toBe(false)
    }
    const uri = 'com.example.app:/cb'
    expect(await skipped(await addClient(h, phone), { redirect_uri: uri }), 'a private scheme').toBe(false)
    const silent = await browser.get(authorizeUrl(open, { prompt: 'none' }))
    expect(silent.location).toContain('error=consent_required')
  })

  test('B36: only an app of the operator goes without consent', async () => {
    const own = await addClient(h, { first_party: true })
    expect((await browser.get(authorizeUrl(own))).location).toMatch(/\?code=/)
    for (const more of [{ first_party: 'true' }, { skip_consent: true }, { trusted: true }]) {
      await expect(addClient(h, more)).rejects.toThrow()
    }
  })

  test('B36, K156: taking consent back ends everything at once, and consent is asked again', async () => {
    const other = await addClient(h)
    const tokens = await newTokens(h, other, {}, browser)
    const { code } = await authorize(h.app, authorizeUrl(other), { browser })
    const account = await browser.get('/account')
    const csrf = hiddenFields(account).csrf ?? ''
    expect(account.body).toContain(other.id)
    h.clock.move(1000)
    await browser.post('/account/apps/remove', { csrf, client_id: other.id })
    expect(await isActive(h, other, tokens.access)).toBe(false)
    expect((await refresh(h.app, other, tokens.refresh)).body.error).toBe('invalid_grant')
    expect((await exchangeCode(h.app, other, code)).body.error).toBe('invalid_grant')
    await consentPage(other)
  })

  test('K156: nobody takes back what is not theirs', async () => {
    await addAccount(h, 'mallory')
    const tokens = await newTokens(h, client, { scope: 'basic' }, browser)
    const mallory = testBrowser(h.app)
    await authorize(h.app, authorizeUrl(await addClient(h)), { browser: mallory, username: 'mallory' })
    const csrf = hiddenFields(await mallory.get('/account')).csrf ?? ''
    await mallory.post('/account/apps/remove', { csrf, client_id: client.id })
    expect(await isActive(h, client, tokens.access)).toBe(true)
  })
})

describe('long-lived access on the consent page', () => {
  let h: Harness
  let browser: TestBrowser
  beforeAll(async () => {
    h = await harness({ settings: { frontChannelTokens: true } })
    await addAccount(h)
    browser = (await authorize(h.app, authorizeUrl(await addClient(h)))).browser
  })
  afterAll(() => h.close())

  const refreshes = { grant_types: ['authorization_code', 'refresh_token'] }
  const year = 365 * 86_400
  const cases: readonly (readonly [scope: string, metadata: Record<string, unknown>, told: string | undefined])[] = [
    ['basic', refreshes, 'after 90 days without use, and after 1 year in any case.'],
    ['basic offline_access', refreshes, 'after 90 days without use, and after 1 year in any case.'],
    ['openid offline_access', refreshes, 'after 90 days without use, and after 1 year in any case.'],
    [
      'basic',
      { ...refreshes, idle_ttl: 7 * 86_400, refresh_token_ttl: 2 * year },
      'after 7 days without use, and after 2 years in any case.',
    ],
    [
      'basic',
      { ...refreshes, refresh_token_ttl: 12 * 3600 },
      'It keeps this access until you remove the app. Access ends by itself after 12 hours in any case.',
    ],
    ['openid', refreshes, undefined],
    ['openid basic', refreshes, undefined],
    ['basic', { grant_types: ['authorization_code'] }, undefined],
    ['openid offline_access', { grant_types: ['authorization_code'] }, undefined],
  ]
  test.each(cases)(
    '%s with %j: the page tells exactly where a refresh token follows',
    async (scope, metadata, told) => {
      const client = await addClient(h, metadata)
      const page = await browser.follow(await browser.get(authorizeUrl(client, { scope })))
      const said = /data-scope="offline_access"[\s\S]*?class="detail">([^<]*)</.exec(page.body)?.[1]
      if (told === undefined) expect(said).toBeUndefined()
      else expect(said).toContain(told)
      const code = new URL((await allowOn(browser, page)).location ?? '').searchParams.get('code') ?? ''
      const { body } = await exchangeCode(h.app, client, code)
      expect(body.access_token).toBeDefined()
      expect(body.refresh_token !== undefined).toBe(told !== undefined)
    },
  )

  test('tokens in the redirect are not renewed, so that nothing of the kind is told', async () => {
    const client = await addClient(h, {
      dialects: ['quantimodo'],
      front_channel_tokens: true,
      access_token_ttl: 172_800,
    })
    const url = authorizeUrl(client, { response_type: 'token', scope: 'openid offline_access basic' })
    const page = await browser.follow(await browser.get(url.replace('/oauth/', '/api/oauth2/')))
    expect(page.body).toContain('id="consent-allow"')
    expect(page.body).not.toContain('data-scope="offline_access"')
  })
})

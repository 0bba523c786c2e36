/** Sign-in tickets at the older authorize: what one is worth, for whom, how often, and what is no ticket at all. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { makeTicket, openTicket } from '../../../src/engine/authorize/ticket.ts'
import type { Account } from '../../../src/storage/contract.ts'
import { allowOn, hiddenFields, type Page, signInOn, type TestBrowser, testBrowser } from '../../support/browser.ts'
import { addAccount, type Harness, harness, issuer, type TestClient } from '../../support/harness.ts'
import { addOlderClient, lastRecord, phoneCallback, visit } from './visits.ts'

const minute = 60_000
const toCode = /^http:\/\/localhost\/callback\?code=ac[A-Za-z0-9]+&state=s$/

describe('a sign-in ticket', () => {
  let h: Harness
  let alice: Account
  let bob: Account
  let client: TestClient
  beforeAll(async () => {
    h = await harness()
    alice = await addAccount(h)
    bob = await addAccount(h, 'bob')
  })
  // Of its own for each test, so that nobody has agreed to it before.
  beforeEach(async () => {
    client = await addOlderClient(h)
  })
  afterAll(() => h.close())

  const ticket = (of: Account = alice) => makeTicket(h.context, of.id)
  const address = (token: string, more = '', of = client) =>
    `/api/v2/oauth/authorize?token=${token}&response_type=code&client_id=${of.id}&state=s${more}`
  const open = async (browser: TestBrowser, url: string) => browser.follow(await browser.get(url))

  async function signedIn(username: string): Promise<TestBrowser> {
    const browser = testBrowser(h.app)
    await signInOn(browser, await browser.get('/login'), username)
    return browser
  }

  function expectConsent(page: Page, account: string): void {
    expect(page.status, page.body.slice(0, 500)).toBe(200)
    expect(page.body).toContain('id="consent-allow"')
    expect(page.body).toMatch(new RegExp(`Your account: </span>.*<bdi[^>]*>${account}@example\\.com`))
  }

  async function personOf(location: string | undefined): Promise<string | null> {
    const exchanged = await h.app.inject({
      method: 'POST',
      url: '/api/oauth2/token',
      payload: {
        client_id: client.id,
        client_secret: client.secret,
        code: new URL(location ?? '').searchParams.get('code'),
      },
    })
    const user = await h.app.inject({
      url: '/api/v1/user',
      headers: { authorization: `Bearer ${exchanged.json().access_token}` },
    })
    return user.json().loginName
  }

  test('has the format of the contract, and is never an ID token, an access token or the JWT of another protocol', () => {
    const text = makeTicket(h.context, alice.id, { clientId: 'app', redirectUri: phoneCallback })
    const [head, body] = text.split('.', 2).map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()))
    expect(head).toMatchObject({ typ: 'ticket+jwt', alg: 'ES256' })
    expect(Object.keys(body).toSorted()).toEqual(
      ['aud', 'client_id', 'exp', 'iat', 'iss', 'jti', 'redirect_uri', 'sub'].toSorted(),
    )
    expect(body).toMatchObject({ iss: issuer, aud: `${issuer}/oauth/authorize`, sub: alice.id, client_id: 'app' })
    expect(body.exp - body.iat).toBeGreaterThan(598)
    expect(body.exp - body.iat).toBeLessThanOrEqual(600)
    expect(openTicket(h.context, text, { clientId: 'app', redirectUri: phoneCallback })?.userId).toBe(alice.id)
    const { signer, settings } = h.context
    const claims = { ...body, client_id: undefined, redirect_uri: undefined }
    const request = { clientId: 'app', redirectUri: phoneCallback }
    expect(openTicket(h.context, signer.sign('ES256', 'ticket+jwt', claims), request)).toBeDefined()
    for (const [type, changed] of [
      ['JWT', claims],
      ['at+jwt', claims],
      ['ticket+jwt', { ...claims, aud: settings.issuer }],
      ['ticket+jwt', { ...claims, aud: [claims.aud, 'x'] }],
      ['ticket+jwt', { ...claims, iss: 'https://elsewhere.example' }],
      ['ticket+jwt', { ...claims, sub: undefined }],
      ['ticket+jwt', { ...claims, jti: undefined }],
      ['ticket+jwt', { ...claims, exp: undefined }],
      ['ticket+jwt', { ...claims, exp: String(claims.exp) }],
    ] as const) {
      expect(
        openTicket(h.context, signer.sign('ES256', type, changed), request),
        JSON.stringify(changed),
      ).toBeUndefined()
    }
    expect(openTicket(h.context, `${text.slice(0, -3)}AAA`, request)).toBeUndefined()
    const none = Buffer.from(JSON.stringify({ alg: 'none', typ: 'ticket+jwt' })).toString('base64url')
    expect(openTicket(h.context, `${none}.${text.split('.')[1]}.`, request)).toBeUndefined()
  })

  test('in the address is taken out at once, skips sign-in and not consent, and leaves no session', async () => {
    const browser = testBrowser(h.app)
    const token = ticket()
    const first = await browser.get(address(token))
    expect(first.status).toBe(303)
    expect(first.location).toMatch(/^\/consent\?request=[A-Za-z0-9_-]+$/)
    expect(first.response.headers).toMatchObject({ 'referrer-policy': 'no-referrer', 'cache-control': 'no-store' })
    expect((await lastRecord(h, client)).ruleset).toMatch(/^authorize:consent\b/)
    const page = await browser.follow(first)
    expectConsent(page, 'alice')
    expect(page.body).toContain('This is for this time only')
    const answer = await allowOn(browser, page)
    expect(answer.location).toMatch(toCode)
    expect([...browser.cookies.keys()]).toEqual([expect.stringMatching(/^consentry-browser-[A-Za-z0-9_-]{8}$/)])
    expect(await personOf(answer.location)).toBe('alice')
    expect((await browser.get('/account')).location).toMatch(/^\/login/)
    expect(h.logged.join('\n')).not.toContain(token)
  })

  test('as bearer token does the same', async () => {
    const browser = testBrowser(h.app)
    const url = `/api/v2/oauth/authorize?response_type=code&client_id=${client.id}&state=s`
    const page = await browser.follow(await browser.get(url, { authorization: `Bearer ${ticket()}` }))
    expectConsent(page, 'alice')
    const answer = await allowOn(browser, page)
    expect(answer.location).toMatch(toCode)
    const again = await h.app.inject({
      url,
      headers: { accept: 'application/json', authorization: `Bearer ${ticket()}` },
    })
    expect([again.statusCode, again.json().error]).toEqual([403, 'consent_required'])
  })

  test('by POST comes back in the sealed request', async () => {
    const browser = testBrowser(h.app)
    const fields = { token: ticket(), response_type: 'code', client_id: client.id, state: 's' }
    const page = await browser.follow(await browser.post('/api/v2/oauth/authorize', fields))
    expectConsent(page, 'alice')
  })

  test('makes a yes that is not remembered, even where one is, and for an app of our own', async () => {
    const own = await addOlderClient(h, { first_party: true })
    for (const of of [client, own]) {
      for (let i = 0; i < 2; i++) {
        const browser = testBrowser(h.app)
        const page = await open(browser, address(ticket(), '', of))
        expectConsent(page, 'alice')
        expect((await allowOn(browser, page)).location).toMatch(toCode)
      }
      expect(await h.storage.consents.find(alice.id, of.id)).toBeUndefined()
    }
    await visit(h, `/api/oauth2/authorize?response_type=code&client_id=${client.id}`)
    expect(await h.storage.consents.find(alice.id, client.id)).toBeDefined()
    expectConsent(await open(testBrowser(h.app), address(ticket())), 'alice')
  })

  test('can be taken back with the app like any other authorization', async () => {
    const browser = testBrowser(h.app)
    const answer = await allowOn(browser, await open(browser, address(ticket())))
    await h.storage.grants.endAll({ userId: alice.id, clientId: client.id }, 'revoked_by_user')
    const exchanged = await h.app.inject({
      method: 'POST',
      url: '/api/oauth2/token',
      payload: {
        client_id: client.id,
        client_secret: client.secret,
        code: new URL(answer.location ?? '').searchParams.get('code'),
      },
    })
    expect(exchanged.json()).toMatchObject({ error: 'invalid_grant' })
  })

  test('with prompt=none is refused, even where the person is signed in and has agreed', async () => {
    const browser = await signedIn('alice')
    await visit(h, `/api/oauth2/authorize?response_type=code&client_id=${client.id}`, browser)
    for (const visitor of [browser, testBrowser(h.app)]) {
      const { location } = await visitor.get(address(ticket(), '&prompt=none'))
      expect(location).toMatch(
        /^http:\/\/localhost\/callback\?error=interaction_required&error_description=[^&]+&state=s$/,
      )
      expect((await lastRecord(h, client)).reason).toBe('ticket_needs_page')
    }
  })

  test('meets a sign-in that was asked for anew like an older one: the person signs in', async () => {
    for (const more of ['&prompt=login', '&max_age=0', '&prompt=select_account']) {
      const token = ticket()
      h.clock.move(1000)
      expect((await testBrowser(h.app).get(address(token, more))).location, more).toMatch(/^\/login/)
    }
    expectConsent(await open(testBrowser(h.app), address(ticket(), '&max_age=300')), 'alice')
  })

  test('of another person than the one signed in asks which of both it shall be', async () => {
    const browser = await signedIn('bob')
    const session = browser.cookies.get('consentry-session')
    const page = await open(browser, address(ticket()))
    expectConsent(page, 'alice')
    expect(page.body).toMatch(/this browser is signed in as[^.]*bob@example\.com/)
    const answer = await allowOn(browser, page)
    expect(await personOf(answer.location)).toBe('alice')
    expect(browser.cookies.get('consentry-session')).toBe(session)

    const other = await open(browser, address(ticket()))
    const href = /id="consent-switch" href="([^"]+)"/.exec(other.body)?.[1] ?? ''
    const asBob = await open(browser, href)
    expectConsent(asBob, 'bob')
    expect(asBob.body).not.toContain('alice')
    expect(await personOf((await allowOn(browser, asBob)).location)).toBe('bob')
    expect((await h.storage.consents.find(bob.id, client.id))?.scope).toContain('readmeasurements')
  })

  test('of the person who is signed in asks for consent and nothing more', async () => {
    const browser = await signedIn('alice')
    const page = await open(browser, address(ticket()))
    expectConsent(page, 'alice')
    expect(page.body).not.toContain('consent-switch')
  })

  test('"use another account" on its consent page leaves the ticket behind', async () => {
    const browser = testBrowser(h.app)
    const page = await open(browser, address(ticket()))
    const href = /<a class="small press" href="([^"]+)"/.exec(page.body)?.[1] ?? ''
    const asked = await signInOn(browser, await browser.get(href), 'bob')
    const answer = asked.body.includes('consent-allow') ? await allowOn(browser, asked) : asked
    expect(await personOf(answer.location)).toBe('bob')
  })

  test('is spent by the yes: the same browser signs in as usual, another one is refused', async () => {
    const token = ticket()
    const browser = testBrowser(h.app)
    // A prefetch, or a second look, spends nothing.
    await open(browser, address(token))
    await open(testBrowser(h.app), address(token))
    await allowOn(browser, await open(browser, address(token)))
    expect((await browser.get(address(token))).location).toMatch(/^\/login/)
    const { location } = await testBrowser(h.app).get(address(token))
    expect(location).toMatch(/^http:\/\/localhost\/callback\?error=access_denied&error_description=[^&]+&state=s$/)
    expect((await lastRecord(h, client)).reason).toBe('ticket_spent')
    const program = await h.app.inject({ url: address(token), headers: { accept: 'application/json' } })
    expect(program.headers.location).toContain('error=access_denied')
  })

  test('is spent by a no as well', async () => {
    const token = ticket()
    const browser = testBrowser(h.app)
    const page = await open(browser, address(token))
    const denied = await browser.post('/consent', { ...hiddenFields(page), decision: 'deny' })
    expect(denied.location).toMatch(/error=access_denied/)
    expect((await testBrowser(h.app).get(address(token))).location).toMatch(/error=access_denied/)
  })

  test('agreed to by two browsers at once makes one authorization', async () => {
    for (let round = 0; round < 5; round++) {
      const token = ticket()
      const browsers = Array.from({ length: 4 }, () => testBrowser(h.app))
      const pages = await Promise.all(browsers.map((browser) => open(browser, address(token))))
      const answers = await Promise.all(browsers.map((browser, i) => allowOn(browser, pages[i] as Page)))
      const locations = answers.map(({ location }) => location ?? '')
      expect(locations.filter((location) => toCode.test(location))).toHaveLength(1)
      expect(locations.filter((location) => location.includes('error=access_denied'))).toHaveLength(3)
    }
  })

  test('agreed to twice in one browser makes one authorization, and the second press signs in as usual', async () => {
    const browser = testBrowser(h.app)
    const page = await open(browser, address(ticket()))
    const answers = await Promise.all([allowOn(browser, page), allowOn(browser, page)])
    expect(answers.filter(({ location }) => toCode.test(location ?? ''))).toHaveLength(1)
    expect((await allowOn(browser, page)).location).toMatch(/^\/login\?request=/)
  })

  test('its page is worth nothing in another browser', async () => {
    const page = await open(testBrowser(h.app), address(ticket()))
    const thief = testBrowser(h.app)
    expect((await thief.get(page.path)).body).toContain('OAuth error: invalid_request')
    expect((await thief.post('/consent', { ...hiddenFields(page), decision: 'allow' })).location).toBeUndefined()
    expect(
      (await thief.get(page.path.replace('/consent?request=', '/oauth/authorize?resume='))).location,
    ).toBeUndefined()
  })

  test('holds for ten minutes, the consent page included', async () => {
    const token = ticket()
    const browser = testBrowser(h.app)
    const page = await open(browser, address(token))
    h.clock.move(10 * minute)
    expect((await browser.post('/consent', { ...hiddenFields(page), decision: 'allow' })).location).toMatch(/^\/login/)
    expect((await testBrowser(h.app).get(address(token))).location).toMatch(/^\/login/)
  })

  test('ends with a password change and with the account', async () => {
    const carol = await addAccount(h, 'carol')
    h.clock.move(1)
    const token = ticket(carol)
    const browser = testBrowser(h.app)
    const page = await open(browser, address(token))
    expectConsent(page, 'carol')
    h.clock.move(1)
    await h.storage.accounts.update(carol.id, { validAfter: h.clock.now() })
    expect((await browser.post('/consent', { ...hiddenFields(page), decision: 'allow' })).location).toMatch(/^\/login/)
    expect((await testBrowser(h.app).get(address(token))).location).toMatch(/^\/login/)
    h.clock.move(1)
    const later = ticket(carol)
    expectConsent(await open(testBrowser(h.app), address(later)), 'carol')
    await h.storage.accounts.update(carol.id, { enabled: false })
    expect((await testBrowser(h.app).get(address(later))).location).toMatch(/^\/login/)
  })

  test('for one app, or one redirect URI, is ignored at another', async () => {
    const other = await addOlderClient(h)
    const forOther = makeTicket(h.context, alice.id, { clientId: other.id })
    expect((await testBrowser(h.app).get(address(forOther))).location).toMatch(/^\/login/)
    expectConsent(await open(testBrowser(h.app), address(forOther, '', other)), 'alice')
    const elsewhere = makeTicket(h.context, alice.id, { redirectUri: 'https://app.example/cb' })
    expect((await testBrowser(h.app).get(address(elsewhere))).location).toMatch(/^\/login/)
    const here = makeTicket(h.context, alice.id, { redirectUri: phoneCallback })
    expectConsent(await open(testBrowser(h.app), address(here)), 'alice')
  })

  test('is not taken at the standard protocol', async () => {
    const both = await addOlderClient(h, { dialects: ['oauth', 'quantimodo'] })
    const page = await testBrowser(h.app).get(
      `/oauth/authorize?token=${ticket()}&response_type=code&client_id=${both.id}&scope=basic`,
      { authorization: `Bearer ${ticket()}` },
    )
    expect(page.location).toMatch(/^\/login/)
  })

  test('does not travel on to the address that a program is told', async () => {
    const token = ticket()
    const response = await h.app.inject({ url: address(token), headers: { accept: 'application/json' } })
    expect([response.statusCode, response.body.includes(token)]).toEqual([403, false])
  })
})

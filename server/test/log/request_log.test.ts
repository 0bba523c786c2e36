/** The request log: one entry per request, with its cause and rules, for the owner of the app and nobody else. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { UserId } from '../../src/protocol/names.ts'
import { codeChallenge } from '../../src/protocol/pkce.ts'
import type { RequestRecord } from '../../src/storage/contract.ts'
import { newCode } from '../support/answers.ts'
import {
  authorize,
  authorizeUrl,
  exchangeCode,
  type Page,
  refresh,
  signInOn,
  type TestBrowser,
  testBrowser,
  token,
} from '../support/browser.ts'
import { addAccount, addClient, callback, type Harness, harness, type TestClient } from '../support/harness.ts'

describe('the request log', () => {
  let h: Harness
  let client: TestClient
  let alice: TestBrowser
  let owner: TestBrowser
  let aliceId: string
  let developerId: UserId
  beforeAll(async () => {
    h = await harness()
    aliceId = (await addAccount(h)).id
    const developer = await addAccount(h, 'developer')
    developerId = developer.id
    await addAccount(h, 'mallory')
    client = await addClient(h, {}, { ownerId: developer.id })
    alice = (await authorize(h.app, authorizeUrl(client))).browser
    owner = await signedIn('developer')
  })
  afterAll(() => h.close())

  async function signedIn(username: string): Promise<TestBrowser> {
    const browser = testBrowser(h.app)
    await signInOn(browser, await browser.get('/login'), username)
    return browser
  }

  const logPath = () => `/developer/apps/${client.id}/requests`

  /** What was recorded while `work` ran. */
  async function recorded(work: () => Promise<unknown>): Promise<readonly RequestRecord[]> {
    await h.context.requests.flush()
    h.clock.move(1)
    const start = h.clock.now()
    await work()
    await h.context.requests.flush()
    return (await h.storage.requests.list(client.id, 500)).filter((record) => record.at >= start).reverse()
  }

  async function only(work: () => Promise<unknown>): Promise<RequestRecord> {
    const records = await recorded(work)
    expect(records).toHaveLength(1)
    return records[0] as RequestRecord
  }

  /** The rows of the table as (reason, id, text), with the checks and their outcomes. */
  function rows(page: Page) {
    expect(page.body).toContain('<table id="request-log">')
    return [...page.body.matchAll(/<tr data-reason="([^"]*)" data-request-id="([^"]*)">(.*?)<\/tr>/gs)].map(
      ([, reason = '', id = '', html = '']) => ({
        reason,
        id,
        html,
        checks: [...html.matchAll(/<li class="(passed|failed|not_applicable|not_reached)">/g)].map(
          ([, outcome]) => outcome,
        ),
      }),
    )
  }

  test('keeps one entry per request to authorize and token, with a sentence each', async () => {
    const records = await recorded(async () => {
      const code = await newCode(h, client, {}, alice)
      const { body } = await exchangeCode(h.app, client, code)
      await refresh(h.app, client, body.refresh_token ?? '')
      await refresh(h.app, client, 'rubbish')
      await alice.get(authorizeUrl(client, { scope: 'nonsense' }))
      await token(h.app, client, { grant_type: 'client_credentials' })
      await token(h.app, { id: client.id, secret: 'wrong' }, { grant_type: 'client_credentials' })
      await alice.get(authorizeUrl(client, { scope: 'email' }))
      await testBrowser(h.app).get(authorizeUrl(client))
      await testBrowser(h.app).post('/oauth/authorize', authorizeUrl(client).split('?')[1] ?? '')
    })
    expect(records.map(({ endpoint, status, reason }) => [endpoint, status, reason])).toEqual([
      ['/oauth/authorize', 303, ''],
      ['/oauth/token', 200, ''],
      ['/oauth/token', 200, ''],
      ['/oauth/token', 400, 'credential_malformed'],
      ['/oauth/authorize', 303, 'scope_not_registered'],
      ['/oauth/token', 200, ''],
      ['/oauth/token', 401, 'client_secret_wrong'],
      ['/oauth/authorize', 303, ''],
      ['/oauth/authorize', 303, ''],
      ['/oauth/authorize', 303, ''],
    ])
    for (const { cause, requestId } of records) {
      expect(cause).toMatch(/^\S.*\.$/)
      expect(requestId).toMatch(/^[A-Za-z0-9_-]{16}$/)
    }
  })

  test('shows at once, newest first, by reason, under the id that the response carried', async () => {
    const refused = await exchangeCode(h.app, client, await newCode(h, client, {}, alice), {
      code_verifier: 'w'.repeat(43),
    })
    const answered = await token(h.app, client, { grant_type: 'client_credentials' })
    const [first, second] = rows(await owner.get(logPath()))
    expect(first).toMatchObject({ reason: '', id: answered.headers['x-request-id'] })
    expect(second).toMatchObject({ reason: 'code_verifier_wrong', id: refused.headers['x-request-id'] })
    expect(second?.html).toContain('The code_verifier does not hash to the code_challenge')
    expect(second?.html).toContain('RFC 7636')
    expect(second?.html).toContain('POST /oauth/token')
  })

  test('lists the rules in their order: those before passed, one failed, the rest were not reached', async () => {
    await exchangeCode(h.app, client, await newCode(h, client, {}, alice), { code_verifier: 'w'.repeat(43) })
    const [verifier] = rows(await owner.get(logPath()))
    const [passed, none] = ['passed', 'not_applicable']
    expect(verifier?.checks, 'no proof of a key').toEqual([
      ...[...Array(4).fill(passed), none, ...Array(3).fill(passed)],
      ...['failed', ...Array(7).fill('not_reached')],
    ])
    await alice.get(authorizeUrl(client, { redirect_uri: `${callback}/` }))
    const [uri] = rows(await owner.get(logPath()))
    expect(uri?.reason).toBe('redirect_uri_not_registered')
    expect(uri?.checks.slice(0, 3)).toEqual(['passed', 'passed', 'failed'])
    await testBrowser(h.app).get(authorizeUrl(client))
    await alice.get(authorizeUrl(client, { scope: 'email' }))
    const [asked, sent] = rows(await owner.get(logPath()))
    const request = [...Array(4).fill(passed), none, ...Array(3).fill(passed), none, passed, none, none, none, none]
    expect(sent?.checks, 'not pushed, no resource, no key, no claims, no prompt, no hint').toEqual(request)
    expect(asked?.checks).toEqual([...request, passed])
    expect(asked?.html).not.toContain('The person has agreed')
    await token(h.app, client, { grant_type: 'client_credentials' })
    const [good] = rows(await owner.get(logPath()))
    expect(good?.checks, 'no proof, scope or resource').toEqual([
      ...[...Array(4).fill(passed), none],
      ...[none, none, passed, passed, none],
    ])
  })

  test('a rule that had nothing to check is neither passed nor refused', async () => {
    const lax = await addClient(h, { require_pkce: false }, { ownerId: developerId })
    const code = await newCode(h, lax, { code_challenge: undefined, code_challenge_method: undefined }, alice)
    const exchange = { grant_type: 'authorization_code', code, redirect_uri: callback }
    const exchanged = await token(h.app, lax, exchange)
    expect(exchanged.status).toBe(200)
    const page = await owner.get(`/developer/apps/${lax.id}/requests`)
    const [last, authorization] = rows(page)
    const wordOf = (html: string | undefined, rule: string) =>
      new RegExp(`${rule}</span><span class="word">([^<]+)<`).exec(html ?? '')?.[1]
    expect(wordOf(last?.html, 'The code_verifier matches the code_challenge')).toBe('Not applicable')
    expect(wordOf(last?.html, 'The redirect URI is the same as in the authorization request')).toBe('Passed')
    expect(wordOf(authorization?.html, 'PKCE is present where needed, with S256')).toBe('Not applicable')
  })

  test('says what was expected and what came for every rule that compares', async () => {
    const compared = async (work: () => Promise<unknown>) => {
      const { expected, got } = await only(work)
      return { expected, got }
    }
    const registered = 'openid profile email offline_access basic readmeasurements writemeasurements'
    const ask = (more: Record<string, string>) => () => alice.get(authorizeUrl(client, more))
    expect(await compared(ask({ scope: 'basic strange' }))).toEqual({ expected: registered, got: 'strange' })
    expect(await compared(ask({ response_type: 'none' }))).toEqual({ expected: 'code', got: 'none' })
    expect(await compared(ask({ response_mode: 'web_message' }))).toEqual({
      expected: 'query fragment form_post',
      got: 'web_message',
    })
    expect(await compared(ask({ code_challenge_method: 'plain' }))).toEqual({ expected: 'S256', got: 'plain' })
    expect(await compared(ask({ prompt: 'sometimes' }))).toMatchObject({ got: 'sometimes' })
    expect(await compared(ask({ max_age: 'soon' }))).toMatchObject({ got: 'soon' })
    expect(await compared(ask({ resource: 'https://nowhere.example' }))).toMatchObject({
      got: 'https://nowhere.example',
    })
    const code = await newCode(h, client, {}, alice)
    const verifier = 'w'.repeat(43)
    expect(await compared(() => exchangeCode(h.app, client, code, { code_verifier: verifier }))).toEqual({
      expected: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/),
      got: codeChallenge(verifier),
    })
    expect(await compared(() => exchangeCode(h.app, client, code, { redirect_uri: `${callback}/x` }))).toEqual({
      expected: callback,
      got: `${callback}/x`,
    })
    const own = { grant_type: 'client_credentials', scope: 'basic strange' }
    expect(await compared(() => token(h.app, client, own))).toMatchObject({ got: 'basic strange' })
  })

  test('is filtered by outcome, endpoint and reason, and each request has an address of its own', async () => {
    const { headers } = await token(h.app, client, { grant_type: 'client_credentials', scope: 'strange' })
    await token(h.app, client, { grant_type: 'client_credentials' })
    const reasons = async (query: string) => rows(await owner.get(`${logPath()}?${query}`)).map(({ reason }) => reason)
    expect(new Set(await reasons('outcome=answered'))).toEqual(new Set(['']))
    expect(await reasons('outcome=refused')).not.toContain('')
    expect(new Set(await reasons('endpoint=&reason=scope_not_registered&request='))).toEqual(
      new Set(['scope_not_registered']),
    )
    expect(new Set(await reasons('outcome=refused&endpoint=%2Foauth%2Fauthorize'))).not.toContain('code_spent')
    const id = String(headers['x-request-id'])
    const page = await owner.get(`${logPath()}?request=${id}`)
    expect(rows(page)).toMatchObject([{ id, reason: 'scope_not_registered' }])
    expect(page.body).toContain('<details open')
    expect((await owner.get(`${logPath()}?request=unknown`)).body).toContain('No request with this ID')
    expect((await owner.get(`${logPath()}?outcome=maybe`)).status).toBe(400)
  })

  test('says how a redirect URI differs, although anybody can have sent it', async () => {
    const record = await only(() => alice.get(authorizeUrl(client, { redirect_uri: `${callback}/` })))
    expect(record).toMatchObject({ expected: callback, got: `${callback}/`, authenticated: false })
    expect(record.cause).toBe('The redirect URI ends in a slash that the registered one does not have.')
  })

  test('tells nothing of a caller that has not proved to be the app', async () => {
    const code = await newCode(h, client, {}, alice)
    const other = await addClient(h, { token_endpoint_auth_method: 'none' })
    for (const work of [
      () => exchangeCode(h.app, { id: client.id, secret: 'a wrong secret' }, code),
      () => token(h.app, { id: client.id }, { grant_type: 'refresh_token', refresh_token: 'x' }),
    ]) {
      const record = await only(work)
      expect(record).toMatchObject({ authenticated: false, expected: null, got: null, pairwise: null })
      expect(JSON.stringify(record)).not.toMatch(/strange|wrong secret/)
    }
    // Somebody who presents this app's code as another client is the other's business.
    expect(await recorded(() => exchangeCode(h.app, { id: other.id }, code))).toEqual([])
  })

  test('holds no address, no login hint, no secret, and a person only by a name of this app after consent', async () => {
    const records = await recorded(async () => {
      const hint = testBrowser(h.app)
      await hint.get(authorizeUrl(client, { login_hint: 'alice@example.com' }))
      const code = await newCode(h, client, { state: 'the-state' }, alice)
      await exchangeCode(h.app, client, code)
      await exchangeCode(h.app, client, code)
    })
    expect(records).toHaveLength(4)
    expect(records[0]?.pairwise).toBeNull()
    for (const record of records) {
      expect(JSON.stringify(record)).not.toMatch(/127\.0\.0\.1|alice|the-state|usr_|ac[A-Za-z0-9]{60}/)
      expect(record.network).toBe('loopback')
    }
    expect(records[1]?.pairwise).toMatch(/^[A-Za-z0-9_-]{16}$/)
    expect(records[2]?.pairwise).toBe(records[1]?.pairwise)
    expect(aliceId).not.toContain(records[1]?.pairwise)
  })

  test('does not tell that an account was shut', async () => {
    const { body } = await exchangeCode(h.app, client, await newCode(h, client, {}, alice))
    await h.storage.accounts.update(aliceId as `usr_${string}`, { enabled: false })
    const shut = await only(() => refresh(h.app, client, body.refresh_token ?? ''))
    await h.storage.accounts.update(aliceId as `usr_${string}`, { enabled: true })
    expect(shut).toMatchObject({ reason: 'grant_revoked', cause: 'The authorization has been revoked.' })
  })

  test('clips what came to 200 characters without line breaks', async () => {
    const headers = { 'user-agent': `bot\u0001${'x'.repeat(1000)}` }
    const long = `${callback}/${'y'.repeat(900)}`
    const record = await only(() =>
      alice.get(authorizeUrl(client, { redirect_uri: `${long}\n\u0000x`.replace('\0', '') }), headers),
    )
    expect(record.got).toHaveLength(200)
    expect(record.userAgent).toHaveLength(200)
    expect(`${record.got}${record.userAgent}`).not.toMatch(/\p{Cc}/u)
  })

  test('keeps what nobody proved apart and sampled, so that it pushes nothing out', async () => {
    const records = await recorded(async () => {
      for (let i = 0; i < 80; i++) {
        await h.app.inject({
          method: 'POST',
          url: '/oauth/token',
          remoteAddress: `10.0.0.${i}`,
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
          payload: `grant_type=client_credentials&client_id=${client.id}&client_secret=guess${i}`,
        })
      }
      await token(h.app, client, { grant_type: 'client_credentials' })
    })
    expect(records.filter(({ authenticated }) => !authenticated).length).toBeLessThanOrEqual(60)
    expect(records.filter(({ authenticated }) => authenticated)).toHaveLength(1)
    h.clock.move(60_000)
  })

  test('escapes what came, wherever it stands', async () => {
    await alice.get(authorizeUrl(client, { redirect_uri: 'https://app.example/<script>x</script>' }), {
      'user-agent': '"><img src=x>',
    })
    const page = await owner.get(logPath())
    expect(page.body).not.toContain('<script')
    expect(page.body).not.toContain('<img')
    expect(page.body).toContain('&lt;/script&gt;')
  })

  test('is for the owner: others find nothing there, and nobody is sent to sign in', async () => {
    expect((await owner.get(logPath())).status).toBe(200)
    const mallory = await signedIn('mallory')
    for (const path of [logPath(), `/developer/apps/${client.id}`, '/developer/apps/nobody/requests']) {
      const page = await mallory.get(path)
      expect(page.status, path).toBe(404)
      expect(page.body).not.toContain('Meadow Journal')
    }
    const anonymous = await testBrowser(h.app).get(logPath())
    expect(anonymous.location).toBe(`/login?next=${encodeURIComponent(logPath())}`)
    expect((await mallory.get('/developer')).body).not.toContain(client.id)
    expect((await owner.get('/developer')).body).toContain(`<a href="/developer/apps/${client.id}">`)
    expect((await owner.get(`${logPath()}?before=x`)).status).toBe(400)
    expect((await owner.get(`${logPath()}?before=1.1`)).status).toBe(200)
  })

  test('the id of a request is on every response, its own each time, and in no JSON body', async () => {
    const seen = new Set<string>()
    for (const request of [
      { url: '/' },
      { url: '/healthz' },
      { url: '/no/such/path' },
      { url: '/%zz' },
      { url: '/oauth/authorize' },
      { url: '/oauth/token' },
      { url: '/oauth/token', method: 'POST' as const, payload: { a: 1 } },
      { url: '/oauth/userinfo' },
      { url: '/api/v3/user' },
      { url: '/oauth/jwks', headers: { 'x-request-id': 'chosen-by-the-caller', 'request-id': 'x' } },
    ]) {
      const response = await h.app.inject(request)
      const id = String(response.headers['x-request-id'])
      expect(id, request.url).toMatch(/^[A-Za-z0-9_-]{16}$/)
      seen.add(id)
      if (String(response.headers['content-type']).includes('json')) expect(response.body).not.toContain(id)
    }
    expect(seen.size).toBe(10)
  })
})

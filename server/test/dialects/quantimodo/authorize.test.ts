/** The older authorize: its addresses, what its clients send and leave out, and the exact addresses they get back. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { allowOn, authorize, hiddenFields, signInOn, type TestBrowser, testBrowser } from '../../support/browser.ts'
import { addAccount, addClient, type Harness, harness, issuer, type TestClient } from '../../support/harness.ts'
import { authorizePaths } from './every_path.ts'
import { addOlderClient, lastRecord, phoneCallback, visit } from './visits.ts'

const code = 'ac[A-Za-z0-9]+'

describe('the older authorize', () => {
  let h: Harness
  let client: TestClient
  beforeAll(async () => {
    h = await harness()
    await addAccount(h)
    client = await addOlderClient(h)
  })
  afterAll(() => h.close())

  const matching = (text: string) => expect.stringMatching(new RegExp(`^${text}$`))

  test('stands at every older address by GET and POST, and not at others', async () => {
    expect(authorizePaths).toHaveLength(55)
    for (const path of [...authorizePaths, '/api/v7/oauth2/authorize', '/api/oauth3/authorize', '/v1/authorize']) {
      const older = authorizePaths.includes(path)
      for (const method of ['GET', 'POST'] as const) {
        const response = await h.app.inject({ method, url: path, headers: { accept: 'text/html' } })
        expect(response.body.includes('OAuth error: invalid_request'), `${method} ${path}`).toBe(older)
        expect(response.statusCode, `${method} ${path}`).toBe(older ? 400 : 404)
      }
    }
    for (const path of ['/api/oauth2/authorize', '/oauth2/authorize', '/api/v2/bshaffer/oauth/authorize']) {
      expect(authorizePaths).toContain(path)
    }
  })

  test('takes the addresses of the five documents as they are written', async () => {
    await addOlderClient(h, {}, 'some_id')
    const literal = [
      '/oauth2/authorize?response_type=code&client_id=some_id&client_secret=our_secret',
      '/v1/oauth2/authorize?response_type=code&client_id=some_id',
      '/v2/oauth2/authorize?response_type=code&client_id=some_id',
      '/api/v3/oauth2/authorize?clientId=some_id&client_secret=our_secret&response_type=code&scope=basic',
      '/api/v2/oauth/authorize?client_id=some_id&client_secret=our_secret&response_type=code&scope=basic%20readmeasurements',
      '/api/v1/oauth2/authorize?client_id=some_id&client_secret=our_secret&response_type=code&scope=basic&realm=x',
    ]
    for (const address of literal) {
      const { location } = await visit(h, address)
      expect(location, address).toEqual(matching(`${phoneCallback}\\?code=${code}&state=`))
    }
  })

  test.each([
    ['mobile app of 2015', 'response_type=code&client_id=ID&client_secret=SECRET', ''],
    [
      'mobile app of 2016',
      'response_type=code&client_id=ID&client_secret=SECRET&scope=readmeasurements%20writemeasurements&state=testabcd',
      'testabcd',
    ],
    [
      'mobile app of 2022, with its address not encoded',
      'response_type=code&client_id=ID&scope=readmeasurements%20writemeasurements&state=testabcd&redirect_uri=http://localhost/callback',
      'testabcd',
    ],
    ['Android app', 'client_id=ID&response_type=code&scope=readmeasurements&state=1447937', '1447937'],
    [
      'Android app of version 2',
      'token=eyJhbGciOiJIUzI1NiJ9.e30.x&response_type=code&scope=readmeasurements&client_id=ID&client_secret=SECRET',
      '',
    ],
    [
      'WordPress plugin',
      'response_type=code&client_id=ID&scope=writemeasurements+readmeasurements&state=5630da6e90def7.05353749&redirect_uri=http://localhost/callback',
      '5630da6e90def7.05353749',
    ],
    [
      'Python client',
      'client_id=ID&client_secret=SECRET&response_type=code&scope=basic+readmeasurements&redirect_uri=http%3A%2F%2Flocalhost%2Fcallback&state=s1',
      's1',
    ],
    [
      'npm client',
      'clientId=ID&client_secret=SECRET&response_type=code&scope=basic%20readmeasurements%20writemeasurements&redirect_uri=http%3A%2F%2Flocalhost%2Fcallback&state=xyz&platform=web',
      'xyz',
    ],
  ])('answers the %s with exactly code, then state', async (_name, query, state) => {
    const address = `/api/oauth2/authorize?${query.replace('ID', client.id).replace('SECRET', client.secret)}`
    const { location, status } = await visit(h, address)
    expect(status).toBe(303)
    expect(location).toEqual(matching(`${phoneCallback}\\?code=${code}&state=${state.replace('.', '\\.')}`))
  })

  test('makes grants of its own, with a code of ten minutes and tokens of thirty days', async () => {
    const { location } = await visit(h, `/api/oauth2/authorize?response_type=code&client_id=${client.id}`)
    const answer = new URL(location ?? '').searchParams.get('code') ?? ''
    h.clock.move(599_000)
    const exchanged = await h.app.inject({
      method: 'POST',
      url: '/api/oauth2/token',
      payload: { client_id: client.id, client_secret: client.secret, grant_type: 'authorization_code', code: answer },
    })
    expect(exchanged.json()).toMatchObject({
      expires_in: 30 * 86_400,
      scope: 'basic readmeasurements writemeasurements',
    })
    const [view] = await h.storage.grants.listByUser((await h.storage.accounts.findByLogin('alice'))?.id ?? 'usr_', 1)
    expect(view?.grant.dialect).toBe('quantimodo')
    const late = await visit(h, `/api/oauth2/authorize?response_type=code&client_id=${client.id}`)
    h.clock.move(600_000)
    const expired = await h.app.inject({
      method: 'POST',
      url: '/api/oauth2/token',
      payload: {
        client_id: client.id,
        client_secret: client.secret,
        grant_type: 'authorization_code',
        code: new URL(late.location ?? '').searchParams.get('code'),
      },
    })
    expect(expired.json()).toMatchObject({ error: 'invalid_grant' })
  })

  test('appends to a registered query with one question mark, and sends a refusal as error and description', async () => {
    const asking = await addOlderClient(h, { redirect_uris: ['https://app.example/cb?via=qm'] })
    const address = `/api/oauth2/authorize?response_type=code&client_id=${asking.id}&state=s`
    expect((await visit(h, address)).location).toEqual(
      matching(`https://app\\.example/cb\\?via=qm&code=${code}&state=s`),
    )
    const browser = testBrowser(h.app)
    const page = await signInOn(browser, await browser.follow(await browser.get(`${address}&prompt=consent`)))
    const denied = await browser.post('/consent', { ...hiddenFields(page), decision: 'deny' })
    expect(denied.location).toBe(
      'https://app.example/cb?via=qm&error=access_denied&error_description=The%20person%20did%20not%20allow%20it.&state=s',
    )
  })

  test('register=true opens sign-up, and signing up leads on to consent', async () => {
    const browser = testBrowser(h.app)
    const address = `/api/oauth2/authorize?response_type=code&client_id=${client.id}&state=t&register=true`
    const page = await browser.follow(await browser.get(address))
    expect(page.body).toContain('id="signup-form"')
    const fields = { email: 'new@example.com', username: 'newcomer', password: 'a rather long password' }
    const asked = await browser.follow(await browser.post('/signup', { ...hiddenFields(page), ...fields }))
    expect((await allowOn(browser, asked)).location).toEqual(matching(`${phoneCallback}\\?code=${code}&state=t`))
  })

  test('register=false, and whatever else it does not know, is ignored however often it comes', async () => {
    const more = 'register=false&logout=true&appName=x&appName=y&accessToken=a&accessToken=b&realm=z&platform=web'
    const page = await testBrowser(h.app).get(`/api/oauth2/authorize?response_type=code&client_id=${client.id}&${more}`)
    expect(page.location).toMatch(/^\/login\?request=/)
  })

  test('a parameter under two names is one where they agree and refused where they differ', async () => {
    const browser = testBrowser(h.app)
    const twice = `/api/oauth2/authorize?response_type=code&client_id=${client.id}`
    expect((await browser.get(`${twice}&clientId=${client.id}`)).location).toMatch(/^\/login/)
    expect((await browser.get(`${twice}&clientId=other`)).body).toContain('OAuth error: invalid_request')
    expect((await browser.get(`${twice}&redirectUri=${phoneCallback}`)).location).toMatch(/^\/login/)
    expect((await browser.get(`${twice}&state=a&state=b`)).location).toMatch(
      /^http:\/\/localhost\/callback\?error=invalid_request&error_description=[^&]+&state=$/,
    )
  })

  test('a POST decides nothing and comes back by GET with the request sealed, whatever kind its body is', async () => {
    const { browser } = await signedIn()
    const parameters = { response_type: 'code', client_id: client.id, state: 's' }
    const bodies = [
      ['application/x-www-form-urlencoded', new URLSearchParams(parameters).toString()],
      ['application/json', JSON.stringify(parameters)],
    ] as const
    for (const [type, payload] of bodies) {
      const posted = await h.app.inject({
        method: 'POST',
        url: '/api/v1/oauth/authorize',
        headers: { 'content-type': type, accept: 'text/html' },
        payload,
      })
      expect(posted.statusCode).toBe(303)
      const back = String(posted.headers.location)
      expect(back).toMatch(/^\/api\/v1\/oauth\/authorize\?resume=[A-Za-z0-9_-]+$/)
      expect((await visit(h, back, browser)).location).toEqual(matching(`${phoneCallback}\\?code=${code}&state=s`))
    }
  })

  async function signedIn(): Promise<{ browser: TestBrowser }> {
    const browser = testBrowser(h.app)
    await signInOn(browser, await browser.get('/login'))
    return { browser }
  }

  test('redirect URIs match exactly, and an omitted one is the one that is registered', async () => {
    const browser = testBrowser(h.app)
    const address = `/api/oauth2/authorize?response_type=code&client_id=${client.id}&redirect_uri=`
    for (const foreign of [
      `${phoneCallback}/`,
      'http://localhost/callback/x',
      `${phoneCallback}?x=1`,
      'http://localhost:81/callback',
      'https://evil.example/callback',
      'http://localhost/callback@evil.example',
      'HTTP://localhost/callback',
    ]) {
      const page = await browser.get(address + encodeURIComponent(foreign))
      expect(page.location, foreign).toBeUndefined()
      expect(page.body, foreign).toContain('OAuth error: invalid_request')
    }
    const two = await addOlderClient(h, { redirect_uris: [phoneCallback, 'https://app.example/cb'] })
    const unclear = await browser.get(`/api/oauth2/authorize?response_type=code&client_id=${two.id}`)
    expect(unclear.body).toContain('OAuth error: invalid_request')
    expect((await lastRecord(h, two)).reason).toBe('redirect_uri_missing')
  })

  test('is closed to apps that are not registered for it, and the standard protocol to those that are for it alone', async () => {
    const standard = await addClient(h, { redirect_uris: [phoneCallback] })
    const browser = testBrowser(h.app)
    const query = `response_type=code&client_id=${standard.id}`
    expect((await browser.get(`/api/oauth2/authorize?${query}`)).body).toContain('OAuth error: unauthorized_client')
    expect((await browser.get(`/oauth/authorize?response_type=code&client_id=${client.id}`)).body).toContain(
      'OAuth error: unauthorized_client',
    )
  })

  test('a public app needs PKCE here too, unless its owner has switched that off', async () => {
    const strict = await addOlderClient(h, { token_endpoint_auth_method: 'none' })
    const address = (id: string) => `/api/oauth2/authorize?response_type=code&client_id=${id}&state=s`
    const refused = await testBrowser(h.app).get(address(strict.id))
    expect(refused.location).toMatch(/^http:\/\/localhost\/callback\?error=invalid_request&error_description=PKCE/)
    const lax = await addOlderClient(h, { token_endpoint_auth_method: 'none', code_without_pkce: true })
    expect((await visit(h, address(lax.id))).location).toEqual(matching(`${phoneCallback}\\?code=${code}&state=s`))
  })

  test('prompt=none never shows a page', async () => {
    const address = `/api/oauth2/authorize?response_type=code&client_id=${client.id}&state=s&prompt=none`
    const { location } = await testBrowser(h.app).get(address)
    expect(location).toMatch(/^http:\/\/localhost\/callback\?error=login_required&error_description=[^&]+&state=s$/)
  })

  test('a request that was begun here goes no further once the protocol or the app has been shut', async () => {
    const leaving = await addOlderClient(h)
    const browser = testBrowser(h.app)
    const page = await browser.follow(
      await browser.get(`/api/oauth2/authorize?response_type=code&client_id=${leaving.id}`),
    )
    await h.storage.clients.amend(leaving.id, ({ metadata }) => ({ metadata: { ...metadata, dialects: ['oauth'] } }))
    h.context.clients.forget()
    expect((await browser.get(page.path)).body).toContain('OAuth error: unauthorized_client')
  })

  test('is not there on a server whose operator has not opened it', async () => {
    const shut = await harness({ settings: { dialects: new Set(['oauth']) } })
    for (const path of ['/api/oauth2/authorize', '/callback/', '/api/v1/window/close']) {
      expect((await shut.app.inject({ url: path, headers: { accept: 'text/html' } })).statusCode, path).not.toBe(200)
      expect((await shut.app.inject({ url: path, headers: { accept: 'text/html' } })).statusCode, path).not.toBe(400)
    }
    await shut.close()
  })

  test('has no cross-origin answers, though its paths lie among those of the API', async () => {
    const shop = await addOlderClient(h, { redirect_uris: ['https://shop.example/cb'] })
    const response = await h.app.inject({
      url: `/api/oauth2/authorize?response_type=code&client_id=${shop.id}`,
      headers: { origin: 'https://shop.example', accept: 'application/json' },
    })
    expect(response.headers['access-control-allow-origin']).toBeUndefined()
  })

  test('the standard protocol keeps its own spelling: an issuer, and no state that was not sent', async () => {
    const both = await addClient(h, { dialects: ['oauth', 'quantimodo'], redirect_uris: [phoneCallback] })
    const url = `/oauth/authorize?response_type=code&client_id=${both.id}&scope=basic`
    const { location } = await authorize(h.app, url)
    expect([...location.searchParams.keys()]).toEqual(['code', 'iss'])
    expect(location.searchParams.get('iss')).toBe(issuer)
  })
})

describe('a client secret in the address', () => {
  let h: Harness
  let client: TestClient
  beforeEach(async () => {
    h = await harness()
    await addAccount(h)
    client = await addOlderClient(h)
    return () => h.close()
  })

  test.each(['client_secret', 'clientSecret', 'quantimodo_client_secret'])(
    'as %s is ignored, told to the owner, and stands nowhere after',
    async (name) => {
      const address = `/oauth2/authorize?response_type=code&client_id=${client.id}&${name}=${client.secret}`
      const page = await testBrowser(h.app).get(address)
      expect(page.location).toMatch(/^\/login/)
      expect(page.response.headers['referrer-policy']).toBe('no-referrer')
      const record = await lastRecord(h, client)
      expect(record.cause).toBe(
        'The person was asked to sign in. The URL contained the client secret. Replace the secret.',
      )
      expect(JSON.stringify(record)).not.toContain(client.secret)
      const refused = await testBrowser(h.app).get(`${address}&redirect_uri=https://evil.example/`)
      expect(refused.body).toContain('id="oauth-error"')
      expect(refused.body).not.toContain(client.secret)
      expect(refused.response.headers['referrer-policy']).toBe('no-referrer')
      expect((await lastRecord(h, client)).cause).toMatch(/The URL contained the client secret\. Replace the secret\.$/)
      expect(h.logged.join('\n')).not.toContain(client.secret)
    },
  )

  test('that is none of the app is told apart, so that nobody can cry wolf', async () => {
    await testBrowser(h.app).get(`/oauth2/authorize?response_type=code&client_id=${client.id}&client_secret=our_secret`)
    expect((await lastRecord(h, client)).cause).toContain(
      'The URL contained a client_secret that does not belong to this app.',
    )
  })

  test('is shown to the owner in the portal', async () => {
    const owner = await addAccount(h, 'owner')
    const owned = await addClient(
      h,
      { dialects: ['quantimodo'], redirect_uris: [phoneCallback] },
      { ownerId: owner.id },
    )
    await testBrowser(h.app).get(
      `/oauth2/authorize?response_type=code&client_id=${owned.id}&client_secret=${owned.secret}`,
    )
    await h.context.requests.flush()
    const browser = testBrowser(h.app)
    await signInOn(browser, await browser.get('/login'), 'owner')
    const page = await browser.get(`/developer/apps/${owned.id}/requests`)
    expect(page.body).toContain('The URL contained the client secret. Replace the secret.')
    expect(page.body).toContain('GET /oauth2/authorize')
  })
})

describe('the landing pages', () => {
  test.each([
    ['/callback/', 'go back to the app'],
    ['/api/v1/window/close', 'close this window'],
  ])('%s says what to do and nothing of its address', async (path, words) => {
    const h = await harness()
    const response = await h.app.inject({ url: `${path}?code=sEcReT&error_description=<b>boo</b>&state=x` })
    expect(response.statusCode).toBe(200)
    expect(response.body).toContain(words)
    expect(response.body).not.toMatch(/sEcReT|boo/)
    expect(response.headers).toMatchObject({ 'referrer-policy': 'no-referrer', 'cache-control': 'no-store' })
    expect(response.headers['content-security-policy']).toContain("default-src 'none'")
    expect(response.headers['set-cookie']).toBeUndefined()
    expect(h.logged.join('\n')).not.toContain('sEcReT')
    await h.close()
  })
})

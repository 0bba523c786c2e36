/** What the API tells of apps, and how a person takes back what one may do; through the whole server. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { liveGrants, newTokens } from '../support/answers.ts'
import { apiStatus, authorize, authorizeUrl, refresh, type TestBrowser, token } from '../support/browser.ts'
import { addAccount, addClient, callback, type Harness, harness, type TestClient } from '../support/harness.ts'

let h: Harness
let alice: Awaited<ReturnType<typeof addAccount>>
let developer: Awaited<ReturnType<typeof addAccount>>
let journal: TestClient
let scale: TestClient
let browser: TestBrowser

beforeAll(async () => {
  h = await harness()
  alice = await addAccount(h)
  developer = await addAccount(h, 'dev')
  journal = await addClient(
    h,
    { client_uri: 'https://app.example/', logo_uri: 'https://app.example/logo.png' },
    { ownerId: developer.id },
  )
  scale = await addClient(h, { client_name: 'Scale' })
  browser = (await authorize(h.app, authorizeUrl(journal, { scope: undefined }))).browser
})
afterAll(() => h.close())

async function call(
  method: 'GET' | 'POST' | 'DELETE',
  url: string,
  accessToken?: string,
  body?: unknown,
  type = 'application/json',
) {
  return h.app.inject({
    method,
    url,
    headers: {
      'content-type': type,
      ...(accessToken !== undefined && { authorization: `Bearer ${accessToken}` }),
    },
    ...(body !== undefined && { payload: JSON.stringify(body) }),
  })
}

const settings = async (query: string, version = '/v3') => call('GET', `/api${version}/appSettings?${query}`)

test.each(['', '/v1', '/v3', '/v6'])(
  '/api%s tells everybody what an app is called, without its secret',
  async (version) => {
    const answer = await settings(`clientId=${journal.id}&platform=web`, version)
    expect(answer.statusCode).toBe(200)
    expect(answer.headers['cache-control']).toBe('no-store')
    expect(answer.json()).toEqual({
      appSettings: {
        clientId: journal.id,
        clientSecret: null,
        redirectUri: callback,
        appDisplayName: 'Meadow Journal',
        appDescription: null,
        homepageUrl: 'https://app.example/',
        iconUrl: 'https://app.example/logo.png',
        companyName: null,
        userId: null,
        collaborators: [],
        createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      },
      status: 'OK',
      success: true,
      code: 200,
      description: 'What the app is called and looks like.',
      summary: 'App settings',
    })
  },
)

test('the secret is shown to those who have it already, and to nobody else', async () => {
  const shown = async (query: string) => (await settings(query)).json().appSettings
  expect(await shown(`clientId=${journal.id}&client_secret=${journal.secret}`)).toMatchObject({
    clientSecret: journal.secret,
    userId: developer.number,
  })
  expect(await shown(`client_id=${journal.id}&clientSecret=${journal.secret}`)).toMatchObject({
    clientSecret: journal.secret,
  })
  for (const wrong of ['wrong', scale.secret, '', `${journal.secret}x`, '%00']) {
    expect(await shown(`clientId=${journal.id}&client_secret=${wrong}`)).toMatchObject({
      clientSecret: null,
      userId: null,
    })
  }
})

test('an app that is not there, or switched off, or not named, is told so in the envelope', async () => {
  for (const id of ['nothing', '%00', 'x'.repeat(300), 'constructor']) {
    const answer = await settings(`clientId=${id}&client_secret=x`)
    expect(answer.json()).toMatchObject({
      code: 404,
      error: 'not_found',
      message: 'There is no app with this client id.',
    })
  }
  const off = await addClient(h)
  await h.storage.clients.amend(off.id, () => ({ status: 'disabled' }))
  h.context.clients.forget()
  expect((await settings(`clientId=${off.id}&client_secret=${off.secret}`)).statusCode).toBe(404)
  for (const query of ['', 'clientId=', 'clientId=a&clientId=b']) {
    expect((await settings(query)).json()).toMatchObject({ code: 400, error: 'invalid_request' })
  }
})

test('guessing an app’s secret is as slow here as at the token endpoint', async () => {
  const guessed = await addClient(h)
  const query = `clientId=${guessed.id}&client_secret=`
  for (let i = 0; i < 100; i++) expect((await settings(query + i)).statusCode).toBe(200)
  const answer = await settings(`${query}100`)
  expect(answer.statusCode).toBe(429)
  expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0)
  expect(answer.json()).toMatchObject({ code: 429, error: 'temporarily_unavailable' })
  const wrong = { id: guessed.id, secret: 'wrong' }
  expect((await token(h.app, wrong, { grant_type: 'client_credentials' })).status).toBe(429)
  expect((await settings(`clientId=${guessed.id}`)).statusCode).toBe(200)
  h.clock.move(10 * 60_000)
  expect((await settings(query + guessed.secret)).json().appSettings.clientSecret).toBe(guessed.secret)
})

test('shares are the apps that may act for the person, and are told with the person too', async () => {
  const { access } = await newTokens(h, journal, { scope: 'basic' }, browser)
  await newTokens(h, scale, { scope: 'writemeasurements offline_access' }, browser)
  const answer = await call('GET', '/api/v3/shares', access)
  expect(answer.statusCode).toBe(200)
  const { authorizedClients, ...rest } = answer.json()
  expect(rest).toMatchObject({ status: 'OK', success: true, code: 200 })
  expect(authorizedClients).toMatchObject({ individuals: [], studies: [] })
  const found = authorizedClients.apps.find((one: { clientId: string }) => one.clientId === scale.id)
  expect(found).toMatchObject({
    clientSecret: null,
    appDisplayName: 'Scale',
    userId: null,
    scopes: expect.arrayContaining(['writemeasurements']),
    authorizedAt: expect.any(String),
    lastUsedAt: expect.any(String),
  })
  const person = (await call('GET', '/api/v3/user?includeAuthorizedClients=true', access)).json()
  expect(person.authorizedClients.apps.map((one: { clientId: string }) => one.clientId).sort()).toEqual(
    [journal.id, scale.id].sort(),
  )
  expect((await call('GET', '/api/v3/user', access)).json()).not.toHaveProperty('authorizedClients')
})

test.each([
  [
    'in the query, with nothing in a JSON body',
    (id: string) => call('POST', `/api/v3/shares/delete?clientIdToRevoke=${id}&reason=x`, access),
  ],
  ['in the body', (id: string) => call('POST', '/api/v1/shares/delete', access, { clientIdToRevoke: id, reason: 'x' })],
  [
    'in a body that calls itself text',
    (id: string) => call('POST', '/api/shares/delete', access, { clientIdToRevoke: id }, 'text/plain'),
  ],
])('deleting a share %s ends every token of the app and the yes to it', async (_, remove) => {
  access = (await newTokens(h, journal, { scope: 'basic writemeasurements' }, browser)).access
  const gone = await addClient(h, { client_name: 'Gone' })
  const held = await newTokens(h, gone, { scope: 'basic readmeasurements offline_access' }, browser)
  const again = await newTokens(h, gone, { scope: 'basic' }, browser)
  expect(await apiStatus(h.app, held.access)).toBe(200)
  const before = await liveGrants(h, alice.id)

  const answer = await remove(gone.id)
  expect([answer.statusCode, answer.body]).toEqual([204, ''])
  expect([await apiStatus(h.app, held.access), await apiStatus(h.app, again.access)]).toEqual([401, 401])
  expect((await refresh(h.app, gone, held.refresh)).body.error).toBe('invalid_grant')
  expect(await liveGrants(h, alice.id)).toBe(before - 2)
  expect(await h.storage.consents.find(alice.id, gone.id)).toMatchObject({ enabled: false })
  expect(await apiStatus(h.app, access)).toBe(200)
  const shares = (await call('GET', '/api/v3/shares', access)).json().authorizedClients.apps
  expect(shares.map((one: { clientId: string }) => one.clientId)).not.toContain(gone.id)

  await h.context.audit.flush()
  const [event] = (await h.storage.audit.list(50)).filter(
    (one) => one.clientId === gone.id && one.type === 'consent_withdrawn',
  )
  expect(event).toMatchObject({ actor: alice.id, detail: { by: journal.id } })

  const twice = await remove(gone.id)
  expect(twice.json()).toMatchObject({ code: 404, error: 'not_found' })
})
let access = ''

test('an app without writemeasurements ends no share but its own', async () => {
  const other = await newTokens(h, scale, { scope: 'basic' }, browser)
  for (const held of ['basic', 'readmeasurements', 'basic readmeasurements']) {
    const { access: weak } = await newTokens(h, journal, { scope: held }, browser)
    for (const id of [scale.id, 'nobody']) {
      const answer = await call('POST', `/api/v3/shares/delete?clientIdToRevoke=${id}`, weak)
      expect(answer.json(), held).toMatchObject({ code: 403, error: 'insufficient_scope' })
      expect(answer.headers['www-authenticate']).toContain('scope="writemeasurements"')
    }
  }
  expect(await apiStatus(h.app, other.access)).toBe(200)
  const own = await newTokens(h, journal, { scope: 'basic' }, browser)
  expect((await call('POST', `/api/v3/shares/delete?clientIdToRevoke=${journal.id}`, own.access)).statusCode).toBe(204)
})

test('an app may give up its own access', async () => {
  const own = await newTokens(h, scale, { scope: 'writemeasurements' }, browser)
  expect((await call('POST', `/api/v3/shares/delete?clientIdToRevoke=${scale.id}`, own.access)).statusCode).toBe(204)
  expect((await call('GET', '/api/v3/shares', own.access)).json()).toMatchObject({ code: 401, error: 'invalid_token' })
})

test('one person cannot end what another has allowed', async () => {
  await addAccount(h, 'bob')
  const bobs = await authorize(h.app, authorizeUrl(journal, { scope: 'basic' }), { username: 'bob' })
  const { access: ofBob } = await newTokens(h, journal, { scope: 'writemeasurements' }, bobs.browser)
  const { access: ofAlice } = await newTokens(h, scale, { scope: 'basic' }, browser)
  expect((await call('POST', `/api/v3/shares/delete?clientIdToRevoke=${scale.id}`, ofBob)).statusCode).toBe(404)
  expect(await apiStatus(h.app, ofAlice)).toBe(200)
})

test('a deletion that names no app, or badly, is refused', async () => {
  const { access: token } = await newTokens(h, journal, { scope: 'basic writemeasurements' }, browser)
  const url = '/api/v3/shares/delete'
  for (const body of [undefined, {}, { clientIdToRevoke: '' }, { clientIdToRevoke: 7 }, [1]]) {
    expect((await call('POST', url, token, body)).json()).toMatchObject({ code: 400, error: 'invalid_request' })
  }
  for (const clientIdToRevoke of ['nothing', 'a\u0000', '\u{1f600}', '\ud800', 'x'.repeat(3000), '__proto__']) {
    const answer = await call('POST', url, token, { clientIdToRevoke, reason: 'a\u0000\ud800' })
    expect([answer.statusCode, answer.json().code]).toEqual([404, 404])
  }
  expect((await call('POST', url)).json()).toMatchObject({ code: 401 })
})

test('an address that cannot be decoded is refused in the envelope', async () => {
  const answer = await call('GET', '/api/v3/variables/search/%E0%A4%A')
  expect(answer.statusCode).toBe(400)
  expect(answer.json()).toMatchObject({ status: 'ERROR', success: false, code: 400, error: 'invalid_request' })
  expect(answer.json().errors).toEqual([{ message: answer.json().message }])
})

test('a token of an app alone reads nobody’s apps, but the catalogue', async () => {
  const { body } = await token(h.app, journal, { grant_type: 'client_credentials', scope: 'basic readmeasurements' })
  const alone = body.access_token
  expect((await call('GET', '/api/v3/shares', alone)).json()).toMatchObject({
    code: 403,
    message: 'This needs the token of a person.',
  })
  const variables = await call('GET', '/api/v3/variables?limit=1', alone)
  expect(variables.json()).toMatchObject([{ public: true }])
})

test('a token that has too little scope is told what it has', async () => {
  const { access: token } = await newTokens(h, journal, { scope: 'basic writemeasurements' }, browser)
  const answer = await call('GET', '/api/v3/measurements', token)
  expect(answer.json()).toMatchObject({
    code: 403,
    error: 'insufficient_scope',
    message:
      'The request requires higher privileges (scope readmeasurements required) than provided by the access token ' +
      '(scope basic writemeasurements associated with provided access token).',
  })
})

test('an expired token is refused where a token is needed, and where it is not', async () => {
  const { access: old } = await newTokens(h, journal, { scope: 'basic readmeasurements' }, browser)
  h.clock.move(3601_000)
  for (const path of ['user', 'measurements', 'variables', 'variables/search/x', 'userVariables', 'shares']) {
    const answer = await call('GET', `/api/v3/${path}`, old)
    expect([path, answer.statusCode]).toEqual([path, 401])
    expect(answer.json().message).toContain('expired')
  }
  expect((await call('GET', '/api/v3/units', old)).statusCode).toBe(200)
})

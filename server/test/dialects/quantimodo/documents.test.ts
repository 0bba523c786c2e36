/** The token calls of the three QuantiModo documents, taken from their text, one list of assertions for each. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openSetting, ownPath } from '../../providers/setting.ts'
import { allowOn, testBrowser } from '../../support/browser.ts'
import { addClient } from '../../support/harness.ts'
import {
  addApp,
  askTokens,
  callback,
  newTokens,
  offerCode,
  openQuantimodo,
  type QuantimodoServer,
  send,
  type TestClient,
} from './quantimodo.ts'

let h: QuantimodoServer
let app: TestClient
/** The documents' refresh: "give you a new refresh token and make the old one expired". */
let literal: TestClient
beforeAll(async () => {
  h = await openQuantimodo({ settings: { tokenRequestsPerDay: 1000 } })
  app = await addApp(h, {}, 'my_client_id')
  literal = await addApp(h, { replay_window: 0 })
})
afterAll(() => h.close())

const bearer = (text: string) => ({ authorization: `Bearer ${text}` })

test('the guide on the marketplace: a GET with the code, a refresh by $http.post, and the clock of its app', async () => {
  // "Make a GET request to …/api/oauth2/token with the authorization token as a query parameter and a client_id and
  // client_secret as before."
  const query = { code: await offerCode(h, app), client_id: app.id, client_secret: app.secret }
  const answer = await askTokens(h, { method: 'GET', url: '/api/oauth2/token', query })
  expect(answer.status).toBe(200)

  // "Authorization: Bearer sample_access_token", beside a Content-Type
  const headers = { ...bearer(answer.body.access_token), 'content-type': 'application/json' }
  expect((await send(h, { url: '/api/user', headers })).statusCode).toBe(200)

  // "expires_at = new Date().getTime() + parseInt(expires_in, 10) * 1000 - 60000"
  const expiresAt = h.clock.now() + Number.parseInt(String(answer.body.expires_in), 10) * 1000 - 60_000
  h.clock.move(expiresAt - h.clock.now())
  expect((await send(h, { url: '/api/user', headers })).statusCode).toBe(200)

  // "$http.post('api/oauth2/token', { client_id, client_secret, refresh_token, grant_type: 'refresh_token' })"
  const refreshed = await askTokens(h, {
    url: '/api/oauth2/token',
    json: {
      client_id: 'my_client_id',
      client_secret: app.secret,
      refresh_token: answer.body.refresh_token,
      grant_type: 'refresh_token',
    },
  })
  expect(refreshed.status).toBe(200)
  expect(refreshed.body.refresh_token).not.toBe(answer.body.refresh_token)

  // "if an access token is issued for only reading data, it does not grant access to making changes to data"
  const { access } = await newTokens(h, app, { scope: ['readmeasurements'] })
  expect((await send(h, { url: '/api/measurements', headers: bearer(access) })).statusCode).toBe(200)
  expect((await send(h, { url: '/api/measurements/v2', headers: bearer(access), json: {} })).statusCode).toBe(403)
})

test('the guide on the marketplace: its three reasons for a token to stop working, each in words of its own', async () => {
  const refresh = async (token: string) => {
    const json = { client_id: app.id, client_secret: app.secret, refresh_token: token, grant_type: 'refresh_token' }
    return (await askTokens(h, { json })).body.error_description
  }
  // "The token has not been used for the maximum threshold time."
  const unused = await newTokens(h, app)
  h.clock.move(91 * 86_400_000)
  expect(await refresh(unused.refresh)).toBe('The authorization was not used for too long.')
  const stale = await send(h, { url: '/api/user', headers: bearer(unused.access) })
  expect([stale.statusCode, stale.json().message]).toEqual([401, expect.stringMatching(/expired|not used/)])

  // "The user has revoked access."
  const revoked = await newTokens(h, app)
  const [newest] = await h.storage.grants.listByUser(h.alice.id, 1)
  if (newest === undefined) throw new Error('no grant')
  await h.storage.grants.end(newest.grant.id, 'revoked_by_user')
  expect(await refresh(revoked.refresh)).toBe('The authorization has been revoked.')
  const gone = await send(h, { url: '/api/user', headers: bearer(revoked.access) })
  expect([gone.statusCode, gone.json().message]).toEqual([401, 'The authorization has been revoked.'])

  // "The user account has exceeded a certain number of token requests."
  const busy = await openQuantimodo({ settings: { tokenRequestsPerDay: 3 } })
  const client = await addApp(busy)
  for (let n = 0; n < 3; n++) await newTokens(busy, client)
  const query = { code: await offerCode(busy, client), client_id: client.id, client_secret: client.secret }
  const limited = await askTokens(busy, { query })
  expect(limited.status).toBe(429)
  expect(limited.body.error_description).toBe('The limit of token requests for this account was reached.')
  await busy.close()
})

/** What the two API references say alike, at their own addresses. */
async function walkReference(addresses: { readonly get: string; readonly post: string }): Promise<void> {
  const asked = { redirectUriSent: true }

  // The operation itself: GET with client id, client_secret, grant_type, code, response_type, scope, redirect_uri, state
  const query = {
    clientId: literal.id,
    client_secret: literal.secret,
    grant_type: 'authorization_code',
    code: await offerCode(h, literal, asked),
    response_type: 'code',
    scope: 'basic readmeasurements',
    redirect_uri: callback,
    state: 'state_example',
  }
  const got = await askTokens(h, { method: 'GET', url: addresses.get, query })
  expect(got.status, JSON.stringify(got.body)).toBe(200)

  // "make a POST request to … with parameters including: grant_type … code … redirect_uri"
  const form = { grant_type: 'authorization_code', code: await offerCode(h, literal, asked), redirect_uri: callback }
  const posted = await askTokens(h, {
    url: addresses.post,
    form: { ...form, client_id: literal.id, client_secret: literal.secret },
  })
  expect(posted.status).toBe(200)

  // Those three alone are enough where the app has no secret to prove.
  const open = await addApp(h, { token_endpoint_auth_method: 'none', code_without_pkce: true })
  const bare = { ...form, code: await offerCode(h, open, asked) }
  expect((await askTokens(h, { url: addresses.post, form: bare })).status).toBe(200)

  // Refreshing: grant_type, clientId, client_secret, refresh_token. "Every request you make to this endpoint will give
  // you a new refresh token and make the old one expired."
  const refresh = (token: string) =>
    askTokens(h, {
      url: addresses.post,
      form: {
        grant_type: 'refresh_token',
        clientId: literal.id,
        client_secret: literal.secret,
        refresh_token: token,
      },
    })
  const second = await refresh(posted.body.refresh_token)
  const third = await refresh(second.body.refresh_token)
  expect([second.status, third.status]).toEqual([200, 200])
  expect(new Set([posted, second, third].map(({ body }) => body.refresh_token)).size).toBe(3)
  const old = await refresh(posted.body.refresh_token)
  expect([old.status, old.body.error]).toEqual([400, 'invalid_grant'])

  // "Currently we support 2 ways for this, you can't use both at the same time."
  const { access } = await newTokens(h, literal)
  const asHeader = { headers: bearer(access) }
  const asQuery = { query: { access_token: access } }
  expect((await send(h, { url: '/api/v3/user', ...asHeader })).statusCode).toBe(200)
  expect((await send(h, { url: '/api/v3/user', ...asQuery })).statusCode).toBe(200)
  const twice = await send(h, { url: '/api/v3/user', ...asHeader, ...asQuery })
  expect([twice.statusCode, twice.json().message]).toEqual([
    400,
    expect.stringContaining('not in both at the same time'),
  ])

  // "401 Not Authenticated"
  expect((await send(h, { url: '/api/v3/user' })).statusCode).toBe(401)
  expect((await askTokens(h, { url: addresses.get, query: { ...query, client_secret: 'wrong' } })).status).toBe(401)
}

test('the reference of version 3 (CureDAO)', () =>
  walkReference({ get: '/api/v3/oauth2/token', post: '/api/v1/oauth/access_token' }))

test('the reference of the generated Python client (version 2)', () =>
  walkReference({ get: '/api/v2/oauth2/access_token', post: '/api/v2/oauth/access_token' }))

test('the same reference: social sign-in in a popup and by a native token, and the JWT at authorize', async () => {
  const s = await openSetting()
  const page = 'https://web.example/social'
  const registered = await addClient(s, { dialects: ['quantimodo'], scope: 'basic', redirect_uris: [page] })
  s.provider.persona = { sub: 'seed-2', preferred_username: 'seed2' }
  const get = async (url: string) => (await s.app.inject({ url, headers: { accept: 'application/json' } })).json()

  // "The client needs to open popup with social auth url (…/api/v2/auth/social/login?provider={provider}&redirectUrl={url})"
  // "The QM server will redirect user to that provider to get access."
  const popup = testBrowser(s.app)
  const sent = await popup.get(`/api/v2/auth/social/login?provider=google&redirectUrl=${page}`)
  expect(sent.location).toMatch(new RegExp(`^${s.provider.issuer}/authorize\\?`))

  // "After successful or failed authentication, it will be redirected to given `redirectUrl` with code or error."
  const failed = await popup.get(ownPath(s.provider.answer(sent.location ?? '', 'deny')))
  expect(new URL(failed.location ?? '').searchParams.get('error')).toBe('access_denied')
  const again = await popup.get(`/api/v2/auth/social/login?provider=google&redirectUrl=${page}`)
  const back = await popup.get(ownPath(s.provider.answer(again.location ?? '')))
  expect(back.location?.startsWith(`${page}?code=`)).toBe(true)
  const code = new URL(back.location ?? '').searchParams.get('code')

  // "send an Ajax request to server at …/api/v2/auth/social/authorizeCode?provider={provider}&code={authorizationCode}"
  // "it will return a JWT token for that user in the response."
  const answered = await get(`/api/v2/auth/social/authorizeCode?provider=google&code=${code}`)
  const claims = JSON.parse(Buffer.from(answered.data.token.split('.')[1], 'base64url').toString())
  const account = await s.storage.accounts.findByLogin('seed2')
  expect(claims.sub).toBe(account?.id)

  // "…/authorizeToken?provider={provider}&accessToken={accessToken}&refreshToken={refreshToken}` (`refreshToken` is optional)"
  // "If user exist then it will do a login for that or it will create new user and will do login"
  for (const [sub, more] of [
    ['seed-2', ''],
    ['seed-2-new', '&refreshToken=refresh_token_example'],
  ] as const) {
    const native = s.provider.accessToken(s.provider.clientId, { sub })
    const told = await get(`/api/v2/auth/social/authorizeToken?provider=google&accessToken=${native}${more}`)
    expect([told.success, told.data.token]).toEqual([true, expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/)])
  }

  // "include your JWT token in them as a header (Authorization: Bearer **{yourJWThere}**) or as a url parameter
  // (https://app.quantimo.do/api/v2/oauth/authorize?token={yourJWThere})"
  const asked = `response_type=code&client_id=${registered.id}&client_secret=${registered.secret}&scope=basic`
  const bearers = { authorization: `Bearer ${answered.data.token}` }
  for (const [url, headers] of [
    [`/api/v2/oauth/authorize?${asked}&token=${answered.data.token}`, {}],
    [`/api/v2/oauth/authorize?${asked}`, bearers],
  ] as const) {
    const consent = await popup.follow(await popup.get(url, headers))
    expect(consent.body).toContain('id="consent-allow"')
    expect(consent.body).toContain('seed2')
  }

  // "It will redirect the user to the url provided by the client application with the code as a query parameter or error
  // in case of an error."
  const consent = await popup.follow(await popup.get(`/api/v2/oauth/authorize?${asked}&token=${answered.data.token}`))
  expect((await allowOn(popup, consent)).location).toMatch(/^https:\/\/web\.example\/social\?code=\w+&state=$/)
  await s.close()
})

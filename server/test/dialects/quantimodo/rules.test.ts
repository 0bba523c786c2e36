/** The rules of the core behind the QuantiModo token endpoint, and the named settings that loosen them. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { clientMetadataSchema } from '../../../src/protocol/client_metadata.ts'
import { authorize, authorizeUrl } from '../../support/browser.ts'
import {
  addApp,
  askTokens,
  callback,
  newTokens,
  offerCode,
  openQuantimodo,
  type QuantimodoServer,
  scope,
  send,
  type TestClient,
  type TokenAnswer,
  verifier,
  withPkce,
} from './quantimodo.ts'

let h: QuantimodoServer
let app: TestClient
beforeAll(async () => {
  h = await openQuantimodo()
  app = await addApp(h)
})
afterAll(() => h.close())

type Client = { readonly id: string; readonly secret?: string }

function named({ id, secret }: Client): Record<string, string> {
  return { client_id: id, ...(secret === undefined ? {} : { client_secret: secret }) }
}

const exchange = (client: Client, code: string, more: Record<string, string> = {}): Promise<TokenAnswer> =>
  askTokens(h, { json: { grant_type: 'authorization_code', code, ...named(client), ...more } })

const refresh = (client: Client, token: string, more: Record<string, string> = {}): Promise<TokenAnswer> =>
  askTokens(h, { json: { grant_type: 'refresh_token', refresh_token: token, ...named(client), ...more } })

const outcome = ({ status, body }: TokenAnswer) => [status, body.error]

async function apiStatus(access: string): Promise<number> {
  return (await send(h, { url: '/api/v3/user', headers: { authorization: `Bearer ${access}` } })).statusCode
}

describe('PKCE', () => {
  test('a code with a challenge needs its verifier, and a wrong one burns nothing', async () => {
    const code = await offerCode(h, app, withPkce)
    expect(outcome(await exchange(app, code))).toEqual([400, 'invalid_grant'])
    expect(outcome(await exchange(app, code, { code_verifier: 'x'.repeat(50) }))).toEqual([400, 'invalid_grant'])
    expect((await exchange(app, code, { code_verifier: verifier })).status).toBe(200)
  })

  test('a verifier for a code without a challenge is refused', async () => {
    const code = await offerCode(h, app)
    expect(outcome(await exchange(app, code, { code_verifier: verifier }))).toEqual([400, 'invalid_grant'])
  })

  test('a public app may leave it out only where its owner said so', async () => {
    const both = { dialects: ['oauth', 'quantimodo'], token_endpoint_auth_method: 'none' }
    const bare = { code_challenge: undefined, code_challenge_method: undefined, scope: 'basic' }
    const at = (client: TestClient) => authorizeUrl(client, bare).replace('/oauth/', '/api/v3/oauth2/')
    const refused = await authorize(h.app, at(await addApp(h, both)))
    expect(refused.location.searchParams.get('error')).toBe('invalid_request')
    const lax = await addApp(h, { ...both, code_without_pkce: true })
    const { code } = await authorize(h.app, at(lax))
    expect((await exchange({ id: lax.id }, code, { redirect_uri: callback })).status).toBe(200)
  })
})

describe('the redirect URI', () => {
  test('must be repeated where it stood in the authorization request', async () => {
    const code = await offerCode(h, app, { redirectUriSent: true })
    expect(outcome(await exchange(app, code))).toEqual([400, 'invalid_grant'])
    for (const wrong of [`${callback}/`, 'https://evil.example/cb', callback.toUpperCase()]) {
      expect(outcome(await exchange(app, code, { redirect_uri: wrong })), wrong).toEqual([400, 'invalid_grant'])
    }
    expect((await exchange(app, code, { redirect_uri: callback })).status).toBe(200)
  })

  test('may come here for the first time, as the app of 2016 sends it, if it is the registered one', async () => {
    const code = await offerCode(h, app)
    expect(outcome(await exchange(app, code, { redirect_uri: 'https://evil.example/' }))).toEqual([
      400,
      'invalid_grant',
    ])
    expect((await exchange(app, code, { redirect_uri: callback })).status).toBe(200)
  })
})

describe('codes and refresh tokens belong to one app', () => {
  test('another one gets nothing for them and ends nothing', async () => {
    const other = await addApp(h)
    const code = await offerCode(h, app)
    expect(outcome(await exchange(other, code))).toEqual([400, 'invalid_grant'])
    const first = await exchange(app, code)
    expect(outcome(await refresh(other, first.body.refresh_token))).toEqual([400, 'invalid_grant'])
    expect((await refresh(app, first.body.refresh_token)).status).toBe(200)
  })

  test('an access token or a code is no refresh token', async () => {
    const { access } = await newTokens(h, app)
    expect(outcome(await refresh(app, access))).toEqual([400, 'invalid_grant'])
    expect(outcome(await refresh(app, await offerCode(h, app)))).toEqual([400, 'invalid_grant'])
  })

  test('a code works once; the second time ends what came of it', async () => {
    const code = await offerCode(h, app)
    const first = await exchange(app, code)
    expect(await apiStatus(first.body.access_token)).toBe(200)
    expect(outcome(await exchange(app, code))).toEqual([400, 'invalid_grant'])
    expect(await apiStatus(first.body.access_token)).toBe(401)
    expect(outcome(await refresh(app, first.body.refresh_token))).toEqual([400, 'invalid_grant'])
  })
})

describe('refreshing', () => {
  test('gives a new refresh token and ends the old one, but for a repeat within the window', async () => {
    const { refresh: first } = await newTokens(h, app)
    const second = await refresh(app, first)
    expect(second.body.refresh_token).not.toBe(first)
    expect(second.body).toMatchObject({ success: true, scope, expires_in: 2_592_000 })
    h.clock.move(29_000)
    const repeated = await refresh(app, first)
    expect(repeated.body).toEqual(second.body)
    const third = await refresh(app, second.body.refresh_token)
    expect(outcome(await refresh(app, first))).toEqual([400, 'invalid_grant'])
    expect(outcome(await refresh(app, third.body.refresh_token))).toEqual([400, 'invalid_grant'])
  })

  test('replay_window 0 is the letter of the document: the old one is gone at once', async () => {
    const strict = await addApp(h, { replay_window: 0 })
    const { refresh: first } = await newTokens(h, strict)
    const second = await refresh(strict, first)
    expect(second.status).toBe(200)
    expect(outcome(await refresh(strict, first))).toEqual([400, 'invalid_grant'])
    expect(outcome(await refresh(strict, second.body.refresh_token))).toEqual([400, 'invalid_grant'])
  })

  test('the documents’ scope, code and response_type beside it do no harm', async () => {
    const { refresh: first } = await newTokens(h, app)
    const narrowed = await refresh(app, first, { scope: 'basic', code: 'x', response_type: 'code', state: 's' })
    expect(narrowed.body).toMatchObject({ scope: 'basic' })
    const wide = await refresh(app, narrowed.body.refresh_token, { scope: 'basic openid' })
    expect(outcome(wide)).toEqual([400, 'invalid_scope'])
  })

  test('an authorization that was not used for too long is told from a revoked one', async () => {
    const { refresh: first } = await newTokens(h, app)
    h.clock.move(91 * 86_400_000)
    const answer = await refresh(app, first)
    expect(answer.body.message).toBe('The authorization was not used for too long.')
  })
})

describe('refresh_without_secret', () => {
  let phone: TestClient
  beforeAll(async () => {
    phone = await addApp(h, { refresh_without_secret: true })
  })

  test('is off unless the owner switches it on', async () => {
    const { refresh: first } = await newTokens(h, app)
    expect(outcome(await refresh({ id: app.id }, first))).toEqual([401, 'invalid_client'])
    expect((await refresh(app, first)).status).toBe(200)
  })

  test('lets the version on phones refresh, with its old access token as a header', async () => {
    const { access, refresh: first } = await newTokens(h, phone)
    h.clock.move(31 * 86_400_000)
    const answer = await askTokens(h, {
      json: { client_id: phone.id, refresh_token: first, grant_type: 'refresh_token' },
      headers: { authorization: `Bearer ${access}`, 'x-client-id': phone.id, 'x-platform': 'ios' },
    })
    expect(answer.status).toBe(200)
    expect((await refresh(phone, answer.body.refresh_token)).status).toBe(200)
  })

  test('works without any client id as well', async () => {
    const { refresh: first } = await newTokens(h, phone)
    expect((await askTokens(h, { json: { refresh_token: first, grant_type: 'refresh_token' } })).status).toBe(200)
  })

  test('never exchanges a code, and never makes a wrong secret right', async () => {
    const code = await offerCode(h, phone)
    expect(outcome(await exchange({ id: phone.id }, code))).toEqual([401, 'invalid_client'])
    expect((await exchange(phone, code)).status).toBe(200)
    const { refresh: first } = await newTokens(h, phone)
    expect(outcome(await refresh({ id: phone.id, secret: 'wrong' }, first))).toEqual([401, 'invalid_client'])
    const machine = await askTokens(h, { json: { client_id: phone.id, grant_type: 'client_credentials' } })
    expect(outcome(machine)).toEqual([401, 'invalid_client'])
  })

  test('has the replay window of a public app', async () => {
    const { refresh: first } = await newTokens(h, phone)
    await refresh({ id: phone.id }, first)
    h.clock.move(9_000)
    const { body } = await refresh({ id: phone.id }, first)
    expect(await apiStatus(body.access_token)).toBe(200)
    h.clock.move(2_000)
    expect(outcome(await refresh({ id: phone.id }, first))).toEqual([400, 'invalid_grant'])
    const { refresh: other } = await newTokens(h, phone)
    await refresh(phone, other)
    h.clock.move(11_000)
    expect((await refresh(phone, other)).status).toBe(200)
  })

  test('cannot be registered beside refresh tokens that do not rotate', () => {
    const document = { redirect_uris: [callback], refresh_rotation: 'never', refresh_without_secret: true }
    expect(clientMetadataSchema.safeParse(document).success).toBe(false)
  })
})

describe('client_credentials', () => {
  test('works by this protocol where it is registered', async () => {
    const answer = await askTokens(h, { query: { ...named(app), grant_type: 'client_credentials', scope: 'basic' } })
    expect(answer.body).toMatchObject({ success: true, scope: 'basic' })
    expect(answer.body).not.toHaveProperty('refresh_token')
    const until = Date.parse(`${String(answer.body.expires).replace(' ', 'T')}Z`)
    expect(Math.abs(until - h.clock.now() - Number(answer.body.expires_in) * 1000)).toBeLessThan(2000)
  })
})

/** The JWT bearer grant (RFC 7523 §2.1): the word of a trusted provider about somebody who has said yes before, once each. */
import { createHmac } from 'node:crypto'
import { exportSPKI, importJWK, UnsecuredJWT } from 'jose'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { jwtBearerGrantType } from '../../src/protocol/names.ts'
import type { Account } from '../../src/storage/contract.ts'
import { apply, googleEntry } from '../providers/setting.ts'
import { expectRefusal, newTokens } from '../support/answers.ts'
import { post, type TestBrowser, type TokenAnswer, testBrowser } from '../support/browser.ts'
import { newSenderKey } from '../support/dpop.ts'
import { addAccount, addClient, type Harness, harness, issuer, type TestClient } from '../support/harness.ts'
import { startProvider } from '../support/test_provider.ts'
import { type Assertions, addBearer, bear, connect, corp, newIssuer, trust } from './assertion_steps.ts'

let h: Harness
let alice: Account
let app: TestClient
let maker: Assertions
let browser: TestBrowser

beforeEach(async () => {
  h = await harness()
  alice = await addAccount(h)
  app = await addBearer(h)
  maker = await newIssuer()
  await trust(h, maker)
  await connect(h, alice)
  browser = testBrowser(h.app)
})
afterEach(() => h.close())

/** Alice says yes to the app, as she would in a browser. */
function allow(scope = 'openid basic readmeasurements') {
  return newTokens(h, app, { scope }, browser)
}

async function got(answer: TokenAnswer | Promise<TokenAnswer>) {
  const { status, body } = await answer
  expect(status, JSON.stringify(body)).toBe(200)
  return body
}

async function told(accessToken: string | undefined): Promise<Record<string, unknown>> {
  return (await post(h.app, '/oauth/introspect', app, { token: accessToken ?? '' })).body
}

const grantsOfAlice = async () => (await h.storage.grants.listByUser(alice.id, 1000)).length

test('an app gets a token for a person who has allowed it, by the word of a provider, and nobody signs in by it', async () => {
  const { access } = await allow()
  const body = await got(bear(h, app, await maker.sign()))
  expect(body).toEqual({
    access_token: expect.any(String),
    token_type: 'Bearer',
    expires_in: expect.any(Number),
    scope: 'basic readmeasurements',
  })
  const there = await told(body.access_token)
  expect(there).toMatchObject({ active: true, client_id: app.id, scope: 'basic readmeasurements' })
  expect(there.sub).toBe((await told(access)).sub)
  expect([there.acr, there.auth_time, there.amr]).toEqual([undefined, undefined, undefined])
  expect((await h.storage.sessions.listByUser(alice.id)).length).toBe(1)
  expect((await got(bear(h, app, await maker.sign(), { scope: 'basic' }))).scope).toBe('basic')
})

test('attack 36: without a yes there is no token, and none for more than the yes', async () => {
  expectRefusal(await bear(h, app, await maker.sign()), 'invalid_grant')
  expect(await grantsOfAlice()).toBe(0)
  await allow('openid basic')
  expectRefusal(await bear(h, app, await maker.sign(), { scope: 'basic readmeasurements' }), 'invalid_grant')
  for (const scope of ['openid', 'offline_access', 'basic openid', 'admin.read', 'unheard']) {
    expectRefusal(await bear(h, app, await maker.sign(), { scope }), 'invalid_scope')
  }
  const other = await addBearer(h)
  expectRefusal(await bear(h, other, await maker.sign()), 'invalid_grant')
  const first = await addBearer(h, { first_party: true })
  expectRefusal(await bear(h, first, await maker.sign()), 'invalid_grant')
})

test('the token ends with the yes, and with the account', async () => {
  for (const [end, error] of [
    [() => h.storage.consents.withdraw(alice.id, app.id), 'invalid_grant'],
    [() => h.storage.accounts.update(alice.id, { enabled: false }), 'invalid_grant'],
  ] as const) {
    await allow()
    const { access_token: made } = await got(bear(h, app, await maker.sign()))
    expect(await told(made)).toMatchObject({ active: true })
    await end()
    expect(await told(made)).toEqual({ active: false })
    expectRefusal(await bear(h, app, await maker.sign()), error)
  }
})

test('the operator may agree for everybody, for one provider, app and scopes', async () => {
  await trust(h, maker, { agreed: [{ client_id: app.id, scope: 'readmeasurements' }] })
  expect((await got(bear(h, app, await maker.sign()))).scope).toBe('readmeasurements')
  expectRefusal(await bear(h, app, await maker.sign(), { scope: 'basic' }), 'invalid_grant')
  expectRefusal(await bear(h, await addBearer(h), await maker.sign()), 'invalid_grant')
  await trust(h, maker)
  expectRefusal(await bear(h, app, await maker.sign()), 'invalid_grant')
})

test('a person is found by issuer and subject, never by an address, and nobody comes to be by an assertion', async () => {
  await allow()
  const email = { email: alice.email ?? 'alice@example.org', email_verified: true }
  const before = (await h.storage.accounts.list(100)).length
  for (const claims of [
    { sub: 'bob-there', ...email },
    { sub: alice.username, ...email },
    { sub: alice.id },
    { sub: undefined, ...email },
    { sub: 7 },
    { sub: 'x'.repeat(3000) },
    { sub: 'alice-there\u0000' },
  ]) {
    expectRefusal(await bear(h, app, await maker.sign(claims)), 'invalid_grant')
  }
  expect((await h.storage.accounts.list(100)).length).toBe(before)
})

test('attack 114: only a provider whose assertions are trusted now is believed', async () => {
  await allow()
  expectRefusal(await bear(h, app, await maker.sign({ iss: 'https://evil.example' })), 'invalid_grant')
  expectRefusal(await bear(h, app, await maker.sign({ iss: undefined })), 'invalid_grant')
  expectRefusal(await bear(h, app, await maker.sign({ iss: issuer })), 'invalid_grant')
  const stranger = await newIssuer()
  expectRefusal(await bear(h, app, await stranger.sign()), 'invalid_grant')
  // Another provider says who is who at this one.
  const other = { id: 'other', kind: 'oidc', issuer: 'https://other.example', client_id: 'x' }
  const both = [
    { id: 'corp', kind: 'oidc', issuer: corp, client_id: 'x', jwt_bearer: { jwks: { keys: [maker.jwk] } } },
    { ...other, jwt_bearer: { jwks: { keys: [stranger.jwk] } } },
  ]
  await apply(h, { providers: both })
  h.clock.move(5001)
  expectRefusal(await bear(h, app, await stranger.sign()), 'invalid_grant')
  expectRefusal(await bear(h, app, await stranger.sign({ iss: 'https://other.example' })), 'invalid_grant')
  await got(bear(h, app, await maker.sign()))
  // A provider that people sign in through is not trusted with more, and one that is taken out with nothing.
  await apply(h, { providers: [{ id: 'corp', kind: 'oidc', issuer: corp, client_id: 'x' }] })
  h.clock.move(5001)
  expectRefusal(await bear(h, app, await maker.sign()), 'invalid_grant')
  await apply(h, { providers: [] })
  h.clock.move(5001)
  expectRefusal(await bear(h, app, await maker.sign()), 'invalid_grant')
})

test('attack 114: an assertion is used once, also by many at once', async () => {
  await allow()
  const one = await maker.sign()
  const answers = await Promise.all(Array.from({ length: 20 }, () => bear(h, app, one)))
  expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array.from({ length: 19 }, () => 400)])
  expectRefusal(await bear(h, app, one), 'invalid_grant')
  const other = await addBearer(h)
  await newTokens(h, other, { scope: 'basic' }, browser)
  expectRefusal(await bear(h, other, one), 'invalid_grant')
})

test('what is refused uses no assertion up', async () => {
  await allow()
  const one = await maker.sign()
  expectRefusal(await bear(h, app, one, { resource: 'https://unheard.example/' }), 'invalid_target')
  expectRefusal(await bear(h, app, one, { scope: 'openid' }), 'invalid_scope')
  expectRefusal(await bear(h, { ...app, secret: 'wrong' }, one), 'invalid_client', 401)
  await got(bear(h, app, one))
})

test('attack 114: it has to be for this server, made now, and say which one it is', async () => {
  await allow()
  const now = Math.floor(h.clock.now() / 1000)
  for (const claims of [
    { aud: undefined },
    { aud: 'https://other.example' },
    { aud: app.id },
    { aud: 'consentry' },
    { aud: `${issuer}/` },
    { aud: `${issuer}/oauth/token` },
    { aud: [issuer] },
    { aud: [issuer, 'https://other.example'] },
    { exp: undefined },
    { exp: now - 61 },
    { exp: now + 7200 },
    { iat: now + 300 },
    { nbf: now + 300 },
    { jti: undefined },
    { jti: '' },
    { jti: 'x'.repeat(201) },
    { jti: 7 },
  ]) {
    expectRefusal(await bear(h, app, await maker.sign(claims)), 'invalid_grant', 400, JSON.stringify(claims))
  }
  await got(bear(h, app, await maker.sign()))
})

test('attack 88: unsigned ones, those of a shared key, of another kind, and what is no JWT are refused', async () => {
  await allow()
  const [head = '', body = ''] = (await maker.sign()).split('.')
  const spki = await exportSPKI((await importJWK(maker.jwk, 'ES256', { extractable: true })) as never)
  const hs = (secret: string) => {
    const input = `${Buffer.from('{"alg":"HS256","kid":"corp-1"}').toString('base64url')}.${body}`
    return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`
  }
  const none = new UnsecuredJWT(JSON.parse(Buffer.from(body, 'base64url').toString())).encode()
  const nOnE = `${Buffer.from('{"alg":"nOnE"}').toString('base64url')}.${body}.`
  const kinds = ['at+jwt', 'oauth-id-jag+jwt', 'client-authentication+jwt', 'dpop+jwt', 'logout+jwt']
  for (const text of [
    'x',
    'a.b.c',
    '..',
    `${head}.${body}.`,
    `${head}.${Buffer.from('[]').toString('base64url')}.x`,
    `${head}.${Buffer.from('null').toString('base64url')}.x`,
    none,
    nOnE,
    hs(spki),
    hs(` ${spki}`),
    hs(JSON.stringify(maker.jwk)),
    await maker.sign({ more: 'x'.repeat(9000) }),
    await maker.sign({}, { kid: 'corp-2' }),
    await maker.sign({}, { crit: ['exp'], exp: 1 }).catch(() => 'x'),
    ...(await Promise.all(kinds.map((typ) => maker.sign({}, { typ })))),
  ]) {
    expectRefusal(await bear(h, app, text), 'invalid_grant', 400, text.slice(0, 60))
  }
  expectRefusal(await bear(h, app, ''), 'invalid_request')
  await got(bear(h, app, await maker.sign({}, { typ: 'JWT' })))
})

test('a token of ours is no assertion, and an assertion opens no client', async () => {
  const tokens = await allow('openid offline_access basic')
  for (const text of [tokens.id, tokens.access, tokens.refresh]) {
    expectRefusal(await bear(h, app, text), 'invalid_grant')
  }
  const body = await got(bear(h, app, await maker.sign()))
  expect([body.id_token, body.refresh_token]).toEqual([undefined, undefined])
})

test('only an app that authenticates and is registered for it may come', async () => {
  const open = await addBearer(h, { token_endpoint_auth_method: 'none' })
  expectRefusal(await bear(h, { id: open.id }, await maker.sign()), 'unauthorized_client')
  expectRefusal(await bear(h, await addClient(h), await maker.sign()), 'unauthorized_client')
})

test('the token endpoint’s URL is an audience where the operator has said so', async () => {
  const lax = await harness({ settings: { assertionAudience: 'compat' } })
  const person = await addAccount(lax)
  const client = await addBearer(lax)
  await trust(lax, maker)
  await connect(lax, person)
  await newTokens(lax, client, { scope: 'basic' })
  await got(bear(lax, client, await maker.sign({ aud: `${issuer}/oauth/token` })))
  await got(bear(lax, client, await maker.sign({ aud: issuer })))
  expectRefusal(await bear(lax, client, await maker.sign({ aud: [issuer] })), 'invalid_grant')
  expectRefusal(await bear(lax, client, await maker.sign({ aud: `${issuer}/oauth/par` })), 'invalid_grant')
  await lax.close()
})

test('any number of assertions leaves one grant a day, which the person can end', async () => {
  await allow()
  await got(bear(h, app, await maker.sign()))
  const before = await grantsOfAlice()
  const made = await Promise.all(
    Array.from({ length: 10 }, async () => (await got(bear(h, app, await maker.sign()))).access_token),
  )
  expect(new Set(made).size).toBe(10)
  expect(await grantsOfAlice()).toBe(before)
  await h.storage.grants.endAll({ userId: alice.id, clientId: app.id }, 'revoked_by_user')
  expect(await told(made[0])).toEqual({ active: false })
  expectRefusal(await bear(h, app, await maker.sign()), 'invalid_grant')
  h.clock.move(86_400_000)
  await got(bear(h, app, await maker.sign()))
})

test('it is for the APIs that are asked for, and can be bound to a key', async () => {
  await allow()
  await h.storage.resources.put({ resource: 'https://tide.example/', token_format: 'jwt' })
  h.clock.move(6000)
  const { access_token: jwt = '' } = await got(bear(h, app, await maker.sign(), { resource: 'https://tide.example/' }))
  const claims = JSON.parse(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString())
  expect(claims).toMatchObject({ aud: 'https://tide.example/', client_id: app.id })
  expect([claims.acr, claims.auth_time]).toEqual([undefined, undefined])
  const key = await newSenderKey()
  const proof = await key.proof(h, 'POST /oauth/token')
  const bound = await got(bear(h, app, await maker.sign(), {}, { ...proof }))
  expect(bound.token_type).toBe('DPoP')
  expect(await told(bound.access_token)).toMatchObject({ active: true, cnf: { jkt: key.jkt } })
})

test('the keys of a provider are read from its address, guarded, and again after a rotation', async () => {
  const provider = await startProvider()
  const jwks_uri = `${provider.issuer}/jwks`
  const entry = { ...googleEntry(provider), jwks_uri, jwt_bearer: {} }
  const said = async (of: Harness) => {
    const now = Math.floor(of.clock.now() / 1000)
    return provider.idToken({ sub: 'alice-there', aud: issuer, jti: `${Math.random()}`, iat: now, exp: now + 60 })
  }
  // Not an origin that the operator has allowed: a loopback address is not called.
  await apply(h, { providers: [entry] })
  h.clock.move(5001)
  await allow()
  await connect(h, alice, 'alice-there', provider.issuer)
  expectRefusal(await bear(h, app, await said(h)), 'invalid_grant')
  expect(provider.calls.get('/jwks')).toBeUndefined()

  const s = await harness({ settings: { outboundAllowed: new Set([provider.issuer]) } })
  const person = await addAccount(s)
  const client = await addBearer(s)
  await apply(s, { providers: [entry] })
  s.clock.move(5001)
  await connect(s, person, 'alice-there', provider.issuer)
  await newTokens(s, client, { scope: 'basic' })
  await got(bear(s, client, await said(s)))
  await got(bear(s, client, await said(s)))
  expect(provider.calls.get('/jwks')).toBe(1)
  await provider.rotateKey()
  s.clock.move(61_000)
  await got(bear(s, client, await said(s)))
  expect(provider.calls.get('/jwks')).toBe(2)
  // A key that nobody has makes no more calls than one a minute.
  await provider.rotateKey()
  for (let i = 0; i < 5; i++) expectRefusal(await bear(s, client, await said(s)), 'invalid_grant')
  expect(provider.calls.get('/jwks')).toBe(2)
  await s.close()
  await provider.close()
})

test('a document that trusts without keys, with private ones, or a provider of another kind is refused', async () => {
  const entry = { id: 'corp', kind: 'oidc', issuer: corp, client_id: 'x' }
  const jwks = { keys: [maker.jwk] }
  const agreed = { client_id: app.id, scope: 'basic' }
  for (const wrong of [
    { ...entry, jwt_bearer: {} },
    { ...entry, jwt_bearer: { jwks }, jwks_uri: `${corp}/jwks` },
    { ...entry, jwt_bearer: { jwks: { keys: [{ ...maker.jwk, d: 'x' }] } } },
    { ...entry, jwt_bearer: { jwks: { keys: [{ kty: 'oct', k: 'x' }] } } },
    { ...entry, jwt_bearer: { jwks: { keys: [] } } },
    { ...entry, jwt_bearer: { jwks, agreed: [agreed, agreed] } },
    { ...entry, jwt_bearer: { jwks, agreed: [{ client_id: app.id, scope: '' }] } },
    { ...entry, jwt_bearer: { jwks, clients: [] } },
    {
      id: 'plain',
      kind: 'oauth2',
      authorization_endpoint: `${corp}/a`,
      token_endpoint: `${corp}/t`,
      client_id: 'x',
      jwt_bearer: { jwks },
    },
  ]) {
    await expect(apply(h, { providers: [wrong] }), JSON.stringify(wrong)).rejects.toThrow(/jwt_bearer/)
  }
})

test('discovery names the grant type', async () => {
  const document = (await h.app.inject('/.well-known/openid-configuration')).json()
  expect(document.grant_types_supported).toContain(jwtBearerGrantType)
})

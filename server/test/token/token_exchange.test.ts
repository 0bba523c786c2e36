/** Token exchange (RFC 8693): by rules of the operator alone, never worth more than the subject token, and ending with it. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import { accessTokenType, tokenExchangeGrantType } from '../../src/protocol/names.ts'
import { expectRefusal, newCode, newTokens } from '../support/answers.ts'
import { exchangeCode, post, type TestBrowser, type TokenAnswer, testBrowser, token } from '../support/browser.ts'
import { newSenderKey } from '../support/dpop.ts'
import { addAccount, addClient, type Harness, harness, issuer, type TestClient } from '../support/harness.ts'

const gatewayApi = 'https://gateway.example/'
const tideApi = 'https://tide.example/'
const jwtApi = 'https://jwt.example/'

let h: Harness
let app: TestClient
let gateway: TestClient
let tide: TestClient
let browser: TestBrowser
let aliceId: Awaited<ReturnType<typeof addAccount>>['id']

const rule = { subject_token_type: accessTokenType, subject_audience: gatewayApi, resource: tideApi, scope: 'basic' }

/** A confidential client with these rules. */
function addExchanger(rules: readonly object[], more: Record<string, unknown> = {}): Promise<TestClient> {
  return addClient(h, {
    redirect_uris: [],
    grant_types: ['client_credentials', tokenExchangeGrantType],
    scope: 'basic readmeasurements',
    token_exchanges: rules,
    ...more,
  })
}

async function addResource(resource: string, clientId: string | undefined, format = 'opaque'): Promise<void> {
  const row = { resource, token_format: format, ...(clientId === undefined ? {} : { client_id: clientId }) }
  await h.storage.resources.put(row as never)
}

beforeEach(async () => {
  h = await harness()
  aliceId = (await addAccount(h)).id
  app = await addClient(h, { scope: 'openid offline_access basic readmeasurements writemeasurements' })
  gateway = await addExchanger([rule, { ...rule, resource: jwtApi, scope: 'basic readmeasurements' }])
  tide = await addExchanger([])
  await addResource(gatewayApi, gateway.id)
  await addResource(tideApi, tide.id)
  await addResource(jwtApi, undefined, 'jwt')
  h.clock.move(10_000)
  browser = testBrowser(h.app)
})
afterEach(() => h.close())

/** A token of Alice's at the gateway. */
function subject(scope = 'basic readmeasurements') {
  return newTokens(h, app, { scope, resource: gatewayApi }, browser)
}

function exchange(client: { id: string; secret?: string }, subjectToken: string, more: Record<string, string> = {}) {
  return token(h.app, client, {
    grant_type: tokenExchangeGrantType,
    subject_token: subjectToken,
    subject_token_type: accessTokenType,
    resource: tideApi,
    ...more,
  })
}

async function exchanged(client: TestClient, subjectToken: string, more: Record<string, string> = {}) {
  const answer = await exchange(client, subjectToken, more)
  expect(answer.status, JSON.stringify(answer.body)).toBe(200)
  return answer.body
}

async function told(client: TestClient, accessToken: string | undefined): Promise<Record<string, unknown>> {
  return (await post(h.app, '/oauth/introspect', client, { token: accessToken ?? '' })).body
}

const claimsOf = (jwt: string) => JSON.parse(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString())

test('an API gets a token for the next one, with the scopes of the rule, in its own name and for the same person', async () => {
  const { access } = await subject()
  const body = await exchanged(gateway, access)
  expect(body).toEqual({
    access_token: expect.any(String),
    issued_token_type: accessTokenType,
    token_type: 'Bearer',
    expires_in: expect.any(Number),
    scope: 'basic',
  })
  const there = await told(tide, body.access_token)
  expect(there).toMatchObject({ active: true, client_id: gateway.id, scope: 'basic', aud: [tideApi] })
  expect(there.act).toEqual({ sub: gateway.id })
  expect(there.sub).toBe((await told(gateway, access)).sub)
  const jwt = (await exchanged(gateway, access, { resource: jwtApi })).access_token ?? ''
  expect(claimsOf(jwt)).toMatchObject({ aud: jwtApi, act: { sub: gateway.id }, scope: 'basic readmeasurements' })
})

test('it lives no longer than the subject token, and there is never one to refresh or to sign in with', async () => {
  const { access, body } = await subject('openid offline_access basic')
  h.clock.move((body.expires_in - 100) * 1000)
  const made = await exchanged(gateway, access)
  expect(made.expires_in).toBeLessThanOrEqual(100)
  expect([made.refresh_token, made.id_token]).toEqual([undefined, undefined])
  h.clock.move(101_000)
  expect(await told(tide, made.access_token)).toEqual({ active: false })
})

test('it ends with the grant of the subject token, whatever ends that', async () => {
  const ends: Readonly<Record<string, (access: string) => Promise<unknown>>> = {
    'the app': async () => h.storage.grants.endAll({ userId: aliceId, clientId: app.id }, 'revoked_by_client'),
    'the consent': () => h.storage.consents.withdraw(aliceId, app.id),
    'the exchanging app, for her': () =>
      h.storage.grants.endAll({ userId: aliceId, clientId: gateway.id }, 'revoked_by_user'),
    'the account': () => h.storage.accounts.update(aliceId, { enabled: false }),
  }
  for (const [by, end] of Object.entries(ends)) {
    const { access } = await subject('basic')
    const made = await exchanged(gateway, access)
    expect(await told(tide, made.access_token), by).toMatchObject({ active: true })
    await end(access)
    expect(await told(tide, made.access_token), by).toEqual({ active: false })
    if (by === 'the exchanging app, for her') expectRefusal(await exchange(gateway, access), 'invalid_grant')
    else expectRefusal(await exchange(gateway, access), 'invalid_request')
  }
})

test('any number of exchanges of one token leaves one grant', async () => {
  const { access } = await subject()
  const grants = async () => (await h.storage.grants.listByUser(aliceId, 1000)).length
  await exchanged(gateway, access)
  const before = await grants()
  const made = await Promise.all(Array.from({ length: 10 }, () => exchanged(gateway, access)))
  expect(new Set(made.map(({ access_token: one }) => one)).size).toBe(10)
  expect(await grants()).toBe(before)
})

test('nothing is exchanged without a rule, for another resource, or beyond the scopes of rule, token and app', async () => {
  const { access } = await subject()
  expectRefusal(await exchange(tide, access), 'invalid_request')
  expectRefusal(await exchange(gateway, access, { resource: gatewayApi }), 'invalid_target')
  expectRefusal(await exchange(gateway, access, { resource: `${issuer}/api` }), 'invalid_target')
  expectRefusal(await exchange(gateway, access, { audience: jwtApi }), 'invalid_target')
  expectRefusal(await exchange(gateway, access, { scope: 'basic readmeasurements' }), 'invalid_scope')
  const narrow = await subject('readmeasurements')
  expectRefusal(await exchange(gateway, narrow.access), 'invalid_scope')
  const none = await token(h.app, gateway, {
    grant_type: tokenExchangeGrantType,
    subject_token: access,
    subject_token_type: accessTokenType,
  })
  expectRefusal(none, 'invalid_request')
  expectRefusal(await exchange(app, access), 'unauthorized_client')
  const open = await addClient(h, {
    token_endpoint_auth_method: 'none',
    grant_types: [tokenExchangeGrantType],
    redirect_uris: [],
    token_exchanges: [{ ...rule, subject_audience: undefined, subject_client: app.id }],
  })
  expectRefusal(await exchange({ id: open.id }, access), 'unauthorized_client')
})

test('only the API that the token is for exchanges it, or an app that may act for the one it was given to', async () => {
  const rules = [{ ...rule, subject_audience: undefined, subject_client: app.id }]
  const agent = await addExchanger(rules)
  const { access } = await newTokens(h, app, { scope: 'basic' }, browser)
  expectRefusal(await exchange(agent, access), 'invalid_request')
  expectRefusal(await exchange(gateway, access), 'invalid_request')
  await h.storage.clients.amend(app.id, ({ metadata }) => ({ metadata: { ...metadata, may_act: agent.id } }))
  h.clock.move(10_000)
  expect((await told(app, access)).may_act).toEqual({ sub: agent.id })
  expect((await exchanged(agent, access)).scope).toBe('basic')
})

test('who acts for whom is kept, four deep', async () => {
  let made = (await subject('basic')).access
  const chain: string[] = []
  let last = gateway
  // Each API exchanges for the next one.
  for (let i = 0; i < 4; i++) {
    const next = await addExchanger([])
    await addResource(`https://api${i}.example/`, next.id)
    const from = i === 0 ? gatewayApi : `https://api${i - 1}.example/`
    const rules = [{ ...rule, subject_audience: from, resource: `https://api${i}.example/` }]
    await h.storage.clients.amend(last.id, ({ metadata }) => ({ metadata: { ...metadata, token_exchanges: rules } }))
    h.clock.move(10_000)
    made = (await exchanged(last, made, { resource: `https://api${i}.example/` })).access_token ?? ''
    chain.unshift(last.id)
    last = next
  }
  const names: unknown[] = []
  for (let actor = (await told(last, made)).act as { sub: string; act?: never } | undefined; actor; actor = actor.act)
    names.push(actor.sub)
  expect(names).toEqual(chain)
  const rules = [{ ...rule, subject_audience: 'https://api3.example/' }]
  await h.storage.clients.amend(last.id, ({ metadata }) => ({ metadata: { ...metadata, token_exchanges: rules } }))
  h.clock.move(10_000)
  expectRefusal(await exchange(last, made), 'invalid_request')
  // The whole chain hangs on the first grant.
  await h.storage.consents.withdraw(aliceId, app.id)
  expect(await told(last, made)).toEqual({ active: false })
})

test('a machine’s own token is exchanged, and ends with those of the machine', async () => {
  const machine = await addClient(h, { redirect_uris: [], grant_types: ['client_credentials'], scope: 'basic' })
  const own = await token(h.app, machine, { grant_type: 'client_credentials', resource: gatewayApi })
  const made = await exchanged(gateway, own.body.access_token ?? '')
  expect(await told(tide, made.access_token)).toMatchObject({ active: true, sub: gateway.id })
  await h.storage.grants.moveOwn(machine.id as never)
  expect(await told(tide, made.access_token)).toEqual({ active: false })
})

test('what is no live access token of ours is no subject token', async () => {
  const tokens = await subject('openid offline_access basic')
  for (const text of ['', 'x', tokens.refresh, tokens.id, `${tokens.access}x`]) {
    expectRefusal(await exchange(gateway, text), 'invalid_request')
  }
  for (const more of [
    { subject_token_type: 'urn:ietf:params:oauth:token-type:id_token' },
    { requested_token_type: 'urn:ietf:params:oauth:token-type:refresh_token' },
    { actor_token: tokens.access },
  ] as Record<string, string>[]) {
    expectRefusal(await exchange(gateway, tokens.access, more), 'invalid_request')
  }
  await post(h.app, '/oauth/revoke', app, { token: tokens.access })
  expectRefusal(await exchange(gateway, tokens.access), 'invalid_request')
  const answer: TokenAnswer = await exchange(gateway, (await subject('basic')).access)
  expect(answer.status).toBe(200)
})

test('a subject token that is bound to a key is exchanged with a proof of that key, and what is got is bound to it', async () => {
  const key = await newSenderKey()
  const code = await newCode(h, app, { scope: 'basic', resource: gatewayApi }, browser)
  const bound = await exchangeCode(h.app, app, code, {}, { ...(await key.proof(h, 'POST /oauth/token')) })
  expect(bound.body.token_type, JSON.stringify(bound.body)).toBe('DPoP')
  const form = { grant_type: tokenExchangeGrantType, subject_token_type: accessTokenType, resource: tideApi }
  const request = { ...form, subject_token: bound.body.access_token ?? '' }
  const grants = async () => (await h.storage.grants.listByUser(aliceId, 1000)).length
  const before = await grants()
  expectRefusal(await token(h.app, gateway, request), 'invalid_dpop_proof')
  const other = { ...(await (await newSenderKey()).proof(h, 'POST /oauth/token')) }
  expectRefusal(await token(h.app, gateway, request, other), 'invalid_grant')
  expect(await grants()).toBe(before)
  const again = await token(h.app, gateway, request, { ...(await key.proof(h, 'POST /oauth/token')) })
  expect(again.body.token_type, JSON.stringify(again.body)).toBe('DPoP')
  expect(await told(tide, again.body.access_token)).toMatchObject({ active: true, cnf: { jkt: key.jkt } })
})

test('what is got for a token that is bound to nothing can be bound to a key', async () => {
  const key = await newSenderKey()
  const { access } = await subject()
  const form = { subject_token: access, subject_token_type: accessTokenType, resource: tideApi }
  const proof = { ...(await key.proof(h, 'POST /oauth/token')) }
  const made = await token(h.app, gateway, { grant_type: tokenExchangeGrantType, ...form }, proof)
  expect(made.body.token_type, JSON.stringify(made.body)).toBe('DPoP')
  expect(await told(tide, made.body.access_token)).toMatchObject({ active: true, cnf: { jkt: expect.any(String) } })
})

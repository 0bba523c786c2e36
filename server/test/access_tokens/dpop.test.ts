/** Access tokens that are bound to a key, where they are used (RFC 9449 §7): with a proof for each request, and never without. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openPostgres } from '../../src/storage/postgres.ts'
import { apply } from '../providers/setting.ts'
import { newCode } from '../support/answers.ts'
import { authorize, authorizeUrl, exchangeCode, post, refresh, type TestBrowser, token } from '../support/browser.ts'
import { newSenderKey, type SenderKey, type Unusual } from '../support/dpop.ts'
import {
  addAccount,
  addClient,
  type Harness,
  harness,
  issuer,
  movableClock,
  rootSecret,
  type TestClient,
} from '../support/harness.ts'
import { postgresUrl, type TestDatabase } from '../support/postgres.ts'
import { copyDatabase } from '../support/template.ts'

const orders = 'https://orders.example/v1'
const stock = 'https://stock.example'
const scope = 'openid offline_access basic readmeasurements orders.read stock.read'
const second = 1000

let h: Harness
let app: TestClient
let browser: TestBrowser
let key: SenderKey
let other: SenderKey
beforeAll(async () => {
  h = await harness({ settings: { trustProxy: ['127.0.0.1'] } })
  const alice = await addAccount(h)
  app = await addClient(h, { scope }, { ownerId: alice.id })
  await apply(h, {
    resources: [
      { resource: orders, scopes: ['orders.read'], proxy: 'orders' },
      { resource: stock, scopes: ['stock.read'], token_format: 'jwt', proxy: 'stock' },
    ],
  })
  browser = (await authorize(h.app, authorizeUrl(app, { scope }))).browser
  key = await newSenderKey()
  other = await newSenderKey()
})
afterAll(() => h.close())

async function boundTokens(more: Record<string, string> = {}, by: SenderKey | 'none' = key) {
  const code = await newCode(h, app, { scope, ...more }, browser)
  const headers = by === 'none' ? {} : { ...(await by.proof(h, 'POST /oauth/token')) }
  const { body } = await exchangeCode(h.app, app, code, {}, headers)
  return { access: body.access_token ?? '', refresh: body.refresh_token ?? '' }
}

async function ask(request: string, headers: Record<string, string>, payload?: string) {
  const [method = 'GET', url = ''] = request.split(' ')
  const response = await h.app.inject({
    method: method as 'GET',
    url,
    headers: payload === undefined ? headers : { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    ...(payload === undefined ? {} : { payload }),
  })
  const challenge = String(response.headers['www-authenticate'] ?? '')
  return { status: response.statusCode, challenge, headers: response.headers, body: response.body }
}

const surfaces = [
  ['userinfo', 'GET /oauth/userinfo', '/oauth/userinfo'],
  ['userinfo by POST', 'POST /oauth/userinfo', '/oauth/userinfo'],
  ['the resource API', 'GET /api/v3/user', '/api/v3/user'],
  ['the resource API with a query', 'GET /api/v3/measurements?limit=1', '/api/v3/measurements'],
] as const

describe.each(surfaces)('at %s', (_, request, path) => {
  const [method = ''] = request.split(' ')
  const target = `${method} ${path}`

  test('a bound token is taken with a proof, the scheme spelled in any way', async () => {
    const { access } = await boundTokens()
    for (const scheme of ['DPoP', 'dpop', 'DPOP']) {
      const headers = await key.bearing(h, target, access)
      const answer = await ask(request, { ...headers, authorization: `${scheme} ${access}` })
      expect(answer.status, answer.body).toBe(200)
    }
  })

  test('F105: it is no bearer token', async () => {
    const { access } = await boundTokens()
    const answers = [
      await ask(request, { authorization: `Bearer ${access}` }),
      await ask(request, { authorization: `Bearer ${access}`, ...(await key.proof(h, target, { token: access })) }),
    ]
    for (const answer of answers) {
      expect(answer.status).toBe(401)
      expect(answer.challenge).toMatch(/^DPoP error="invalid_token", .*algs="ES256 ES384 EdDSA Ed25519 PS256"$/)
    }
  })

  test('a token that is bound to no key is none for the scheme DPoP', async () => {
    const { access } = await boundTokens({}, 'none')
    const answer = await ask(request, await key.bearing(h, target, access))
    expect(answer.status).toBe(401)
    expect(answer.challenge).toMatch(/^DPoP error="invalid_token"/)
    expect((await ask(request, { authorization: `Bearer ${access}` })).status).toBe(200)
  })

  test('F101: with another proof than one of its key, for this request and this token, it is refused', async () => {
    const { access } = await boundTokens()
    const unusual: [string, string, Unusual?, SenderKey?][] = [
      ['no ath', 'invalid_dpop_proof', { claims: { ath: undefined } }],
      ['the ath of another token', 'invalid_dpop_proof', { token: `${access}0` }],
      ['another method', 'invalid_dpop_proof', { claims: { htm: 'PATCH' } }],
      ['another path', 'invalid_dpop_proof', { claims: { htu: `${issuer}/oauth/token` } }],
      ['another host', 'invalid_dpop_proof', { claims: { htu: `http://evil.example${path}` } }],
      ['an old one', 'invalid_dpop_proof', { claims: { iat: Math.floor(h.clock.now() / second) - 120 } }],
      ['another signature', 'invalid_dpop_proof', { signer: other }],
      ['another key', 'invalid_token', {}, other],
      ['an unknown nonce', 'use_dpop_nonce', { claims: { nonce: 'mine' } }],
    ]
    for (const [what, error, change, by = key] of unusual) {
      const answer = await ask(request, await by.bearing(h, target, access, { token: access, ...change }))
      expect(answer.status, what).toBe(401)
      expect(answer.challenge, what).toContain(`DPoP error="${error}"`)
      expect(answer.headers['dpop-nonce'] === undefined, what).toBe(
        !['use_dpop_nonce'].includes(error) && what !== 'an old one',
      )
    }
    const none = await ask(request, { authorization: `DPoP ${access}` })
    expect(none.status).toBe(401)
    expect(none.challenge).toContain('DPoP error="invalid_dpop_proof"')
    expect((await ask(request, await key.bearing(h, target, access))).status).toBe(200)
  })

  test('F102: a proof is good once', async () => {
    const { access } = await boundTokens()
    const headers = await key.bearing(h, target, access)
    const answers = await Promise.all(Array.from({ length: 6 }, () => ask(request, headers)))
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401, 401, 401, 401, 401])
    expect(answers.find(({ status }) => status === 401)?.challenge).toContain('error="invalid_dpop_proof"')
  })

  test('F104: the nonce that the app is registered for is asked for here as well', async () => {
    const careful = await addClient(h, { scope, require_dpop_nonce: true })
    const code = await newCode(h, careful, { scope }, browser)
    const first = await exchangeCode(h.app, careful, code, {}, { ...(await key.proof(h, 'POST /oauth/token')) })
    const nonce = first.headers['dpop-nonce']
    const proof = await key.proof(h, 'POST /oauth/token', { claims: { nonce } })
    const access = (await exchangeCode(h.app, careful, code, {}, { ...proof })).body.access_token ?? ''
    const without = await ask(request, await key.bearing(h, target, access))
    expect(without.status).toBe(401)
    expect(without.challenge).toContain('DPoP error="use_dpop_nonce"')
    const given = without.headers['dpop-nonce']
    expect((await ask(request, await key.bearing(h, target, access, { claims: { nonce: given } }))).status).toBe(200)
  })
})

test('F105: a bound token in the body of a request is no bearer token either', async () => {
  const { access } = await boundTokens()
  expect((await ask('POST /oauth/userinfo', {}, `access_token=${access}`)).status).toBe(401)
  const answer = await ask(
    'POST /oauth/userinfo',
    (await key.proof(h, 'POST /oauth/userinfo', { token: access })) as never,
    `access_token=${access}`,
  )
  expect(answer.status).toBe(401)
  expect(answer.challenge).toMatch(/^DPoP error="invalid_token"/)
})

test('F101: a token that has expired or was revoked is so with a proof as well', async () => {
  const { access } = await boundTokens()
  await post(h.app, '/oauth/revoke', app, { token: access })
  const answer = await ask('GET /oauth/userinfo', await key.bearing(h, 'GET /oauth/userinfo', access))
  expect(answer.status).toBe(401)
  expect(answer.challenge).toMatch(
    /^DPoP error="invalid_token", error_description="The access token has been revoked\."/,
  )
})

test('F105: the admin API takes a bound token with its proof alone', async () => {
  const machine = await addClient(h, {
    grant_types: ['client_credentials'],
    redirect_uris: [],
    scope: 'admin.read',
    admin_role: 'support',
  })
  const form = { grant_type: 'client_credentials', scope: 'admin.read', resource: `${issuer}/admin/api` }
  const { body } = await token(h.app, machine, form, { ...(await key.proof(h, 'POST /oauth/token')) })
  expect(body.token_type, JSON.stringify(body)).toBe('DPoP')
  const access = body.access_token ?? ''
  const bearer = await ask('GET /admin/api/v1/apps', { authorization: `Bearer ${access}` })
  expect([bearer.status, bearer.challenge]).toEqual([401, expect.stringMatching(/^DPoP error="invalid_token"/)])
  const headers = await key.bearing(h, 'GET /admin/api/v1/apps', access)
  expect((await ask('GET /admin/api/v1/apps', headers)).status).toBe(200)
  const again = await ask('GET /admin/api/v1/apps', headers)
  expect([again.status, again.challenge]).toEqual([401, expect.stringMatching(/^DPoP error="invalid_dpop_proof"/)])
})

test('a lost answer stays lost where somebody shows its access token without the key', async () => {
  const spa = { id: (await addClient(h, { scope, token_endpoint_auth_method: 'none' })).id }
  const proof = async () => ({ ...(await key.proof(h, 'POST /oauth/token')) })
  const code = await newCode(h, spa as TestClient, { scope }, browser)
  const before = (await exchangeCode(h.app, spa, code, {}, await proof())).body.refresh_token ?? ''
  const form = { grant_type: 'refresh_token', refresh_token: before }
  const lost = await token(h.app, spa, form, await proof())
  const access = lost.body.access_token ?? ''
  h.clock.move(1200 * second)
  expect((await ask('GET /oauth/userinfo', { authorization: `Bearer ${access}` })).status).toBe(401)
  expect((await ask('GET /oauth/userinfo', await other.bearing(h, 'GET /oauth/userinfo', access))).status).toBe(401)
  expect((await token(h.app, spa, form, await proof())).body.refresh_token).toBe(lost.body.refresh_token)
  expect((await ask('GET /oauth/userinfo', await key.bearing(h, 'GET /oauth/userinfo', access))).status).toBe(200)
  expect((await token(h.app, spa, form, await proof())).status).toBe(400)
})

describe('a JWT access token', () => {
  test('says in cnf which key it is bound to, and introspection as well', async () => {
    const { refresh: refreshToken } = await boundTokens({ resource: stock })
    const form = { grant_type: 'refresh_token', refresh_token: refreshToken, resource: stock, scope: 'stock.read' }
    const { body } = await token(h.app, app, form, { ...(await key.proof(h, 'POST /oauth/token')) })
    const claims = JSON.parse(Buffer.from(body.access_token?.split('.')[1] ?? '', 'base64url').toString())
    expect(claims.cnf).toEqual({ jkt: key.jkt })
    const said = await post(h.app, '/oauth/introspect', app, { token: body.access_token ?? '' })
    expect(said.body).toMatchObject({ active: true, token_type: 'DPoP', cnf: { jkt: key.jkt } })
    const plain = await refresh(h.app, app, body.refresh_token ?? '', { resource: stock, scope: 'stock.read' })
    const bare = JSON.parse(Buffer.from(plain.body.access_token?.split('.')[1] ?? '', 'base64url').toString())
    expect(bare).not.toHaveProperty('cnf')
  })
})

describe('forward auth', () => {
  const at = 'https://orders.example/v1/orders/7'
  const forwarded = {
    'x-forwarded-method': 'DELETE',
    'x-forwarded-proto': 'https',
    'x-forwarded-host': 'orders.example',
    'x-forwarded-uri': '/v1/orders/7?secret=1',
  }
  const gate = (headers: Record<string, string>) => ask('GET /oauth/forward-auth/orders', headers)
  const newest = async () => {
    await h.context.requests.flush()
    return (await h.storage.requests.list(app.id, 1))[0]
  }

  test('R59: lets a bound token on with a proof for the request that the proxy says it was, once', async () => {
    const { access } = await boundTokens()
    const headers = { ...forwarded, ...(await key.bearing(h, `DELETE ${at}`, access)) }
    const answer = await gate(headers)
    expect(answer.status, answer.challenge).toBe(200)
    expect(answer.headers['consentry-client']).toBe(app.id)
    const again = await gate(headers)
    expect([again.status, again.headers['consentry-client']]).toEqual([401, ''])
    expect(again.challenge).toContain('DPoP error="invalid_dpop_proof"')
    expect(await newest()).toMatchObject({ reason: 'dpop_proof_used', rule: 'dpop_once', endpoint: '/v1/orders/7' })
  })

  test('R59: refuses a proof for our own address, for another method, and a bound token without one', async () => {
    const { access } = await boundTokens()
    for (const target of [
      'GET /oauth/forward-auth/orders',
      `GET ${at}`,
      'DELETE https://orders.example/v1/orders/8',
      'DELETE http://orders.example/v1/orders/7',
      'DELETE https://evil.example/v1/orders/7',
    ]) {
      const answer = await gate({ ...forwarded, ...(await key.bearing(h, target, access)) })
      expect(answer.status, target).toBe(401)
      expect(answer.challenge, target).toContain('DPoP error="invalid_dpop_proof"')
    }
    expect(await newest()).toMatchObject({ reason: 'dpop_proof_invalid', rule: 'dpop_proof' })
    const bearer = await gate({ ...forwarded, authorization: `Bearer ${access}` })
    expect([bearer.status, bearer.challenge]).toEqual([401, expect.stringMatching(/^DPoP error="invalid_token"/)])
    expect(await newest()).toMatchObject({ reason: 'token_bound', rule: 'dpop_proof' })
  })

  test('R59: cannot check a proof where the proxy does not say what was asked for, and tells the developer', async () => {
    const { access } = await boundTokens()
    for (const name of Object.keys(forwarded)) {
      const { [name as keyof typeof forwarded]: _, ...rest } = forwarded
      h.clock.move(second)
      const answer = await gate({ ...rest, ...(await key.bearing(h, `DELETE ${at}`, access)) })
      expect(answer.status, name).toBe(401)
      expect((await newest())?.cause).toMatch(/^The proxy does not say/)
    }
    for (const [name, value] of [
      ['x-forwarded-host', 'orders.example, evil.example'],
      ['x-forwarded-host', 'a@orders.example'],
      ['x-forwarded-proto', 'https,http'],
      ['x-forwarded-proto', 'ftp'],
    ] as const) {
      const headers = { ...forwarded, [name]: value, ...(await key.bearing(h, `DELETE ${at}`, access)) }
      expect((await gate(headers)).status, value).toBe(401)
    }
  })
})

describe.skipIf((await postgresUrl()) === undefined)('on two nodes of one PostgreSQL', () => {
  let database: TestDatabase
  let nodes: [Harness, Harness]
  beforeAll(async () => {
    const clock = movableClock()
    database = await copyDatabase(clock, rootSecret)
    const node = () => harness({ clock, open: () => openPostgres({ url: database.url, clock }) })
    nodes = [await node(), await node()]
  })
  afterAll(async () => {
    for (const node of nodes) await node.close()
    await database.drop()
  })

  test('F102: a proof is good once among them, at the token endpoint and at an API', async () => {
    const [a, b] = nodes
    await addAccount(a)
    const client = await addClient(a, { scope })
    const signedIn = (await authorize(a.app, authorizeUrl(client, { scope: 'openid basic' }))).browser
    const code = await newCode(a, client, { scope: 'openid basic' }, signedIn)
    const own = await key.proof(a, 'POST /oauth/token')
    const access = (await exchangeCode(a.app, client, code, {}, { ...own })).body.access_token ?? ''
    const proof = { ...(await key.proof(a, 'POST /oauth/token')) }
    const asked = Array.from({ length: 8 }, (_, i) =>
      token(nodes[i % 2 === 0 ? 0 : 1].app, client, { grant_type: 'client_credentials', scope: 'basic' }, proof),
    )
    expect((await Promise.all(asked)).filter(({ status }) => status === 200)).toHaveLength(1)
    const headers = await key.bearing(a, 'GET /oauth/userinfo', access)
    const shown = Array.from({ length: 8 }, (_, i) =>
      (i % 2 === 0 ? a : b).app.inject({ url: '/oauth/userinfo', headers }),
    )
    expect((await Promise.all(shown)).filter(({ statusCode }) => statusCode === 200)).toHaveLength(1)
  })
})

/** Forward auth: a proxy asks for each request whether to let it through to an API of the operator. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { proxyTrust } from '../../src/runtime/limits/network.ts'
import { apply } from '../providers/setting.ts'
import { newTokens } from '../support/answers.ts'
import { authorize, authorizeUrl, post, type TestBrowser, token } from '../support/browser.ts'
import { addAccount, addClient, type Harness, harness, issuer, type TestClient } from '../support/harness.ts'
import { overWire } from '../support/wire.ts'

const orders = 'https://orders.example/v1'
const stock = 'https://stock.example'
const scope = 'openid offline_access basic orders.read orders.write stock.read'
const names = ['client', 'user', 'scope', 'token', 'expires'].map((name) => `consentry-${name}`)

let h: Harness
let browser: TestBrowser
let app: TestClient
beforeAll(async () => {
  h = await harness({ settings: { trustProxy: ['127.0.0.1', '10.0.0.0/8'] } })
  const alice = await addAccount(h)
  app = await addClient(h, { scope }, { ownerId: alice.id })
  await apply(h, {
    resources: [
      { resource: orders, scopes: ['orders.read', 'orders.write'], proxy: 'orders' },
      { resource: stock, scopes: ['stock.read'], token_format: 'jwt', proxy: 'stock' },
    ],
  })
  browser = (await authorize(h.app, authorizeUrl(app, { scope }))).browser
})
afterAll(() => h.close())

const tokens = (more: Record<string, string | undefined>) => newTokens(h, app, more, browser)

async function ask(
  authorization: string | undefined,
  {
    path = '/oauth/forward-auth/orders',
    from = '127.0.0.1',
    headers = {},
  }: { path?: string; from?: string; headers?: Record<string, string> } = {},
) {
  const response = await h.app.inject({
    url: path,
    remoteAddress: from,
    headers: { 'user-agent': 'Teapot/1', ...(authorization === undefined ? {} : { authorization }), ...headers },
  })
  const identity = Object.fromEntries(names.map((name) => [name.slice(10), response.headers[name]]))
  return { status: response.statusCode, identity, headers: response.headers, body: response.body }
}

const nobody = { client: '', user: '', scope: '', token: '', expires: '' }

async function newest() {
  await h.context.requests.flush()
  return (await h.storage.requests.list(app.id, 1))[0]
}

describe('a token for the API', () => {
  test('lets the request on with who it is from, whether it names the API or has a scope of its own', async () => {
    for (const resource of [orders, undefined]) {
      const { access, body } = await tokens({ scope: 'openid orders.read', resource })
      const said = (await post(h.app, '/oauth/introspect', app, { token: access })).body as unknown as {
        sub: string
        jti: string
        exp: number
      }
      const answer = await ask(`Bearer ${access}`)
      expect(answer, String(body.scope)).toMatchObject({
        status: 200,
        body: '',
        identity: { client: app.id, user: said.sub, scope: 'orders.read', token: said.jti, expires: String(said.exp) },
      })
      expect(answer.headers['cache-control']).toBe('no-store')
      expect(answer.headers['set-cookie']).toBeUndefined()
    }
  })

  test('of an app’s own, without a person, has an empty user', async () => {
    const { body } = await token(h.app, app, { grant_type: 'client_credentials', scope: 'orders.write' })
    const { status, identity } = await ask(`Bearer ${body.access_token}`)
    expect({ status, identity }).toMatchObject({
      status: 200,
      identity: { client: app.id, user: '', scope: 'orders.write' },
    })
  })

  test('names a person of an app with pairwise subjects as the app knows them', async () => {
    const pairwise = await addClient(h, { scope, subject_type: 'pairwise' })
    const held = await newTokens(h, pairwise, { scope: 'orders.read', resource: orders }, browser)
    const own = await tokens({ scope: 'orders.read', resource: orders })
    const user = (await ask(`Bearer ${held.access}`)).identity.user
    expect(user).toMatch(/./)
    expect(user).not.toBe((await ask(`Bearer ${own.access}`)).identity.user)
  })

  test('may be a JWT, which ends here with its authorization', async () => {
    const { access } = await tokens({ scope: 'stock.read', resource: stock })
    const path = '/oauth/forward-auth/stock'
    expect(access.split('.')).toHaveLength(3)
    expect((await ask(`Bearer ${access}`, { path })).status).toBe(200)
    await post(h.app, '/oauth/revoke', app, { token: access })
    expect((await ask(`Bearer ${access}`, { path })).status).toBe(401)
  })

  test('is refused from the moment in which it is revoked or expires, and the app’s log has the cause', async () => {
    const { access } = await tokens({ scope: 'orders.read', resource: orders })
    expect((await ask(`Bearer ${access}`)).status).toBe(200)
    await post(h.app, '/oauth/revoke', app, { token: access })
    const forwarded = { 'x-forwarded-method': 'DELETE', 'x-forwarded-uri': '/v1/orders/7?secret=1' }
    const answer = await ask(`Bearer ${access}`, { headers: forwarded })
    expect(answer).toMatchObject({ status: 401, identity: nobody })
    expect(answer.headers['www-authenticate']).toContain('error="invalid_token"')
    expect(await newest()).toMatchObject({
      endpoint: '/v1/orders/7',
      method: 'DELETE',
      status: 401,
      reason: 'token_revoked',
      ruleset: 'forward_auth',
      rule: 'access_token',
      userAgent: 'Teapot/1',
      authenticated: true,
    })
    const page = await browser.get(`/developer/apps/${app.id}/requests`)
    expect(page.body).toContain('data-reason="token_revoked"')
    expect(page.body).toContain('DELETE /v1/orders/7')
    expect(page.body).not.toContain('secret=1')
  })
})

describe('what is refused', () => {
  const metadata = `resource_metadata="${issuer}/.well-known/oauth-protected-resource?resource=${encodeURIComponent(orders)}"`

  test('a request without a token, with where to learn about the API and no error', async () => {
    const answer = await ask(undefined)
    expect(answer).toMatchObject({ status: 401, identity: nobody })
    expect(answer.headers['www-authenticate']).toBe(`Bearer ${metadata}`)
    const needed = await ask(undefined, { path: '/oauth/forward-auth/orders?scope=orders.write' })
    expect(needed.headers['www-authenticate']).toBe(`Bearer scope="orders.write", ${metadata}`)
    expect((await h.app.inject(metadata.slice(19 + issuer.length, -1))).json()).toMatchObject({ resource: orders })
  })

  test('a token anywhere but in the Authorization header, whatever else the request holds', async () => {
    const { access } = await tokens({ scope: 'orders.read', resource: orders })
    const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    for (const [path, headers] of [
      ['/oauth/forward-auth/orders', { cookie: `${cookie}; access_token=${access}` }],
      [`/oauth/forward-auth/orders?access_token=${access}`, {}],
      ['/oauth/forward-auth/orders', { 'x-forwarded-uri': `/v1?access_token=${access}`, accept: 'text/html' }],
      ['/oauth/forward-auth/orders', { 'x-access-token': access }],
    ] as const) {
      const answer = await ask(undefined, { path, headers })
      expect(answer, path).toMatchObject({ status: 401, identity: nobody })
      expect(answer.headers.location).toBeUndefined()
      expect(answer.headers['set-cookie']).toBeUndefined()
    }
  })

  test.each([
    ['Bearer', 401],
    ['Bearer two words', 401],
    ['Basic YTpi', 401],
    ['DPoP abc', 401],
    ['Bearer nonsense', 401],
    [`Bearer ${'a'.repeat(5000)}`, 401],
  ])('a header that shows no token of ours (%s), by a status that every proxy passes on', async (header, status) => {
    const answer = await ask(header)
    expect(answer).toMatchObject({ status, identity: nobody })
    expect(answer.headers['www-authenticate']).toMatch(/^(?:Bearer|DPoP) /)
  })

  test('a token for another API, or for none of the operator’s', async () => {
    for (const more of [{ scope: 'stock.read', resource: stock }, { scope: 'basic' }, { scope: 'openid' }]) {
      const { access } = await tokens(more)
      expect(await ask(`Bearer ${access}`), JSON.stringify(more)).toMatchObject({ status: 401, identity: nobody })
      expect(await newest()).toMatchObject({ reason: 'token_for_another_resource', rule: 'audience', expected: orders })
    }
  })

  test('a token without the scope that the place needs, with the scope to ask for', async () => {
    const { access } = await tokens({ scope: 'orders.read', resource: orders })
    const at = (needed: string) => ask(`Bearer ${access}`, { path: `/oauth/forward-auth/orders?scope=${needed}` })
    expect((await at('orders.read')).status).toBe(200)
    for (const needed of ['orders.write', 'orders.read+orders.write', 'openid']) {
      const answer = await at(needed)
      expect(answer, needed).toMatchObject({ status: 403, identity: nobody })
      expect(answer.headers['www-authenticate']).toContain('error="insufficient_scope"')
      expect(answer.headers['www-authenticate']).toContain(`scope="${needed.replace('+', ' ')}"`)
    }
    expect(await newest()).toMatchObject({ reason: 'scope_insufficient', rule: 'needed_scope', got: 'orders.read' })
  })

  test('a scope that the app has lost, at once', async () => {
    const reviewed = await addClient(h, { scope: 'orders.all orders.read' })
    const kept = { resource: orders, scopes: ['orders.read', 'orders.write', 'orders.all'], proxy: 'orders' }
    await apply(h, { resources: [kept] })
    const { access } = await newTokens(h, reviewed, { scope: 'orders.all orders.read', resource: orders }, browser)
    expect((await ask(`Bearer ${access}`)).identity.scope).toBe('orders.all orders.read')
    const scopes = ['orders.read', 'orders.write', { name: 'orders.all', for: 'reviewed' }]
    await apply(h, { resources: [{ ...kept, scopes }] })
    expect((await ask(`Bearer ${access}`)).identity.scope).toBe('orders.read')
  })
})

describe('who may ask', () => {
  test('K173: is a proxy that the setting names, and nobody else, whatever their headers say', async () => {
    const { access } = await tokens({ scope: 'orders.read', resource: orders })
    for (const from of ['10.1.2.3', '::ffff:10.1.2.3'])
      expect((await ask(`Bearer ${access}`, { from })).status).toBe(200)
    for (const from of ['192.0.2.1', '::1', '2001:db8::1']) {
      const headers = { 'x-forwarded-for': '127.0.0.1', forwarded: 'for=127.0.0.1', 'x-real-ip': '127.0.0.1' }
      const answer = await ask(`Bearer ${access}`, { from, headers })
      expect(answer, from).toMatchObject({ status: 403, identity: nobody })
      expect(answer.body).toContain('CONSENTRY_TRUST_PROXY')
    }
    const warnings = h.logged.filter((line) => line.includes('Forward auth answers proxies alone'))
    expect(warnings).toHaveLength(1)
  })

  test('is nobody where no proxy is named, and this machine where only hops are counted', () => {
    expect(proxyTrust(undefined)('127.0.0.1')).toBe(false)
    expect(proxyTrust(0)('127.0.0.1')).toBe(false)
    expect(proxyTrust(1)('127.0.0.1')).toBe(true)
    expect(proxyTrust(1)('::1')).toBe(true)
    expect(proxyTrust(2)('10.0.0.1')).toBe(false)
    expect(proxyTrust(['2001:db8::/32'])('2001:db8:1::7')).toBe(true)
    expect(proxyTrust(['10.0.0.1'])('10.0.0.10')).toBe(false)
    expect(proxyTrust(['10.0.0.1'])('')).toBe(false)
  })

  test('has to name an API, and to ask by GET', async () => {
    const { access } = await tokens({ scope: 'orders.read', resource: orders })
    for (const path of ['/oauth/forward-auth', '/oauth/forward-auth/other', '/oauth/forward-auth/orders?scope=%22']) {
      expect(await ask(`Bearer ${access}`, { path }), path).toMatchObject({ status: 404, identity: nobody })
    }
    // A door that is misspelled stays closed.
    for (const query of ['scope=orders.read&scope=orders.write', 'scopes=orders.write', 'scope=orders.read&x=1']) {
      const path = `/oauth/forward-auth/orders?${query}`
      expect(await ask(`Bearer ${access}`, { path }), path).toMatchObject({ status: 404, identity: nobody })
    }
    const posted = await h.app.inject({ method: 'POST', url: '/oauth/forward-auth/orders' })
    expect(posted.statusCode).toBe(405)
    expect(posted.headers.allow).toBe('GET, HEAD')
  })
})

test('every answer below the path has every identity header, whatever part of the server gives it', async () => {
  const below = '/oauth/forward-auth'
  const asked = [
    ['GET', `${below}/orders/more`, 404],
    ['GET', `${below}/`, 404],
    ['GET', `${below}-other`, 404],
    ['GET', `${below}/%zz`, 400],
    ['GET', `${below}/${'a'.repeat(2000)}`, 414],
    ['POST', `${below}/orders`, 405],
    ['DELETE', `${below}/orders`, 405],
    ['OPTIONS', `${below}/orders`, 404],
    ['GET', `${below}/orders`, 400, { host: 'one two' }],
    ['POST', `${below}/orders`, 405, { 'content-type': 'application/json' }],
  ] as const
  for (const [method, url, status, headers = {}] of asked) {
    const answer = await h.app.inject({ method, url, headers, remoteAddress: '127.0.0.1' })
    expect(answer.statusCode, `${method} ${url}`).toBe(status)
    for (const name of names) expect(answer.headers[name], `${name} of ${method} ${url}`).toBe('')
  }
})

test('K166: where the database is away nobody is let through, and nobody is named', async () => {
  const { access } = await tokens({ scope: 'orders.read', resource: orders })
  const away = await harness({ settings: { trustProxy: ['127.0.0.1'] } })
  await away.storage.close()
  const answer = await away.app.inject({
    url: '/oauth/forward-auth/orders',
    headers: { authorization: `Bearer ${access}` },
    remoteAddress: '127.0.0.1',
  })
  expect(answer.statusCode).toBeGreaterThanOrEqual(500)
  for (const name of names) expect(answer.headers[name], name).toBe('')
})

test('of two Authorization headers neither counts', async () => {
  const { access } = await tokens({ scope: 'orders.read', resource: orders })
  const origin = await h.app.listen({ port: 0, host: '127.0.0.1' })
  const asked = (...lines: string[]) =>
    overWire(
      origin,
      ['GET /oauth/forward-auth/orders HTTP/1.1', 'Host: localhost', ...lines, 'Connection: close', '', ''].join(
        '\r\n',
      ),
    )
  const right = `Authorization: Bearer ${access}`
  expect((await asked(right)).text).toContain('HTTP/1.1 200')
  for (const other of ['Authorization: Bearer other', 'authorization: Basic eDp5', right]) {
    const { text: answer } = await asked(right, other)
    expect(answer, other).toContain('HTTP/1.1 400')
    expect(answer, other).toMatch(/consentry-user: ?\r\n/)
  }
})

test('an app that has used up its plan hears 429, when to come again and what is left, and keeps its token', async () => {
  await apply(h, { plans: [{ name: 'one', per_minute: 1 }] })
  const { access } = await tokens({ scope: 'orders.read', resource: orders })
  await h.storage.planHolders.put({ holder: `client:${app.id}`, plan: 'one' })
  await h.context.quotas.refresh()
  h.clock.move(60_000 - (h.clock.now() % 60_000))
  const first = await ask(`Bearer ${access}`)
  expect([first.status, first.headers.ratelimit]).toEqual([200, '"minute";r=0;t=60'])
  // What was refused before is not counted.
  expect((await ask(`Bearer ${access}`, { path: '/oauth/forward-auth/orders?scope=orders.write' })).status).toBe(403)
  const refused = await ask(`Bearer ${access}`)
  expect(refused).toMatchObject({
    status: 429,
    headers: { 'retry-after': '60', ratelimit: '"minute";r=0;t=60', 'ratelimit-policy': '"minute";q=1;w=60' },
    identity: nobody,
  })
  expect(await newest()).toMatchObject({ reason: 'plan_used_up', rule: 'plan', status: 429 })
  await h.storage.planHolders.delete(`client:${app.id}`)
  await h.context.quotas.refresh()
  expect((await ask(`Bearer ${access}`)).status).toBe(200)
})

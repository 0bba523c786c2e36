/** Calls that an API of the operator reports: in the log of the app, and for the person. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { apply } from '../providers/setting.ts'
import { newTokens } from '../support/answers.ts'
import { authorize, authorizeUrl, post, type TestBrowser, token } from '../support/browser.ts'
import { addAccount, addClient, type Harness, harness, type TestClient } from '../support/harness.ts'

const orders = 'https://orders.example/v1'
const scope = 'offline_access basic orders.read'

let h: Harness
let browser: TestBrowser
let app: TestClient
let api: TestClient
let stockApi: TestClient
let jti: string
beforeAll(async () => {
  h = await harness()
  const alice = await addAccount(h)
  app = await addClient(h, { scope }, { ownerId: alice.id })
  api = await addClient(h, { grant_types: [], redirect_uris: [], scope: '' }, { id: 'orders-api' })
  stockApi = await addClient(h, { grant_types: [], redirect_uris: [], scope: '' }, { id: 'stock-api' })
  await apply(h, {
    resources: [
      { resource: orders, name: 'Orders', scopes: ['orders.read'], client_id: api.id },
      { resource: 'https://stock.example', scopes: ['stock.read'], client_id: stockApi.id },
    ],
  })
  browser = (await authorize(h.app, authorizeUrl(app, { scope }))).browser
  jti = await nameOf((await newTokens(h, app, { scope: 'orders.read', resource: orders }, browser)).access)
})
afterAll(() => h.close())

async function nameOf(access: string | undefined): Promise<string> {
  const said = await post(h.app, '/oauth/introspect', api, { token: access ?? '' })
  return (said.body as unknown as { jti: string }).jti
}

const basic = ({ id, secret }: TestClient) => `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`

async function report(body: unknown, authorization: string | undefined = basic(api)) {
  const response = await h.app.inject({
    method: 'POST',
    url: '/oauth/usage',
    headers: { 'content-type': 'application/json', ...(authorization && { authorization }) },
    payload: typeof body === 'string' ? body : JSON.stringify(body),
  })
  return { status: response.statusCode, body: response.json(), headers: response.headers }
}

const call = (more: Record<string, unknown> = {}) => ({
  time: new Date(h.clock.now() - 1000).toISOString(),
  token: jti,
  status: 200,
  operation: 'GET /v1/orders?page=2',
  user_agent: 'Teapot/1',
  scope: 'orders.read',
  ...more,
})

const logged = () => h.storage.requests.list(app.id, 500, undefined, { endpoint: '/v1/orders' })

describe('calls that an API reports', () => {
  test('stand in the log of the app that made them, and count once however often the batch is sent', async () => {
    const calls = [call(), call({ status: 404, time: h.clock.now() / 1000, user_agent: null, request_id: 'abc' })]
    const first = await report({ batch: 'one', calls })
    expect(first).toMatchObject({ status: 200, body: { batch: 'one', accepted: 2, repeated: false, refused: [] } })
    expect(first.headers['cache-control']).toBe('no-store')
    expect((await report({ batch: 'one', calls })).body).toMatchObject({ accepted: 2, repeated: true })
    const batch = { batch: 'two', calls: [call({ status: 201 })] }
    const all = await Promise.all([1, 2, 3].map(() => report(batch)))
    expect(all.filter(({ body }) => body.repeated === false)).toHaveLength(1)
    for (const { status, body, headers } of all.filter((one) => one.body.repeated !== false)) {
      // Whoever came while the first was being taken is told to come again.
      if (status === 409) expect(headers['retry-after']).toBe('1')
      else expect([status, body.repeated]).toEqual([200, true])
    }
    expect(await report(batch)).toMatchObject({ status: 200, body: { accepted: 1, repeated: true } })
    const records = await logged()
    expect(records).toHaveLength(3)
    expect(records.find(({ status }) => status === 404)).toMatchObject({ requestId: 'abc', userAgent: null })
    expect(records.find(({ status }) => status === 200)).toMatchObject({
      clientId: app.id,
      method: 'GET',
      endpoint: '/v1/orders',
      reason: '',
      cause: 'Reported by Orders. It needs the scope orders.read.',
      userAgent: 'Teapot/1',
      authenticated: true,
    })
    const page = await browser.get(`/developer/apps/${app.id}/requests`)
    for (const words of ['GET /v1/orders', 'Reported by Orders.', '>404<']) expect(page.body).toContain(words)
    expect(page.body).not.toContain('page=2')
  })

  test('are not counted under an ID that other calls came with, nor again when a call of the batch could be taken later', async () => {
    const before = (await logged()).length
    const batch = { batch: 'again', calls: [call(), call({ time: h.clock.now() / 1000 + 600 })] }
    expect((await report(batch)).body).toMatchObject({ accepted: 1, refused: [{ index: 1 }] })
    const other = await report({ ...batch, calls: [call({ status: 500 })] })
    expect(other).toMatchObject({ status: 422, body: { error: 'invalid_request' } })
    expect(other.body.error_description).toContain('other calls')
    h.clock.move(9 * 60_000)
    expect((await report(batch)).body).toMatchObject({ accepted: 1, repeated: true, refused: [{ index: 1 }] })
    expect(await logged()).toHaveLength(before + 1)
    // The ID is that of one API alone.
    expect(await report({ ...batch, calls: [call()] }, basic(stockApi))).toMatchObject({
      status: 200,
      body: { accepted: 0, refused: [{ error: 'token_for_another_resource' }] },
    })
  })

  test('are told to the person whose data it was, by day', async () => {
    await report({ batch: 'three', calls: [call({ operation: 'POST /v1/orders' }), call({ operation: 'listOrders' })] })
    await h.context.appUses.flush()
    const page = await browser.get(`/account/apps/${app.id}`)
    expect(page.body).toContain('data-resource="Orders"')
  })

  test('of an app without a person are taken as well, and after the token has ended', async () => {
    const { body } = await token(h.app, app, { grant_type: 'client_credentials', scope: 'orders.read' })
    const name = await nameOf(body.access_token)
    await post(h.app, '/oauth/revoke', app, { token: body.access_token ?? '' })
    expect((await report({ batch: 'four', calls: [call({ token: name })] })).body).toMatchObject({ accepted: 1 })
  })

  test('are refused one by one, each with the reason, and the others are taken', async () => {
    const own = await newTokens(h, app, { scope: 'basic' }, browser)
    const ownName = (
      (await post(h.app, '/oauth/introspect', app, { token: own.access })).body as unknown as { jti: string }
    ).jti
    const bad = [
      [call({ time: 'yesterday' }), 'call_malformed'],
      [call({ time: h.clock.now() / 1000 + 3600 }), 'time_out_of_range'],
      [call({ time: h.clock.now() / 1000 - 4 * 86_400 }), 'time_out_of_range'],
      [call({ status: 99 }), 'call_malformed'],
      [call({ operation: '' }), 'call_malformed'],
      [call({ user_agent: 'a\0b' }), 'call_malformed'],
      [call({ token: undefined }), 'call_malformed'],
      [call({ token: 'A'.repeat(48) }), 'token_unknown'],
      [call({ token: own.access }), 'token_unknown'],
      [call({ token: ownName }), 'token_for_another_resource'],
      [call({ scope: 'stock.read' }), 'scope_of_another_resource'],
      [call({ scope: 'orders.read admin.write' }), 'scope_of_another_resource'],
      [call({ scope: 'orders"read' }), 'call_malformed'],
      ['x', 'call_malformed'],
      [null, 'call_malformed'],
    ] as const
    const before = (await logged()).length
    const { status, body } = await report({ batch: 'five', calls: [...bad.map(([one]) => one), call()] })
    expect(status).toBe(200)
    expect(body.accepted).toBe(1)
    expect(body.refused.map(({ index, error }: { index: number; error: string }) => [index, error])).toEqual(
      bad.map(([, error], index) => [index, error]),
    )
    for (const { error_description } of body.refused) expect(error_description).toMatch(/^\S.*\S$/)
    expect(await logged()).toHaveLength(before + 1)
  })
})

describe('a report', () => {
  test('is taken from the client that an API authenticates as, and nobody else', async () => {
    const body = { batch: 'x', calls: [call()] }
    const before = (await logged()).length
    expect(await report(body, '')).toMatchObject({ status: 401, body: { error: 'invalid_client' } })
    expect(await report(body, basic({ ...api, secret: 'wrong' }))).toMatchObject({ status: 401 })
    expect(await report(body, basic(app))).toMatchObject({ status: 403, body: { error: 'unauthorized_client' } })
    expect(await logged()).toHaveLength(before)
    const posted = { ...body, client_id: api.id, client_secret: api.secret }
    expect(await report(posted, '')).toMatchObject({ status: 200, body: { accepted: 1 } })
  })

  test.each([
    ['no JSON', '{', 400],
    ['no object', '[]', 400],
    ['no calls', { batch: 'x' }, 400],
    ['no batch', { calls: [{}] }, 400],
    ['an empty list', { batch: 'x', calls: [] }, 400],
    ['too many calls', { batch: 'x', calls: Array.from({ length: 501 }, () => ({})) }, 400],
    ['more bytes than are taken', { batch: 'x', calls: ['a'.repeat(1_000_001)] }, 413],
  ])('with %s is refused as a whole', async (_what, body, status) => {
    expect(await report(body)).toMatchObject({ status, body: { error: 'invalid_request' } })
  })

  test('is JSON, sent by POST', async () => {
    const form = await h.app.inject({
      method: 'POST',
      url: '/oauth/usage',
      headers: { authorization: basic(api), 'content-type': 'application/x-www-form-urlencoded' },
      payload: 'batch=x',
    })
    expect(form.statusCode).toBe(415)
    expect(form.json().error_description).toContain('application/json')
    expect((await h.app.inject('/oauth/usage')).statusCode).toBe(405)
  })
})

/** Access tokens at the resource API outside of the header: for grants of the QuantiModo protocol alone. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createApp } from '../../../src/app.ts'
import { newTokens as newStandardTokens } from '../../support/answers.ts'
import { addClient } from '../../support/harness.ts'
import {
  addApp,
  newTokens,
  openQuantimodo,
  type QuantimodoServer,
  type Sent,
  send,
  type TestClient,
} from './quantimodo.ts'

let h: QuantimodoServer
let app: TestClient
let both: TestClient
let access: string
let another: string
let allowed: string
let standard: string
beforeAll(async () => {
  h = await openQuantimodo()
  app = await addApp(h)
  both = await addApp(h, { token_in_header_and_query: true })
  access = (await newTokens(h, app)).access
  another = (await newTokens(h, app)).access
  allowed = (await newTokens(h, both)).access
  const client = await addClient(h, { token_in_header_and_query: true })
  standard = (await newStandardTokens(h, client, { scope: 'basic readmeasurements writemeasurements' })).access
})
afterAll(() => h.close())

const names = ['access_token', 'accessToken', 'quantimodo_access_token', 'quantimodoAccessToken', 'sessionToken']
const bearer = (text: string) => ({ authorization: `Bearer ${text}` })
const update = '/api/v3/measurements/delete'

interface Answer {
  readonly status: number
  readonly error: string | undefined
  readonly message: string | undefined
  readonly headers: Record<string, unknown>
}

async function call(sent: Sent): Promise<Answer> {
  const response = await send(h, { url: '/api/user/me', ...sent })
  const body = response.body === '' ? {} : response.json()
  return { status: response.statusCode, error: body.error, message: body.message, headers: response.headers }
}

/** A request that gets as far as the handler: past authentication there is nothing to delete. */
const admitted = async (sent: Sent) => ![400, 401, 403].includes((await call({ url: update, ...sent })).status)

describe('a placeholder that stands where a token would', () => {
  const placeholders = ['Bearer', 'Bearer ', 'Bearer undefined', 'Bearer null', 'bearer  null']

  test.each(placeholders)('as "%s" in the header says nothing beside a token elsewhere', async (authorization) => {
    const headers = { authorization }
    for (const url of ['/api/user', '/api/v1/user', '/api/v6/user/me', '/api/v1/measurements']) {
      expect((await call({ url, headers, query: { access_token: access } })).status, url).toBe(200)
    }
    expect(await admitted({ headers, json: { id: 1, access_token: access } })).toBe(true)
    expect((await call({ url: '/api/units', headers, query: { access_token: access } })).status).toBe(200)
  })

  test.each(placeholders)(
    'as "%s" in the header alone is no token, as if nothing were there',
    async (authorization) => {
      const answer = await call({ headers: { authorization } })
      expect(answer).toMatchObject({ status: 401, error: 'invalid_token' })
      expect(answer.headers['www-authenticate']).toMatch(/^Bearer resource_metadata=/)
      expect((await call({ url: '/api/variables', headers: { authorization } })).status).toBe(200)
    },
  )

  test.each(['undefined', 'null', ''])(
    'as "%s" in the query or the body says nothing beside a header',
    async (text) => {
      expect((await call({ headers: bearer(access), query: { access_token: text } })).status).toBe(200)
      expect(await admitted({ headers: bearer(access), json: { id: 1, accessToken: text } })).toBe(true)
      expect((await call({ query: { access_token: text } })).status).toBe(401)
    },
  )

  test('anything else is a token, and is judged', async () => {
    for (const text of ['undefined1', 'nulls', 'false', 'NaN']) {
      const answer = await call({ headers: bearer(text), query: { access_token: access } })
      expect(answer, text).toMatchObject({ status: 400, error: 'invalid_request' })
    }
  })
})

describe('a token of the legacy protocol', () => {
  test.each(names)('stands in the query as %s', async (name) => {
    for (const url of ['/api/user', '/api/user/me', '/api/v1/user', '/api/v3/user', '/api/v1/measurements']) {
      const answer = await call({ url, query: { [name]: access, clientId: app.id, platform: 'web' } })
      expect(answer.status, url).toBe(200)
      expect(answer.headers).toMatchObject({ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' })
    }
  })

  test.each(names)('stands in a body as %s', async (name) => {
    expect(await admitted({ json: { id: 1, [name]: access } })).toBe(true)
    expect(await admitted({ json: { id: 1 }, query: { [name]: access } })).toBe(true)
    for (const body of [{ form: { id: '1', [name]: access } }, { multipart: { id: '1', [name]: access } }]) {
      expect((await call({ url: update, ...body })).status).not.toBe(401)
    }
  })

  test('writes with the token in the query, whatever the body', async () => {
    const point = { variableName: 'Mood', value: 3, startTime: 1_600_000_000, unitAbbreviatedName: '/5' }
    const answer = await call({
      url: '/api/v3/measurements/post',
      query: { access_token: access },
      json: [point] as unknown as Record<string, unknown>,
    })
    expect(answer.status).toBe(201)
  })

  test('is held to its scopes and its life as in the header', async () => {
    const { access: narrow } = await newTokens(h, app, { scope: ['basic'] })
    expect(await call({ url: '/api/v3/measurements', query: { access_token: narrow } })).toMatchObject({
      status: 403,
      error: 'insufficient_scope',
    })
    expect(await call({ url: update, json: { access_token: narrow, id: 1 } })).toMatchObject({ status: 403 })
    const brief = await openQuantimodo()
    const { access: old } = await newTokens(brief, await addApp(brief))
    brief.clock.move(31 * 86_400_000)
    const expired = await send(brief, { url: '/api/v3/user', query: { access_token: old } })
    expect([expired.statusCode, expired.json().message]).toEqual([401, 'The access token has expired.'])
    await brief.close()
  })

  test('is not also in the header, unless the app’s owner allows equal ones', async () => {
    const answer = await call({ query: { access_token: access }, headers: bearer(access) })
    expect(answer).toMatchObject({ status: 400, error: 'invalid_request' })
    expect(answer.message).toBe(
      'Send the access token in the Authorization header or as access_token, not in both at the same time.',
    )
    expect(answer.headers['www-authenticate']).toContain('error="invalid_request"')
    expect((await call({ url: update, json: { accessToken: access }, headers: bearer(access) })).status).toBe(400)
    expect((await call({ query: { access_token: allowed }, headers: bearer(allowed) })).status).toBe(200)
    expect(await admitted({ json: { id: 1, accessToken: allowed }, headers: bearer(allowed) })).toBe(true)
  })

  test('keeps to that where none is needed, and its address out of every cache', async () => {
    const open = ['units', 'unitCategories', 'variableCategories', `appSettings?clientId=${app.id}`, 'variables']
    for (const path of open) {
      const [url = '', clientId] = `/api/v3/${path}`.split('?clientId=')
      const query = { access_token: access, ...(clientId !== undefined && { clientId }) }
      const answer = await call({ url, query })
      expect(answer.status, path).toBe(200)
      expect(answer.headers).toMatchObject({ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' })
      expect((await call({ url, query, headers: bearer(access) })).status, path).toBe(400)
    }
    expect((await call({ url: '/api/v3/units' })).headers['cache-control']).toBe('public, max-age=3600')
  })

  test('never stands beside a different one', async () => {
    const { access: second } = await newTokens(h, both)
    for (const sent of [
      { query: { access_token: allowed }, headers: bearer(second) },
      { query: { access_token: allowed, sessionToken: second } },
      { url: update, query: { access_token: access }, json: { access_token: another } },
      { url: update, json: { access_token: access, accessToken: another } },
      { url: update, json: { id: 1, access_token: allowed }, headers: bearer(second) },
    ]) {
      const answer = await call(sent)
      expect(answer, JSON.stringify(sent)).toMatchObject({ status: 400, error: 'invalid_request' })
      expect(answer.message).toContain('does not match')
    }
  })

  test('may be there twice outside of the header, if it is the same', async () => {
    expect((await call({ query: { access_token: access, accessToken: access } })).status).toBe(200)
    expect(await admitted({ query: { access_token: access }, json: { id: 1, accessToken: access } })).toBe(true)
  })

  test('an empty one is none, and another scheme in the header is not about us', async () => {
    expect((await call({ query: { access_token: '' }, headers: bearer(access) })).status).toBe(200)
    expect((await call({ query: { access_token: access }, headers: { authorization: 'Basic YTpi' } })).status).toBe(200)
    expect((await call({ query: { access_token: '' } })).status).toBe(401)
  })

  test('no longer stands there once the protocol is shut, but still in the header', async () => {
    const open = await openQuantimodo()
    const { access: token } = await newTokens(open, await addApp(open))
    const settings = { ...open.context.settings, dialects: new Set(['oauth'] as const) }
    const shut = await createApp({ ...open.context, settings })
    expect((await shut.inject({ url: `/api/v3/user?access_token=${token}` })).statusCode).toBe(400)
    expect((await shut.inject({ url: '/api/v3/user', headers: bearer(token) })).statusCode).toBe(200)
    const headers = { 'content-type': 'application/json' }
    const bodied = await shut.inject({ method: 'POST', url: update, headers, payload: '{"access_token":"x"}' })
    expect(bodied.statusCode).toBe(401)
    await shut.close()
    await open.close()
  })
})

describe('a token of the standard protocol', () => {
  test.each(names)('is refused outside of the header, as %s', async (name) => {
    for (const sent of [
      { query: { [name]: standard } },
      { query: { [name]: standard }, headers: bearer(standard) },
      { url: update, json: { id: 1, [name]: standard } },
      { url: update, form: { id: '1', [name]: standard } },
      { url: update, multipart: { id: '1', [name]: standard } },
      { url: update, json: { id: 1, [name]: standard }, headers: bearer(standard) },
    ]) {
      expect(await call(sent), JSON.stringify(sent)).toMatchObject({ status: 400, error: 'invalid_request' })
    }
    expect((await call({ headers: bearer(standard) })).status).toBe(200)
  })

  test('userinfo stays strict for everybody', async () => {
    expect((await call({ url: '/oauth/userinfo', query: { access_token: access } })).status).toBe(400)
  })
})

describe('hostile requests', () => {
  test('end in a refusal that says nothing', async () => {
    const json = { 'content-type': 'application/json' }
    for (const [url, headers, payload, statuses] of [
      ['/api/v3/user?access_token=%zz', {}, undefined, [400]],
      ['/api/v3/user?access_token=%00', {}, undefined, [400]],
      [`/api/v3/user?access_token=${'x'.repeat(5000)}`, {}, undefined, [401]],
      [update, json, '{"access_token":{"$ne":1}}', [400]],
      [update, json, '{"access_token":["a",{}]}', [400]],
      [update, json, '{"access_token":', [400]],
      [update, json, '[{"access_token":"x"}]', [401]],
      [update, json, '{"__proto__":{"access_token":"x"}}', [400, 401]],
      [update, json, '{}', [401]],
      [update, json, '"access_token"', [401]],
      [update, { 'content-type': 'application/x-www-form-urlencoded' }, 'access_token=%zz', [400]],
      [update, { 'content-type': 'application/x-www-form-urlencoded' }, '__proto__=x&access_token=y', [401]],
      [update, { 'content-type': 'multipart/form-data; boundary=x' }, '--x\r\nnonsense', [400]],
      [update, {}, undefined, [401]],
    ] as const) {
      const response = await h.app.inject({
        method: payload === undefined ? 'GET' : 'POST',
        url: payload === undefined && url === update ? '/api/v3/user' : url,
        headers: { ...headers },
        ...(payload === undefined ? {} : { payload }),
      })
      expect(statuses, `${url.slice(0, 60)} ${payload}: ${response.body}`).toContain(response.statusCode)
      expect(response.json()).toMatchObject({ success: false, status: 'ERROR' })
    }
  })

  test('addresses with tokens reach no log', async () => {
    await call({ query: { access_token: access } })
    await call({ query: { access_token: 'a-made-up-token' } })
    const written = h.logged.join()
    expect(written).not.toContain(access)
    expect(written).not.toContain('a-made-up-token')
  })
})

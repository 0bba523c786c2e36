/** What is compressed for whom, and what never is. */
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { setupToken } from '../../src/engine/account/sign_up.ts'
import { codingFor } from '../../src/http/connection/compression.ts'
import { stylesheetPath } from '../../src/pages/style/stylesheet.ts'
import { newTokens } from '../support/answers.ts'
import { addAccount, addClient, alicePassword, type Harness, harness, type TestClient } from '../support/harness.ts'

let h: Harness
let client: TestClient
let access: string
let refreshToken: string
beforeAll(async () => {
  h = await harness()
  await addAccount(h)
  client = await addClient(h)
  const tokens = await newTokens(h, client, { scope: 'openid profile email basic readmeasurements offline_access' })
  access = tokens.access
  refreshToken = tokens.refresh
})
afterAll(() => h.close())

const get = (url: string, headers: Record<string, string> = {}, method: 'GET' | 'HEAD' = 'GET') =>
  h.app.inject({ method, url, headers: { host: 'localhost:3000', ...headers } })

describe('compressed for who takes it', () => {
  test.each([
    ['a page', '/login'],
    ['the stylesheet', stylesheetPath],
    ['the reference', '/docs/api/static/swagger-ui.css'],
    ['the OpenAPI document', '/docs/api/json'],
    ['discovery', '/.well-known/openid-configuration'],
    ['the keys', '/oauth/jwks'],
    ['the data API', '/api/v4/units'],
  ])('is %s', async (_what, url) => {
    const headers = { authorization: `Bearer ${access}` }
    const plain = await get(url, headers)
    expect(plain.statusCode).toBe(200)
    expect(plain.headers['content-encoding']).toBeUndefined()
    for (const [coding, decode] of [
      ['br', brotliDecompressSync],
      ['gzip', gunzipSync],
    ] as const) {
      const answer = await get(url, { ...headers, 'accept-encoding': `${coding}, deflate` })
      expect(answer.headers['content-encoding']).toBe(coding)
      expect(answer.headers['content-length']).toBe(String(answer.rawPayload.length))
      expect(answer.rawPayload.length).toBeLessThan(plain.rawPayload.length * 0.8)
      // Form tokens read differently in every answer.
      if (url !== '/login') expect(decode(answer.rawPayload).equals(plain.rawPayload)).toBe(true)
      else expect(decode(answer.rawPayload).toString()).toContain('id="login-form"')
    }
    for (const vary of [plain.headers.vary, (await get(url, headers, 'HEAD')).headers.vary]) {
      expect(String(vary).split(', ')).toContain('Accept-Encoding')
    }
    const head = await get(url, { ...headers, 'accept-encoding': 'br' }, 'HEAD')
    expect([head.statusCode, head.body, head.headers['content-encoding']]).toEqual([200, '', undefined])
  })

  test('says of the origin what it said before, and has no strong ETag of other bytes', async () => {
    const origin = 'https://app.example'
    const answer = await get('/api/v4/units', { authorization: `Bearer ${access}`, origin, 'accept-encoding': 'gzip' })
    expect(answer.headers.vary).toBe('Origin, Accept-Encoding')
    const url = '/docs/api/static/swagger-ui.css'
    const { etag } = (await get(url, { 'accept-encoding': 'br' })).headers
    expect(etag).toMatch(/^W\//)
    const known = await get(url, { 'accept-encoding': 'br', 'if-none-match': String(etag) })
    expect([known.statusCode, known.body, known.headers['content-encoding']]).toEqual([304, '', undefined])
  })

  test('takes the coding that is liked best', () => {
    expect(['', 'deflate', 'br;q=0', 'identity;q=1, gzip;q=0.5', 'gzip;q=x'].map(codingFor)).toEqual(
      Array.from({ length: 5 }),
    )
    expect(['gzip, br', 'GZIP', 'br;q=0.5, gzip;q=0.8', '*', 'br;q=0, *', 'gzip;q=0.3'].map(codingFor)).toEqual([
      'br',
      'gzip',
      'gzip',
      'br',
      'gzip',
      'gzip',
    ])
  })
})

test('nothing that shows a secret, a code or a token is compressed, and nothing that is short', async () => {
  const basic = `Basic ${Buffer.from(`${client.id}:${client.secret}`).toString('base64')}`
  const post = (url: string, fields: Record<string, string>, authorization?: string) =>
    h.app.inject({
      method: 'POST',
      url,
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        'accept-encoding': 'br, gzip',
        ...(authorization === undefined ? {} : { authorization }),
      },
      payload: new URLSearchParams(fields).toString(),
    })
  const person = { username: 'alice', password: alicePassword }
  const answers = [
    await post('/oauth/introspect', { token: access }, basic),
    await post('/oauth/token', { grant_type: 'refresh_token', refresh_token: refreshToken }, basic),
    await post('/auth/v1/login', person),
    await get('/oauth/userinfo', { authorization: `Bearer ${access}`, 'accept-encoding': 'br' }),
    await get('/api/v4/user?includeAuthorizedClients=true', {
      authorization: `Bearer ${access}`,
      'accept-encoding': 'br',
    }),
    await get(`/setup?token=${setupToken(h.context).token}`, { 'accept-encoding': 'br' }),
    await get('/healthz', { 'accept-encoding': 'br' }),
  ]
  for (const answer of answers) expect([undefined, 'identity']).toContain(answer.headers['content-encoding'])
  expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 200, 201, 200, 200, expect.any(Number), 200])
})

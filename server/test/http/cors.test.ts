/** What preflights allow: whatever header a browser client brings, and no credentials ever. */
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { addClient, type Harness, harness } from '../support/harness.ts'

let h: Harness
beforeAll(async () => {
  h = await harness()
  await addClient(h)
})
afterAll(() => h.close())

async function preflight(url: string, headers: string, origin = 'https://app.example') {
  const asked = { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': headers }
  const answer = await h.app.inject({ method: 'OPTIONS', url, headers: asked })
  return { ...answer.headers, allowed: String(answer.headers['access-control-allow-headers']) }
}

const paths = [
  '/oauth/token',
  '/oauth/userinfo',
  '/api/v3/user',
  '/api/oauth2/token',
  '/v1/oauth/',
  '/auth/v2/login',
  '/api/v2/auth/social/authorizeToken',
  '/.well-known/openid-configuration',
]

describe('a preflight', () => {
  test.each(paths)('at %s allows the headers of tracing and of newer protocols, without credentials', async (path) => {
    // Twice: what was found out about a path is remembered.
    for (let round = 0; round < 2; round++) {
      const answer = await preflight(path, 'mcp-protocol-version,traceparent, x-b3-traceid')
      for (const name of ['mcp-protocol-version', 'traceparent', 'x-b3-traceid', 'Authorization']) {
        expect(answer.allowed).toContain(name)
      }
      expect(answer).not.toHaveProperty('access-control-allow-credentials')
      expect(answer.vary).toContain('Access-Control-Request-Headers')
      expect(answer['access-control-allow-origin']).toBe(path.startsWith('/.well-known') ? '*' : 'https://app.example')
    }
  })

  test.each(['a b', 'x;y', 'x,,y', '"x"', 'é', `x-${'y'.repeat(1000)}`, ','])('repeats no %s', async (headers) => {
    const { allowed } = await preflight('/oauth/token', headers)
    expect(allowed.endsWith(', client_secret')).toBe(true)
  })

  test.each(['/oauth/authorize', '/login', '/api/oauth2/authorize', '/account'])(
    'at %s allows nothing',
    async (path) => {
      expect(await preflight(path, 'traceparent')).not.toHaveProperty('access-control-allow-headers')
    },
  )
})

test('origins are looked up, and remembered for a moment, without reading any app', async () => {
  const reads = vi.spyOn(h.storage.clients, 'list')
  const looks = vi.spyOn(h.storage.clients, 'hasOrigin')
  for (let i = 0; i < 20; i++) {
    const answer = await preflight('/oauth/token', 'x', 'https://unknown.example')
    expect(answer).not.toHaveProperty('access-control-allow-origin')
  }
  expect([reads.mock.calls.length, looks.mock.calls.length]).toEqual([0, 1])
  await addClient(h, { redirect_uris: ['https://unknown.example/cb'] })
  const answer = await preflight('/oauth/token', 'x', 'https://unknown.example')
  expect(answer['access-control-allow-origin']).toBe('https://unknown.example')
  vi.restoreAllMocks()
})

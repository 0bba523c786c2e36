/** What a body may cost us, at every protocol and over real sockets: one limit, however the body is framed. */
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Harness, harness } from '../support/harness.ts'
import { overWire } from '../support/wire.ts'

let h: Harness
let address: string
beforeAll(async () => {
  h = await harness()
  address = await h.app.listen({ port: 0, host: '127.0.0.1' })
  // Nothing but the limits of bodies ends a connection here: without them a test would not end.
  Object.assign(h.app.server, { requestTimeout: 0, headersTimeout: 0, keepAliveTimeout: 0 })
})
afterAll(() => h.close())

const form = 'application/x-www-form-urlencoded'
const multipart = 'multipart/form-data; boundary=part'
const json = 'application/json'

/** Every protocol with a body of each kind that it reads, and what its envelope has in it. */
const surfaces: readonly (readonly [path: string, type: string, envelope: RegExp])[] = [
  ['/oauth/token', form, /"error":"invalid_request"/],
  ['/oauth/introspect', form, /"error":"invalid_request"/],
  ['/oauth/revoke', form, /"error":"invalid_request"/],
  ['/oauth/authorize', form, /id="oauth-error"/],
  ...[form, multipart, json].flatMap((type) => [
    ['/api/oauth2/token', type, /"success":false/] as const,
    ['/oauth/access_token', type, /"success":false/] as const,
    ['/api/oauth2/authorize', type, /id="oauth-error"|"success":false/] as const,
    ['/api/v2/auth/social/authorizeToken', type, /"success":false/] as const,
    ['/v1/oauth/', type, /"code": "2400"/] as const,
    ['/auth/v1/login', type, /"statusCode":413/] as const,
    ['/api/v3/measurements', type, /"error":"payload_too_large".*larger than 1 MB/] as const,
  ]),
  ['/auth/v2/login', json, /"statusCode":413|"statusCode":401/],
  ['/login', form, /<html/],
]

const chunk = `10000\r\n${'x'.repeat(65_536)}\r\n`
const part = '--part\r\nContent-Disposition: form-data; name="a"\r\n\r\n'

describe('a chunked body that never ends', () => {
  test.each(surfaces)(
    'is answered with 413 and the end of the connection at %s as %s',
    async (path, type, envelope) => {
      let chunks = 0
      const begin = type === multipart ? `${part.length.toString(16)}\r\n${part}\r\n` : ''
      const answer = await overWire(
        address,
        `POST ${path} HTTP/1.1\r\nHost: localhost:3000\r\nContent-Type: ${type}\r\nTransfer-Encoding: chunked\r\n\r\n${begin}`,
        () => (++chunks > 20_000 ? undefined : chunk),
      )
      expect(answer.text).toMatch(/^HTTP\/1\.1 413 /)
      expect(answer.text.toLowerCase()).toContain('connection: close')
      expect(answer.text).toMatch(envelope)
      expect(answer.written).toBeLessThan(200_000_000)
    },
  )

  test.each([
    ['where there is nothing', '/nowhere', 'POST', 404],
    ['at an endpoint that is not posted to', '/oauth/token', 'PUT', 405],
    ['of a type that nobody reads', '/oauth/token', 'POST', 415],
    ['at a page that only reads', '/healthz', 'GET', 200],
  ])('%s is not read to its end', async (_where, path, method, _status) => {
    let chunks = 0
    const answer = await overWire(
      address,
      `${method} ${path} HTTP/1.1\r\nHost: localhost:3000\r\nContent-Type: image/png\r\nTransfer-Encoding: chunked\r\n\r\n`,
      () => (++chunks > 20_000 ? undefined : chunk),
    )
    expect(answer.text).toMatch(/^HTTP\/1\.1 [2-4]\d\d /)
    expect(answer.text.toLowerCase()).toContain('connection: close')
    expect(answer.written).toBeLessThan(200_000_000)
  })
})

test.each(surfaces)(
  'an announced body that is too large is refused before it comes, at %s as %s',
  async (path, type) => {
    const answer = await overWire(
      address,
      `POST ${path} HTTP/1.1\r\nHost: localhost:3000\r\nContent-Type: ${type}\r\nContent-Length: 10000000\r\n\r\n`,
    )
    expect(answer.text).toMatch(/^HTTP\/1\.1 413 /)
    expect(answer.text.toLowerCase()).toContain('connection: close')
  },
)

test('a compressed body is not unpacked, whatever would come out of it', async () => {
  const body = gzipSync(Buffer.alloc(10_000_000, 'a=1&'))
  expect(body.length).toBeLessThan(65_536)
  const answer = await h.app.inject({
    method: 'POST',
    url: '/oauth/token',
    headers: { 'content-type': form, 'content-encoding': 'gzip' },
    payload: body,
  })
  expect(answer.statusCode).toBe(400)
})

test('the answer to a body of the right size keeps its connection', async () => {
  const body = 'grant_type=client_credentials'
  const request = `POST /oauth/token HTTP/1.1\r\nHost: localhost:3000\r\nContent-Type: ${form}\r\nContent-Length: ${body.length}\r\n`
  const answer = await overWire(address, `${request}\r\n${body}${request}Connection: close\r\n\r\n${body}`)
  expect(answer.text.match(/HTTP\/1\.1 401/g)).toHaveLength(2)
})

test('an answer that is given at once keeps its connection', async () => {
  const request = 'GET /healthz HTTP/1.1\r\nHost: localhost:3000\r\n'
  const answer = await overWire(address, `${request}\r\n${request}Connection: close\r\n\r\n`)
  expect(answer.text.match(/HTTP\/1\.1 200/g)).toHaveLength(2)
})

/** Requests that are no sound HTTP: two hosts, two framings, headers without end, or a client that never comes to the point. */
import type { Server } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Harness, harness } from '../support/harness.ts'
import { overWire } from '../support/wire.ts'

let h: Harness
let address: string
beforeAll(async () => {
  h = await harness()
  address = await h.app.listen({ port: 0, host: '127.0.0.1' })
})
afterAll(() => h.close())

describe('RFC 9112 §3.2: the host', () => {
  test.each([
    ['is named twice', 'Host: localhost:3000\r\nHost: localhost:3000\r\n'],
    ['is named twice and differently', 'Host: localhost:3000\r\nX: y\r\nhOsT: evil.example\r\n'],
    ['is missing', ''],
    ['has a space', 'Host: local host\r\n'],
    ['has a path', 'Host: localhost/evil\r\n'],
    ['has a user', 'Host: me@localhost\r\n'],
  ])('that %s is a 400', async (_what, host) => {
    for (const path of ['/login', '/oauth/token', '/api/v3/user', '/v1/oauth/', '/nowhere', '/healthz']) {
      const { text } = await overWire(address, `GET ${path} HTTP/1.1\r\n${host}Connection: close\r\n\r\n`)
      expect(text, path).toMatch(/^HTTP\/1\.1 400 /)
    }
  })

  test.each(['localhost:3000', '127.0.0.1', '[::1]:3000', ''])('%s is a sound one', async (host) => {
    const { text } = await overWire(address, `GET /healthz HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`)
    expect(text).toMatch(/^HTTP\/1\.1 200 /)
  })
})

describe('RFC 9112 §6: a body', () => {
  const chunked = 'Transfer-Encoding: chunked\r\n'
  test.each([
    ['with a length and chunks', `Content-Length: 5\r\n${chunked}`],
    ['with chunks and a length', `${chunked}Content-Length: 5\r\n`],
    ['with two lengths', 'Content-Length: 5\r\nContent-Length: 6\r\n'],
    ['with a list of lengths', 'Content-Length: 5, 6\r\n'],
    ['with a signed length', 'Content-Length: +5\r\n'],
    ['with an unknown coding', 'Transfer-Encoding: chunked, identity\r\n'],
    ['with a coding behind a tab and a line', 'Transfer-Encoding:\tchunked\r\n x\r\n'],
  ])('%s is a 400', async (_what, framing) => {
    const { text } = await overWire(
      address,
      `POST /oauth/token HTTP/1.1\r\nHost: localhost:3000\r\n${framing}\r\n0\r\n\r\nGET /healthz HTTP/1.1\r\nHost: a\r\n\r\n`,
    )
    expect(text).toMatch(/^HTTP\/1\.1 400 /)
    expect(text.match(/HTTP\/1\.1/g)).toHaveLength(1)
  })
})

describe('headers', () => {
  const get = (fields: string) => overWire(address, `GET /login HTTP/1.1\r\nHost: localhost:3000\r\n${fields}\r\n`)

  test.each([
    ['of more than 16 kB in one field', `X-Long: ${'x'.repeat(17_000)}\r\n`],
    ['of more than 16 kB in cookies', `Cookie: ${'a=b; '.repeat(3500)}\r\n`],
    ['in 201 fields with the host', 'a: b\r\n'.repeat(200)],
    ['in a thousand fields', 'a: b\r\n'.repeat(1000)],
    ['in so many fields that Node drops some', `${'a:\r\n'.repeat(2500)}Host: evil.example\r\n`],
  ])('K161: %s are 431, and the connection ends', async (_what, fields) => {
    // Resolves once the server has ended the connection, which the request does not ask for.
    const { text } = await get(fields)
    expect(text).toMatch(/^HTTP\/1\.1 431 /)
    expect(text).not.toContain('<html')
  })

  test('in 200 fields are read', async () => {
    const { text } = await get(`${'a: b\r\n'.repeat(198)}Connection: close\r\n`)
    expect(text).toMatch(/^HTTP\/1\.1 200 /)
  })
})

describe('a client that is slow', () => {
  test('K161: has ten seconds for its headers and thirty for the whole request', async () => {
    const server: Server = h.app.server
    expect([server.headersTimeout, server.requestTimeout]).toEqual([10_000, 30_000])
    // The same watch with less patience. Those of a server would outlast this test.
    Object.assign(server, { headersTimeout: 100, requestTimeout: 400 })
    try {
      const head = 'POST /oauth/token HTTP/1.1\r\nHost: localhost:3000\r\n'
      const rest = 'Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 10\r\n\r\na'
      for (const sent of [head, head + rest, '']) {
        const { text } = await overWire(address, sent)
        if (sent !== '') expect(text).toMatch(/^HTTP\/1\.1 408 /)
      }
    } finally {
      Object.assign(server, { headersTimeout: 10_000, requestTimeout: 30_000 })
    }
  })
})

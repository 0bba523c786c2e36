/** An answer that is none ends the exchange. */
import { type AddressInfo, createServer } from 'node:net'
import { expect, test } from 'vitest'
import { FetchRefused, guardedFetch } from '../../src/lib/guarded_fetch.ts'

test.each([
  ['asks for another protocol', 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n'],
  ['breaks off', 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf'],
  ['is no HTTP', 'hello\r\n\r\n'],
])('an answer that %s is refused', async (_what, text) => {
  const server = createServer((socket) => {
    socket.on('error', () => {})
    socket.once('data', () => socket.end(text))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  await expect(guardedFetch(`${origin}/`, {}, { allowed: new Set([origin]) })).rejects.toThrow(FetchRefused)
  server.close()
})

test('an answer whose end is that of the connection is read to there', async () => {
  const server = createServer((socket) => {
    socket.once('data', () => socket.end('HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n{"a":1}'))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const answer = await guardedFetch(`${origin}/`, {}, { allowed: new Set([origin]) })
  expect(await answer.json()).toEqual({ a: 1 })
  server.close()
})

/** The calls that the server makes of itself: a closed list of purposes, each guarded alike, and nothing beside them. */
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { readdirSync, readFileSync } from 'node:fs'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { afterAll, describe, expect, test, vi } from 'vitest'
import { FetchRefused } from '../../src/lib/guarded_fetch.ts'
import { callOut, type OutboundPurpose, purposes } from '../../src/runtime/outbound.ts'
import { openSetting, signInThrough } from './setting.ts'

const paused = async () => false
const packed = gzipSync('x'.repeat(1_000_000))

const opened: Server[] = []
afterAll(() => {
  for (const server of opened) server.close()
})

/** A server of this machine, with how often it was connected to. */
async function canary(answer: RequestListener) {
  const seen = { connections: 0 }
  const server = createServer(answer)
  server.on('connection', () => {
    seen.connections++
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  opened.push(server)
  const { port } = server.address() as AddressInfo
  return { origin: `http://127.0.0.1:${port}`, port, seen }
}

describe.each(Object.keys(purposes) as OutboundPurpose[])('a call for %s', (purpose) => {
  test('goes to no address of this machine or network that is not allowed', async () => {
    const { origin, port, seen } = await canary((_request, response) => response.end('{}'))
    const uris = [
      `${origin}/`,
      ...['127.0.0.1', 'localhost', '127.1', '0x7f.1', '0.0.0.0', '[::1]', '[::ffff:127.0.0.1]'].map(
        (name) => `https://${name}:${port}/`,
      ),
      'https://10.0.0.1/',
      'https://169.254.169.254/latest/meta-data',
      `https://user:word@127.0.0.1:${port}/`,
      'file:///etc/passwd',
    ]
    const another = new Set(['http://127.0.0.1:1'])
    for (const uri of uris)
      await expect(callOut(purpose, uri, {}, { allowed: another, paused }), uri).rejects.toBeInstanceOf(FetchRefused)
    expect(seen.connections).toBe(0)
  })

  test('follows no redirect, reads nothing that is too large or packed, and waits for nobody who is slow', async () => {
    const target = await canary((_request, response) => response.end('{}'))
    const { limit } = purposes[purpose]
    const { origin, seen } = await canary((request, response) => {
      if (request.url === '/redirect') response.writeHead(302, { location: `${target.origin}/` }).end()
      if (request.url === '/large') response.end('x'.repeat(limit + 1))
      if (request.url === '/packed') {
        response.writeHead(200, { 'content-encoding': 'gzip' }).end(packed)
      }
      if (request.url === '/slow') response.write('{')
      if (request.url === '/fits') response.end('x'.repeat(limit))
    })
    const allowed = new Set([origin, target.origin])
    const call = (path: string) => callOut(purpose, `${origin}${path}`, {}, { allowed, paused })
    const timer = new AbortController()
    const timeout = vi.spyOn(AbortSignal, 'timeout').mockReturnValueOnce(timer.signal)
    const slow = expect(call('/slow')).rejects.toBeInstanceOf(FetchRefused)
    await expect.poll(() => seen.connections).toBe(1)
    expect(timeout).toHaveBeenCalledExactlyOnceWith(purposes[purpose].timeout)
    timeout.mockRestore()
    expect((await call('/redirect')).status).toBe(302)
    expect(target.seen.connections).toBe(0)
    await expect(call('/large')).rejects.toThrow('the answer is too large')
    await expect(call('/packed')).rejects.toThrow('the answer is compressed')
    expect((await (await call('/fits')).text()).length).toBe(limit)
    timer.abort(new DOMException('The time is over.', 'TimeoutError'))
    await slow
    expect(seen.connections, 'a connection for each call').toBe(5)
  })
})

test('nothing but these calls leaves a server that starts and signs people in, each on a connection of its own', async () => {
  const ports: number[] = []
  const note = (message: unknown) => {
    const { socket } = message as { readonly socket: Socket }
    socket.once('connect', () => ports.push(socket.remotePort ?? 0))
  }
  subscribe('net.client.socket', note)
  const s = await openSetting()
  s.provider.persona = { sub: 'canary-1' }
  s.provider.wrong = { profile: { email: 'canary@example.org', email_verified: true } }
  const { page } = await signInThrough(s)
  expect(page.status).toBe(200)
  const party = await s.context.providers.find('google')
  expect(await party?.recognize(s.provider.accessToken(s.provider.clientId))).toMatchObject({ subject: 'canary-1' })
  unsubscribe('net.client.socket', note)
  const { calls } = s.provider
  expect([...calls.keys()].sort()).toEqual([
    '/.well-known/openid-configuration',
    '/introspect',
    '/jwks',
    '/token',
    '/userinfo',
  ])
  const total = [...calls.values()].reduce((sum, count) => sum + count, 0)
  expect(ports).toEqual(Array.from({ length: total }, () => Number(new URL(s.provider.issuer).port)))
  await s.close()
})

test('no other file of the server can call anybody', () => {
  const source = fileURLToPath(new URL('../../src/', import.meta.url))
  const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((file) => /\.tsx?$/.test(file))
  // What apps are shown to copy runs with them.
  const shown = join('pages', 'developer', 'app', 'code.ts')
  const calling = files.filter((file) => {
    if (file === shown) return false
    const text = readFileSync(join(source, file), 'utf8')
    const asks = /^import (?!type).*\brequest\b.*'node:https?'|'undici'/m.test(text) || /(?<![.\w])fetch\(/.test(text)
    return asks || /guarded_fetch\.ts'/.test(text)
  })
  expect(calling.sort()).toEqual([
    // A command that asks the server beside it, at the address that it listens on.
    'cli/health.ts',
    'cli/usage.ts',
    // Asks the server that `consentry conform` names, in a process of its own.
    'conform/http.ts',
    // The document of a sector.
    'engine/client/sector_identifier.ts',
    'lib/guarded_fetch.ts',
    'runtime/kept/client_documents.ts',
    'runtime/kept/client_keys.ts',
    'runtime/limits/legacy_login.ts',
    'runtime/outbound.ts',
    'runtime/providers/failure.ts',
    'runtime/providers/provider_calls.ts',
    'runtime/providers/provider_configuration.ts',
  ])
  // Most of them read answers and refusals; the calls themselves are made in one place.
  const guarded = files.filter((file) => readFileSync(join(source, file), 'utf8').includes('guardedFetch('))
  expect(guarded.sort()).toEqual(['lib/guarded_fetch.ts', 'runtime/outbound.ts'])
})

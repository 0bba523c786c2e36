/** What `doctor` says of the server as it is seen from outside: certificate, redirects, proxies and cookies. */
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { createApp } from '../../src/app.ts'
import { lookAtCertificate, lookAtCookies, lookAtPlainHttp, lookAtProxy } from '../../src/cli/findings/front.ts'
import type { Finding } from '../../src/cli/findings/providers.ts'
import { type Harness, harness } from '../support/harness.ts'
import { runCommand } from './output.ts'

const day = 86_400_000
const folder = mkdtempSync(join(tmpdir(), 'consentry-front-'))
let h: Harness
const opened: { close(): unknown }[] = []

beforeAll(async () => {
  h = await harness()
})
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close()
})
afterAll(async () => {
  await h.close()
  rmSync(folder, { recursive: true, force: true })
})

async function at(server: Server): Promise<string> {
  opened.push(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

type Change = (asked: IncomingMessage, headers: Record<string, string | string[] | undefined>) => void

/** A server that names its proxies so, behind one that changes what it passes on; where callers find it. */
async function behind(trustProxy: readonly string[] | undefined, change: Change, issuer?: string) {
  let target = ''
  const issued = await at(
    createServer((asked: IncomingMessage, response: ServerResponse) => {
      const headers: Record<string, string | string[] | undefined> = { ...asked.headers }
      change(asked, headers)
      request(target + asked.url, { method: asked.method ?? 'GET', headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers)
        answer.pipe(response)
      }).end()
    }),
  )
  const app = await createApp(
    { ...h.context, settings: { ...h.context.settings, issuer: issuer ?? issued, trustProxy } },
    {},
  )
  opened.push(app)
  target = await app.listen({ port: 0, host: '127.0.0.1' })
  return { issuer: issued, target }
}

const wellDone: Change = (asked, headers) => {
  headers['x-forwarded-for'] = asked.socket.remoteAddress
  headers['x-forwarded-proto'] = 'https'
}
const repair = expect.any(String)

test('a proxy that says who calls is well', async () => {
  const well = [{ check: 'proxy', state: 'ok' }]
  expect(await lookAtProxy(await behind(['127.0.0.1'], wellDone))).toMatchObject(well)
  const withoutPort: Change = (asked, headers) => {
    wellDone(asked, headers)
    headers.host = String(headers.host).replace(/:\d+$/, '')
  }
  expect(await lookAtProxy(await behind(['127.0.0.1'], withoutPort))).toMatchObject(well)
})

test('a proxy that the server does not know, or that does not say who calls, is a problem', async () => {
  const unheard = [{ state: 'problem', text: expect.stringContaining('does not learn who calls'), repair }]
  expect(await lookAtProxy(await behind(undefined, wellDone))).toMatchObject(unheard)
  const silent: Change = (_asked, headers) => delete headers['x-forwarded-for']
  expect(await lookAtProxy(await behind(['127.0.0.1'], silent))).toMatchObject(unheard)
})

test('a proxy that passes on what callers say of themselves, or another host, is a problem', async () => {
  const credulous = await behind(['127.0.0.1'], () => undefined)
  expect(await lookAtProxy(credulous)).toMatchObject([
    { state: 'problem', text: expect.stringContaining('callers can choose the address'), repair },
  ])
  const renaming: Change = (asked, headers) => {
    wellDone(asked, headers)
    headers.host = 'backend.internal'
  }
  expect(await lookAtProxy(await behind(['127.0.0.1'], renaming))).toMatchObject([
    { state: 'problem', text: 'the server is not told the host that callers name', repair },
  ])
})

test('a proxy that changes cookies is a problem, and one that leaves them alone is not', async () => {
  const { target } = await behind(undefined, wellDone, 'https://login.example.com')
  expect(await lookAtCookies({ issuer: target })).toMatchObject([{ check: 'cookies', state: 'ok' }])
  const changing = await at(
    createServer((asked, response) => {
      request(target + asked.url, { headers: asked.headers }, (answer) => {
        const cookies = answer.headers['set-cookie']?.map((cookie) => cookie.replace('Path=/', 'Path=/auth/'))
        response.writeHead(answer.statusCode ?? 502, { ...answer.headers, 'set-cookie': cookies })
        answer.pipe(response)
      }).end()
    }),
  )
  expect(await lookAtCookies({ issuer: changing })).toMatchObject([
    { state: 'problem', text: expect.stringContaining('browsers refuse it'), repair },
  ])
})

test('http has to lead to https, or to nobody', async () => {
  const issuer = 'https://login.example.com'
  const answers = (status: number, location: string) =>
    at(createServer((_asked, response) => response.writeHead(status, { location }).end()))
  const seen = async (plain: string) => (await lookAtPlainHttp({ issuer }, plain))[0]?.state
  expect(await seen(await answers(308, `${issuer}/login`))).toBe('ok')
  expect(await seen('http://127.0.0.1:1')).toBe('ok')
  expect(await seen(await answers(200, ''))).toBe('warning')
  expect(await seen(await answers(302, 'https://login.example.com.evil.example/'))).toBe('warning')
})

test('a certificate that nobody trusts or that is soon over is told with what to do', async () => {
  const [key, cert] = [join(folder, 'key'), join(folder, 'cert')]
  const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost']
  execFileSync(
    'openssl',
    ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '90', ...names, '-keyout', key, '-out', cert],
    { stdio: 'ignore' },
  )
  const ca = readFileSync(cert, 'utf8')
  const server = createTlsServer({ key: readFileSync(key), cert: ca })
  const issuer = (await at(server as unknown as Server)).replace('http://127.0.0.1', 'https://localhost')
  const now = Date.now()
  const untrusted = { check: 'certificate', state: 'problem', text: expect.stringContaining('SELF_SIGNED'), repair }
  expect(await lookAtCertificate({ issuer }, now)).toMatchObject([untrusted])
  expect(await lookAtCertificate({ issuer }, now, ca)).toMatchObject([{ state: 'ok' }])
  expect(await lookAtCertificate({ issuer }, now + 80 * day, ca)).toMatchObject([{ state: 'warning', repair }])
  const other = issuer.replace('localhost', '127.0.0.1')
  expect(await lookAtCertificate({ issuer: other }, now, ca)).toMatchObject([{ state: 'problem' }])
})

test('another server at the public address is told from ours', async () => {
  const doctor = async (issuer: string) => {
    const env = { CONSENTRY_DATA: join(folder, 'none'), CONSENTRY_ISSUER: issuer }
    const { findings } = JSON.parse((await runCommand(['doctor', '--json'], env)).stdout) as { findings: Finding[] }
    return findings.find(({ check }) => check === 'server')
  }
  expect(await doctor((await behind(['127.0.0.1'], wellDone)).issuer)).toMatchObject({ state: 'ok' })
  const other = await at(createServer((_asked, response) => response.end('<html>welcome</html>')))
  expect(await doctor(other)).toMatchObject({
    state: 'problem',
    text: expect.stringContaining('another server'),
    repair,
  })
  const similar = await at(createServer((_asked, response) => response.end('{"status":"ready"}')))
  expect(await doctor(similar)).toMatchObject({ state: 'problem', text: expect.stringContaining('another server') })
  expect(await doctor('http://127.0.0.1:1')).toMatchObject({ state: 'warning' })
})

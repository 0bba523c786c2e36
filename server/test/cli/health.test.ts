/** `consentry health`: what a supervisor that runs it learns of the server, by exit code and one line. */
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createApp } from '../../src/app.ts'
import { freePort } from '../support/command.ts'
import { type Harness, harness } from '../support/harness.ts'
import { runCommand } from './output.ts'

let h: Harness
let folder: string
const apps: FastifyInstance[] = []

beforeAll(async () => {
  h = await harness()
  folder = mkdtempSync(join(tmpdir(), 'consentry-health-'))
})
afterAll(async () => {
  for (const app of apps) await app.close()
  await h.close()
  rmSync(folder, { recursive: true, force: true })
})

async function listen(options: Parameters<typeof createApp>[1] = {}, host = '127.0.0.1'): Promise<string> {
  const app = await createApp(h.context, options)
  apps.push(app)
  await app.listen({ port: 0, host })
  return String((app.server.address() as AddressInfo).port)
}

const health = (env: Record<string, string>, ...flags: string[]) =>
  runCommand(['health', ...flags], { CONSENTRY_DATA: join(folder, 'data'), ...env })

test('a server that is ready ends it with 0, wherever it listens, and nothing is made', async () => {
  const PORT = await listen()
  const url = `http://127.0.0.1:${PORT}/readyz`
  expect(await health({ PORT })).toEqual({ code: 0, stdout: `${url}: ready\n`, stderr: '' })
  expect(await health({ PORT, HOST: '0.0.0.0' }), 'listening on all addresses').toMatchObject({ code: 0 })
  expect(await health({ PORT: '1' }, '--port', PORT), 'its flag').toMatchObject({ code: 0 })
  const said = await runCommand(['--json', 'health'], { PORT, CONSENTRY_DATA: join(folder, 'data') })
  expect(JSON.parse(said.stdout)).toEqual({ url, status: 'ready' })
  expect(existsSync(join(folder, 'data'))).toBe(false)
})

test('one that is told to stop is not ready and still alive', async () => {
  const PORT = await listen({ readiness: { stopping: true, endsConnections: true } })
  const { code, stdout, stderr } = await health({ PORT })
  expect([code, stdout]).toEqual([1, ''])
  expect(stderr).toBe(`consentry: http://127.0.0.1:${PORT}/readyz: not ready (stopping)\n`)
  const alive = await health({ PORT }, '--live')
  expect(alive).toEqual({ code: 0, stdout: `http://127.0.0.1:${PORT}/healthz: ok\n`, stderr: '' })
})

test('our own https listener is asked over TLS, whatever name its certificate has', async () => {
  const [key, cert] = [join(folder, 'key'), join(folder, 'cert')]
  const made = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=login.example.com']
  execFileSync('openssl', [...made, '-keyout', key, '-out', cert], { stdio: 'ignore' })
  const https = { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8'), oldClients: false }
  const PORT = await listen({ https })
  const env = { PORT, CONSENTRY_ISSUER: 'https://login.example.com' }
  const over = await health({ ...env, CONSENTRY_TLS_CERT: cert, CONSENTRY_TLS_KEY: key })
  expect(over).toMatchObject({ code: 0, stdout: `https://127.0.0.1:${PORT}/readyz: ready\n` })
  expect(await health(env), 'in plain text').toMatchObject({ code: 1 })
})

test('no answer, another program and wrong settings end it with 1 and one line', async () => {
  const PORT = String(await freePort())
  const gone = await health({ PORT })
  expect([gone.code, gone.stderr]).toEqual([1, expect.stringMatching(/^consentry: No answer at http:.*\n$/)])

  const other = createServer((_request, response) => response.end('{"fine":true}')).listen(0, '127.0.0.1')
  await once(other, 'listening')
  const strange = await health({ PORT: String((other.address() as AddressInfo).port) })
  other.close()
  expect([strange.code, strange.stderr]).toEqual([1, expect.stringMatching(/it is not Consentry that answers\n$/)])

  writeFileSync(join(folder, 'wrong.json'), '{"PORT": "many"}')
  const wrong = await health({ CONSENTRY_CONFIG: join(folder, 'wrong.json') })
  expect([wrong.code, wrong.stderr]).toEqual([1, 'consentry: PORT must be a number from 1 to 65535\n'])
})

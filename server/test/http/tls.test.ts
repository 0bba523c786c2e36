/** Our own TLS listener by real handshakes: which versions and suites it takes (RFC 9325 §4.2). */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ConnectionOptions, connect } from 'node:tls'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createApp } from '../../src/app.ts'
import { type Harness, harness } from '../support/harness.ts'

let h: Harness
let folder: string
const servers: FastifyInstance[] = []

beforeAll(async () => {
  h = await harness()
  folder = mkdtempSync(join(tmpdir(), 'consentry-tls-'))
  const made = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=localhost']
  execFileSync('openssl', [...made, '-keyout', join(folder, 'key'), '-out', join(folder, 'cert')], { stdio: 'ignore' })
})
afterAll(async () => {
  for (const server of servers) await server.close()
  await h.close()
  rmSync(folder, { recursive: true, force: true })
})

async function listen(oldClients: boolean): Promise<number> {
  const [key, cert] = ['key', 'cert'].map((name) => readFileSync(join(folder, name), 'utf8'))
  const app = await createApp(h.context, { https: { key: String(key), cert: String(cert), oldClients } })
  servers.push(app)
  return Number(new URL(await app.listen({ port: 0, host: '127.0.0.1' })).port)
}

/** What was agreed on, or undefined where nothing was. */
function handshake(port: number, offer: ConnectionOptions): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false, ...offer }, () => {
      resolve(`${socket.getProtocol()} ${socket.getCipher().name}`)
      socket.destroy()
    })
    socket.on('error', () => resolve(undefined))
  })
}

const only = (ciphers: string): ConnectionOptions => ({ ciphers, maxVersion: 'TLSv1.2' })
const good = ['ECDHE-RSA-AES128-GCM-SHA256', 'ECDHE-RSA-AES256-GCM-SHA384', 'ECDHE-RSA-CHACHA20-POLY1305']
const old = [
  'ECDHE-RSA-AES128-SHA256',
  'ECDHE-RSA-AES256-SHA',
  'AES128-GCM-SHA256',
  'AES256-SHA',
  'DHE-RSA-AES128-GCM-SHA256',
]

describe('the https listener', () => {
  test('takes 1.3, and 1.2 with ECDHE and GCM or ChaCha20 alone', async () => {
    const port = await listen(false)
    expect(await handshake(port, {})).toMatch(/^TLSv1\.3 TLS_/)
    for (const suite of good) expect(await handshake(port, only(suite))).toBe(`TLSv1.2 ${suite}`)
    for (const suite of old) expect(await handshake(port, only(`${suite}:@SECLEVEL=0`)), suite).toBeUndefined()
  })

  test('takes the suites of old clients where the operator says so, but no older version', async () => {
    const port = await listen(true)
    for (const suite of [...good, 'ECDHE-RSA-AES128-SHA256', 'AES128-GCM-SHA256']) {
      expect(await handshake(port, only(suite))).toBe(`TLSv1.2 ${suite}`)
    }
    const older = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'ALL:@SECLEVEL=0' } as const
    expect(await handshake(port, older)).toBeUndefined()
  })
})

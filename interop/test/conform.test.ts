/** `consentry conform` against npm `oidc-provider`: what it finds there was held against the specifications by hand. */
import { spawn } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import type { Server } from 'node:http'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import Provider from 'oidc-provider'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freePort } from '../support/server.ts'

const command = fileURLToPath(new URL('../../server/bin/consentry.js', import.meta.url))
const redirectUri = 'https://client.example.org/conform/callback'
const after = 'https://client.example.org/after'
const secret = (of: string) => `${of}-secret-0123456789abcdef`

/**
 * Every finding, and why it is true of this server as it is set up here, which is how it comes.
 */
const findings: Readonly<Record<string, string>> = {
  // Core §3.1.2.1: "Authorization Servers MUST support the use of the HTTP GET and POST methods". It has POST behind
  // `enableHttpPostMethods`, which is off.
  'authorization.post': 'failed',
  // RP-Initiated Logout §2 has the same sentence, and the same switch is off.
  'logout.post': 'failed',
  // RFC 9700 §4.16: "Authorization servers MUST prevent clickjacking attacks". Its own pages for development have neither
  // frame-ancestors nor X-Frame-Options; whoever runs it writes others.
  'authorization.not_framed': 'failed',
  // RFC 9700 §4.2.4: the page "SHOULD NOT include third-party resources". The same pages load a font of Google.
  'authorization.third_parties': 'warned',
  // RFC 6749 §5.1: "as well as the "Pragma" response header field with a value of "no-cache"". It sends none.
  'code_flow.pragma': 'failed',
  // RFC 9126 §2.3: "If the request did not use the POST method, the authorization server responds with an HTTP 405". 404.
  'pushed.method': 'warned',
}

let issuer: string
let server: Server

beforeAll(async () => {
  const port = await freePort()
  issuer = `http://localhost:${port}`
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const client = (id: string) => ({
    client_id: id,
    client_secret: secret(id),
    redirect_uris: [redirectUri],
    post_logout_redirect_uris: [after],
    response_types: ['code' as const],
    grant_types: [
      'authorization_code',
      'refresh_token',
      'client_credentials',
      'urn:ietf:params:oauth:grant-type:device_code',
    ],
  })
  const provider = new Provider(issuer, {
    clients: [client('conform'), client('other')],
    jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), alg: 'RS256', use: 'sig', kid: 'one' }] },
    cookies: { keys: ['of the provider alone'] },
    scopes: ['openid', 'offline_access', 'basic'],
    features: {
      introspection: { enabled: true },
      revocation: { enabled: true },
      clientCredentials: { enabled: true },
      dPoP: { enabled: true },
      pushedAuthorizationRequests: { enabled: true },
      deviceFlow: { enabled: true },
      registration: { enabled: true },
      registrationManagement: { enabled: true },
      rpInitiatedLogout: { enabled: true },
    },
    findAccount: (_context, id) => ({ accountId: id, claims: async () => ({ sub: id }) }),
  })
  server = provider.listen(port, '127.0.0.1')
  await once(server, 'listening')
})
afterAll(async () => {
  server.closeAllConnections()
  server.close()
  await once(server, 'close')
})

interface Said {
  readonly checks: readonly {
    readonly id: string
    readonly state: string
    readonly reason?: string
    readonly evidence?: readonly { readonly request: string; readonly answer: string }[]
  }[]
}

test('it finds what is true of oidc-provider, each with the exchange that shows it, and nothing else', async () => {
  const options = {
    '--client-id': 'conform',
    '--client-secret': secret('conform'),
    '--redirect-uri': redirectUri,
    '--other-client-id': 'other',
    '--other-client-secret': secret('other'),
    '--post-logout-redirect-uri': after,
    '--username': 'alice',
    '--password': 'anything',
  }
  const argv = ['conform', issuer, '--json', '--register', ...Object.entries(options).flat()]
  const child = spawn(process.execPath, [command, ...argv], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [stdout, [code]] = await Promise.all([text(child.stdout), once(child, 'close')])
  expect(code).toBe(1)
  const { checks } = JSON.parse(stdout) as Said
  const found = checks.filter(({ state }) => state === 'failed' || state === 'warned')
  expect(Object.fromEntries(found.map(({ id, state }) => [id, state]))).toEqual(findings)
  for (const { id, evidence = [] } of found) expect(evidence.length, id).toBeGreaterThan(0)
  // Most of what it offers was looked at, and holds.
  expect(checks.filter(({ state }) => state === 'passed').length).toBeGreaterThan(120)
  expect(checks.filter(({ reason }) => reason?.startsWith('This check broke'))).toEqual([])
})

/** npm `oidc-provider` as somebody else runs it: certified, strict, with pages and accounts of its own. */
import { generateKeyPairSync, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import Provider, { type ClientMetadata } from 'oidc-provider'
import type { Page } from './chromium.ts'

export interface OpenIdProvider {
  readonly issuer: string
  /** Signs with a new key from now on, and shows that key alone. */
  rotateKey(): void
  /** Never answers at paths that begin so; undefined ends that. */
  silentAt(path: string | undefined): void
  stop(): Promise<void>
  start(): Promise<void>
}

/** Starts it at a port of 127.0.0.1 for these clients; each has to authenticate in the body and to use PKCE. */
export async function startOpenIdProvider(port: number, clients: readonly ClientMetadata[]): Promise<OpenIdProvider> {
  const issuer = `http://127.0.0.1:${port}`
  let handle = createProvider(issuer, clients).callback()
  let silent: string | undefined
  let server: Server | undefined
  const provider: OpenIdProvider = {
    issuer,
    rotateKey() {
      // What it remembers is kept by the module, so sessions and consents live on.
      handle = createProvider(issuer, clients).callback()
    },
    silentAt(path) {
      silent = path
      if (path === undefined) server?.closeAllConnections()
    },
    async start() {
      server = createServer((request, response) => {
        if (silent === undefined || !request.url?.startsWith(silent)) void handle(request, response)
      })
      server.listen(port, '127.0.0.1')
      await once(server, 'listening')
    },
    async stop() {
      if (server === undefined || !server.listening) return
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
  await provider.start()
  return provider
}

function createProvider(issuer: string, clients: readonly ClientMetadata[]): Provider {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  return new Provider(issuer, {
    clients: clients.map((client) => ({ token_endpoint_auth_method: 'client_secret_post', ...client })),
    jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), alg: 'RS256', use: 'sig', kid: randomUUID() }] },
    cookies: { keys: ['of the provider alone'] },
    ttl: { AccessToken: 600, Grant: 3600, IdToken: 600, Interaction: 600, Session: 3600 },
    pkce: { required: () => true },
    claims: { openid: ['sub'], profile: ['name', 'preferred_username'], email: ['email', 'email_verified'] },
    features: { introspection: { enabled: true } },
    findAccount: (_context, id) => ({
      accountId: id,
      claims: async () => ({
        sub: id,
        name: `${id} at the provider`,
        preferred_username: id,
        email: `${id}@example.com`,
        email_verified: true,
      }),
    }),
  })
}

/** Signs in on the provider's page and agrees to what Consentry asks for there. */
export async function agreeAtProvider(page: Page, login: string): Promise<void> {
  await signInAtProvider(page, login)
  await page.getByRole('button', { name: 'Continue' }).click()
}

/** Signs in on the provider's page; any password will do. */
export async function signInAtProvider(page: Page, login: string): Promise<void> {
  await leaveFontsOut(page)
  await page.getByPlaceholder('Enter any login').fill(login)
  await page.getByPlaceholder('and password').fill('anything')
  await page.getByRole('button', { name: 'Sign-in' }).click()
}

/** The pages name a font elsewhere; no test waits for the internet. */
export async function leaveFontsOut(page: Page): Promise<void> {
  await page.context().route('https://fonts.googleapis.com/**', (route) => route.abort())
}

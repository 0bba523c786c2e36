/** A provider on a loopback port whose people agree at once, and which can be told to misbehave. */
import { createHash, randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT, UnsecuredJWT } from 'jose'

/** What the provider tells of whoever signs in next. */
export type Persona = Readonly<Record<string, unknown>> & { readonly sub: string }

/** What goes wrong on purpose. */
export interface Misbehaviour {
  /** Members that stand in the ID token instead of the right ones. */
  readonly claims?: JWTPayload
  readonly algorithm?: 'none' | 'HS256' | 'other_key'
  /** The `iss` of the answer in the redirect (RFC 9207). */
  readonly answerIssuer?: string
  readonly tokenStatus?: number
  readonly profile?: Readonly<Record<string, unknown>>
  readonly discoveryIssuer?: string
  readonly authorizationEndpoint?: string
  /** The description of the provider is held back until this resolves. */
  readonly discoveryHeld?: Promise<void>
}

export interface TestProvider {
  readonly issuer: string
  readonly clientId: string
  readonly clientSecret: string
  persona: Persona
  wrong: Misbehaviour
  /** How often each path was called. */
  readonly calls: Map<string, number>
  /** The authorization requests and token requests as they came. */
  readonly requests: URLSearchParams[]
  /** Signs with a new key from now on, and shows that one alone. */
  rotateKey(): Promise<void>
  /** What a browser is sent back with from an authorization URI, as the person agrees or not. */
  answer(uri: string, decision?: 'allow' | 'deny'): string
  /** An ID token for any audience, as the provider's own SDK gets it. */
  idToken(claims?: JWTPayload): Promise<string>
  /** An access token that was issued to a client. */
  accessToken(clientId: string, persona?: Persona): string
  close(): Promise<void>
}

export async function startProvider(): Promise<TestProvider> {
  const clientId = 'consentry-at-provider'
  const clientSecret = 'a secret that only the two of us know'
  const stranger = await keyOf('of a stranger')
  let signing = await keyOf('k1')
  const codes = new Map<string, { challenge: string; nonce: string | null; redirectUri: string; persona: Persona }>()
  const tokens = new Map<string, { clientId: string; persona: Persona }>()
  let issuer = ''

  const provider: TestProvider = {
    get issuer() {
      return issuer
    },
    clientId,
    clientSecret,
    persona: { sub: 'sub-1', email: 'carol@example.org', email_verified: true, name: 'Carol Reed' },
    wrong: {},
    calls: new Map(),
    requests: [],
    async rotateKey() {
      signing = await makeKey(randomBytes(6).toString('hex'))
    },
    answer(uri, decision = 'allow') {
      const asked = new URL(uri).searchParams
      provider.requests.push(asked)
      const back = new URL(asked.get('redirect_uri') ?? '')
      back.searchParams.set('state', asked.get('state') ?? '')
      if (decision === 'deny') back.searchParams.set('error', 'access_denied')
      else {
        const code = randomBytes(12).toString('hex')
        codes.set(code, {
          challenge: asked.get('code_challenge') ?? '',
          nonce: asked.get('nonce'),
          redirectUri: asked.get('redirect_uri') ?? '',
          persona: provider.persona,
        })
        back.searchParams.set('code', code)
      }
      if (provider.wrong.answerIssuer !== undefined) back.searchParams.set('iss', provider.wrong.answerIssuer)
      return back.href
    },
    async idToken(claims = {}) {
      const now = Math.floor(Date.now() / 1000)
      const payload: JWTPayload = {
        iss: issuer,
        aud: clientId,
        iat: now,
        exp: now + 600,
        ...provider.persona,
        ...claims,
      }
      const { algorithm } = provider.wrong
      const { kid, n } = signing.jwk
      if (algorithm === 'none') return new UnsecuredJWT(payload).encode()
      if (algorithm === 'HS256') {
        return new SignJWT(payload).setProtectedHeader({ alg: 'HS256', kid }).sign(Buffer.from(String(n)))
      }
      const key = algorithm === 'other_key' ? stranger.privateKey : signing.privateKey
      return new SignJWT(payload).setProtectedHeader({ alg: 'RS256', kid, typ: 'JWT' }).sign(key)
    },
    accessToken(forClient, persona = provider.persona) {
      const token = randomBytes(16).toString('hex')
      tokens.set(token, { clientId: forClient, persona })
      return token
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', issuer)
    provider.calls.set(url.pathname, (provider.calls.get(url.pathname) ?? 0) + 1)
    const form = new URLSearchParams(await readBody(request))
    const reply = (status: number, body: unknown) => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    }
    const bearer = tokens.get(/^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '')
    switch (url.pathname) {
      case '/.well-known/openid-configuration':
        await provider.wrong.discoveryHeld
        return reply(200, {
          issuer: provider.wrong.discoveryIssuer ?? issuer,
          authorization_endpoint: provider.wrong.authorizationEndpoint ?? `${issuer}/authorize`,
          token_endpoint: `${issuer}/token`,
          userinfo_endpoint: `${issuer}/userinfo`,
          introspection_endpoint: `${issuer}/introspect`,
          jwks_uri: `${issuer}/jwks`,
          response_types_supported: ['code'],
          subject_types_supported: ['public'],
          id_token_signing_alg_values_supported: ['RS256'],
        })
      case '/jwks':
        return reply(200, { keys: [signing.jwk] })
      case '/token':
      case '/oauth/access_token': {
        provider.requests.push(form)
        if (provider.wrong.tokenStatus !== undefined)
          return reply(provider.wrong.tokenStatus, { error: 'server_error' })
        const code = codes.get(form.get('code') ?? '')
        codes.delete(form.get('code') ?? '')
        const proved = createHash('sha256')
          .update(form.get('code_verifier') ?? '')
          .digest('base64url')
        const authenticated = form.get('client_id') === clientId && form.get('client_secret') === clientSecret
        const same = code?.redirectUri === form.get('redirect_uri')
        if (code === undefined || proved !== code.challenge || !authenticated || !same) {
          return reply(400, { error: 'invalid_grant' })
        }
        const accessToken = provider.accessToken(clientId, code.persona)
        const oidc = url.pathname === '/token'
        const claims = {
          ...code.persona,
          ...(code.nonce === null ? {} : { nonce: code.nonce }),
          ...provider.wrong.claims,
        }
        return reply(200, {
          access_token: accessToken,
          token_type: 'bearer',
          expires_in: 600,
          ...(oidc && code.nonce !== null && { id_token: await provider.idToken(claims) }),
        })
      }
      case '/introspect': {
        const token = tokens.get(form.get('token') ?? '')
        if (token === undefined) return reply(200, { active: false })
        return reply(200, { active: true, client_id: token.clientId, sub: token.persona.sub })
      }
      case '/tokeninfo': {
        const token = tokens.get(url.searchParams.get('access_token') ?? '')
        if (token === undefined) return reply(400, { error: 'invalid_token' })
        return reply(200, { aud: token.clientId, azp: token.clientId, sub: token.persona.sub })
      }
      case '/debug_token': {
        const token = tokens.get(url.searchParams.get('input_token') ?? '')
        if (url.searchParams.get('access_token') !== `${clientId}|${clientSecret}`) return reply(400, { error: {} })
        const data = token && { is_valid: true, app_id: token.clientId, user_id: token.persona.sub }
        return reply(200, { data: data ?? { is_valid: false } })
      }
      case '/userinfo':
        if (bearer === undefined) return reply(401, { error: 'invalid_token' })
        return reply(200, { ...bearer.persona, ...provider.wrong.profile })
      case '/me': {
        if (bearer === undefined) return reply(401, { error: {} })
        const { sub, ...rest } = bearer.persona
        return reply(200, { id: sub, ...rest, ...provider.wrong.profile })
      }
      default:
        return reply(404, {})
    }
  }

  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => response.writeHead(500).end(String(error)))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return provider
}

/** The keys of all providers here: to make one takes longer than most tests. */
const keys = new Map<string, ReturnType<typeof makeKey>>()

function keyOf(kid: string): ReturnType<typeof makeKey> {
  const key = keys.get(kid) ?? makeKey(kid)
  keys.set(kid, key)
  return key
}

async function makeKey(kid: string) {
  const { publicKey, privateKey } = await generateKeyPair('RS256')
  return { privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg: 'RS256', use: 'sig' } }
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}

/** Client authentication by signed assertions (RFC 7523 §3, OIDC Core §9), with keys made as an app makes them. */
import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { type CryptoKey, exportJWK, exportSPKI, generateKeyPair, type JWK, type JWTPayload, SignJWT } from 'jose'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { risksOf } from '../../src/engine/client/risks.ts'
import { randomText } from '../../src/lib/random.ts'
import { expectRefusal } from '../support/answers.ts'
import type { TokenAnswer } from '../support/browser.ts'
import { addClient, type Harness, harness, issuer } from '../support/harness.ts'

const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
type Alg = 'RS256' | 'PS256' | 'ES256' | 'EdDSA'

interface AppKey {
  readonly alg: Alg
  readonly kid: string
  readonly privateKey: CryptoKey
  readonly publicKey: CryptoKey
  readonly jwk: JWK
}

async function appKey(alg: Alg = 'ES256', kid: string = randomText(6)): Promise<AppKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true })
  return { alg, kid, privateKey, publicKey, jwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' } }
}

let h: Harness
let key: AppKey
let address = 0
beforeAll(async () => {
  h = await harness()
  key = await appKey()
})
afterAll(() => h.close())

async function addApp(keys: Record<string, unknown>, of = h): Promise<string> {
  return (await addClient(of, { token_endpoint_auth_method: 'private_key_jwt', ...keys })).id
}

/** An assertion that is right unless it is told otherwise; undefined takes a claim out. */
function assertion(
  clientId: string,
  by: AppKey = key,
  claims: Record<string, unknown> = {},
  header: Record<string, unknown> = {},
  of = h,
): Promise<string> {
  const now = Math.floor(of.clock.now() / 1000)
  const all = { iss: clientId, sub: clientId, aud: issuer, iat: now, exp: now + 60, jti: randomText(12), ...claims }
  const stated = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined))
  return new SignJWT(stated as JWTPayload)
    .setProtectedHeader({ alg: by.alg, kid: by.kid, ...header })
    .sign(by.privateKey)
}

/** A request with an assertion, from an address of its own so that failures of other tests do not count. */
async function send(
  client_assertion: string,
  more: Record<string, string> = { grant_type: 'client_credentials' },
  url = '/oauth/token',
  of = h,
): Promise<TokenAnswer> {
  address++
  const response = await of.app.inject({
    method: 'POST',
    url,
    remoteAddress: `10.0.${address >> 8}.${address & 255}`,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    payload: new URLSearchParams({ client_assertion, client_assertion_type: assertionType, ...more }).toString(),
  })
  const body = response.body === '' ? {} : response.json()
  return { status: response.statusCode, headers: response.headers, body } as TokenAnswer
}

describe('a client with private_key_jwt', () => {
  test.each(['RS256', 'PS256', 'ES256', 'EdDSA'] as const)('gets a token with a key for %s', async (alg) => {
    const own = await appKey(alg)
    const app = await addApp({ jwks: { keys: [own.jwk] } })
    expect((await send(await assertion(app, own))).status).toBe(200)
    const declared = await addApp({ jwks: { keys: [own.jwk] }, token_endpoint_auth_signing_alg: alg })
    expect((await send(await assertion(declared, own))).status).toBe(200)
    const other = alg === 'ES256' ? 'EdDSA' : 'ES256'
    const elsewise = await addApp({ jwks: { keys: [own.jwk] }, token_endpoint_auth_signing_alg: other })
    expectRefusal(await send(await assertion(elsewise, own)), 'invalid_client', 401)
  })

  test('authenticates at the token, introspection and revocation endpoints', async () => {
    const app = await addApp({ jwks: { keys: [key.jwk] } })
    const { access_token: token = '' } = (await send(await assertion(app))).body
    const introspect = async () => (await send(await assertion(app), { token }, '/oauth/introspect')).body
    expect(await introspect()).toMatchObject({ active: true, client_id: app })
    expect((await send(await assertion(app), { token }, '/oauth/revoke')).status).toBe(200)
    expect(await introspect()).toEqual({ active: false })
    for (const url of ['/oauth/introspect', '/oauth/revoke']) {
      expectRefusal(await send(await assertion(app, await appKey()), { token }, url), 'invalid_client', 401, url)
    }
  })

  test('may name itself besides, but nobody else', async () => {
    const app = await addApp({ jwks: { keys: [key.jwk] } })
    const other = await addApp({ jwks: { keys: [key.jwk] } })
    const fields = { grant_type: 'client_credentials' }
    expect((await send(await assertion(app), { ...fields, client_id: app })).status).toBe(200)
    expectRefusal(await send(await assertion(app), { ...fields, client_id: other }), 'invalid_request')
    expectRefusal(await send('x', { ...fields, client_id: app }), 'invalid_client', 401)
    expectRefusal(await send(await assertion(app), { ...fields, client_assertion_type: 'jwt' }), 'invalid_client', 401)
  })

  test('does not get in with the secret of its earlier days', async () => {
    const { id, secret } = await addClient(h, { token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: [] } })
    const response = await h.app.inject({
      method: 'POST',
      url: '/oauth/token',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      payload: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: id,
        client_secret: secret,
      }).toString(),
    })
    expect(response.json().error).toBe('invalid_client')
  })
})

describe('a client that may name the token endpoint as audience', () => {
  const url = `${issuer}/oauth/token`
  const machine = { grant_type: 'client_credentials' }

  test('is let in with its URL or the issuer, at every endpoint, and not with a list', async () => {
    const app = await addApp({ jwks: { keys: [key.jwk] }, client_assertion_audience: 'token_endpoint' })
    const { access_token: accessToken = '' } = (await send(await assertion(app, key, { aud: url }))).body
    expect((await send(await assertion(app, key, { aud: issuer }))).status).toBe(200)
    for (const at of ['/oauth/introspect', '/oauth/revoke']) {
      expect((await send(await assertion(app, key, { aud: url }), { token: accessToken }, at)).status, at).toBe(200)
    }
    for (const aud of [[url], [issuer, url], `${issuer}/oauth/introspect`, `${url}/`, undefined]) {
      expectRefusal(await send(await assertion(app, key, { aud }), machine), 'invalid_client', 401, String(aud))
    }
  })

  test('is held to the issuer where the assertion says that it keeps the newer rules', async () => {
    const app = await addApp({ jwks: { keys: [key.jwk] }, client_assertion_audience: 'token_endpoint' })
    const typ = 'client-authentication+jwt'
    expectRefusal(await send(await assertion(app, key, { aud: url }, { typ })), 'invalid_client', 401)
    expect((await send(await assertion(app, key, {}, { typ }))).status).toBe(200)
  })

  test('has that shown as a risk, and no other client is let off', async () => {
    const strict = await addApp({ jwks: { keys: [key.jwk] }, client_assertion_audience: 'issuer' })
    expectRefusal(await send(await assertion(strict, key, { aud: url }), machine), 'invalid_client', 401)
    const lax = await addApp({ jwks: { keys: [key.jwk] }, client_assertion_audience: 'token_endpoint' })
    const client = await h.context.clients.find(lax)
    const risks = client === undefined ? [] : risksOf(client, h.context.settings)
    expect(risks.map(({ setting }) => setting)).toEqual(['client_assertion_audience'])
  })
})

describe('an assertion is refused', () => {
  const now = () => Math.floor(h.clock.now() / 1000)
  const wrong: readonly (readonly [string, () => Record<string, unknown>, RegExp])[] = [
    ['for another server', () => ({ aud: 'https://other.example' }), /aud/],
    ['for several servers', () => ({ aud: [issuer, 'https://other.example'] }), /aud/],
    ['for this server in a list', () => ({ aud: [issuer] }), /aud/],
    ['for the token endpoint', () => ({ aud: `${issuer}/oauth/token` }), /aud/],
    ['without audience', () => ({ aud: undefined }), /aud/],
    ['without end', () => ({ exp: undefined }), /exp/],
    ['after its end', () => ({ exp: now() - 120 }), /expired/],
    ['that lasts too long', () => ({ exp: now() + 1200 }), /exp/],
    ['with an end that is no number', () => ({ exp: '9999999999' }), /verified/],
    ['from the future', () => ({ iat: now() + 120 }), /iat/],
    ['not valid yet', () => ({ nbf: now() + 120 }), /verified/],
    ['without jti', () => ({ jti: undefined }), /jti/],
    ['with a jti without end', () => ({ jti: 'x'.repeat(201) }), /jti/],
    ['by another issuer', () => ({ iss: 'somebody' }), /iss/],
    ['without issuer', () => ({ iss: undefined }), /iss/],
  ]
  test.each(wrong)('%s', async (_of, claims, cause) => {
    const app = await addApp({ jwks: { keys: [key.jwk] } })
    expectRefusal(await send(await assertion(app, key, claims())), 'invalid_client', 401)
    await h.context.requests.flush()
    const [record] = await h.storage.requests.list(app, 1)
    expect(record?.reason).toBe('client_assertion_invalid')
    expect(record?.cause).toMatch(cause)
  })

  test('unsigned, or signed with something public', async () => {
    const rsa = await appKey('RS256')
    const app = await addApp({ jwks: { keys: [rsa.jwk] } })
    const [, body] = (await assertion(app, rsa)).split('.')
    const head = (of: object) => Buffer.from(JSON.stringify(of)).toString('base64url')
    const forged = [
      `${head({ alg: 'none', kid: rsa.kid })}.${body}.`,
      `${head({ alg: 'nOnE' })}.${body}.`,
      `${head({ alg: 'RS256', kid: rsa.kid })}.${body}.`,
      `${head({ alg: 'RS256', kid: rsa.kid, crit: ['b64'], b64: false })}.${body}.`,
      ...[await exportSPKI(rsa.publicKey), JSON.stringify(rsa.jwk), rsa.jwk.n ?? '', ''].flatMap((secret) =>
        (['HS256', 'HS384', 'HS512'] as const).map((alg) => {
          const signed = `${head({ alg, kid: rsa.kid })}.${body}`
          const mark = createHmac(`sha${alg.slice(2)}`, secret)
            .update(signed)
            .digest('base64url')
          return `${signed}.${mark}`
        }),
      ),
      `${head({ alg: 'RS256' })}.${body}.${'A'.repeat(342)}`,
      `${head({ alg: 'RS256' })}.${'A'.repeat(9000)}.x`,
    ]
    for (const text of forged) {
      const answer = await send(text, { grant_type: 'client_credentials', client_id: app })
      expectRefusal(answer, 'invalid_client', 401, text.slice(0, 60))
    }
  })

  test('signed with the key of another client, whatever it says of whose key that is', async () => {
    const thief = await appKey()
    const app = await addApp({ jwks: { keys: [key.jwk] } })
    const other = await addApp({ jwks: { keys: [thief.jwk] } })
    expect((await send(await assertion(other, thief))).status).toBe(200)
    expectRefusal(await send(await assertion(app, thief)), 'invalid_client', 401)
    expectRefusal(await send(await assertion(app, thief, {}, { kid: key.kid })), 'invalid_client', 401)
  })

  test('made for another use, such as a token of ours', async () => {
    const app = await addApp({ jwks: { keys: [key.jwk] } })
    for (const typ of ['at+jwt', 'dpop+jwt', 'logout+jwt', 'secevent+jwt']) {
      expectRefusal(await send(await assertion(app, key, {}, { typ })), 'invalid_client', 401, typ)
    }
    for (const typ of ['JWT', 'client-authentication+jwt']) {
      expect((await send(await assertion(app, key, {}, { typ }))).status, typ).toBe(200)
    }
  })

  test('of a client whose registered keys are private or shared', async () => {
    const whole = { ...(await exportJWK(key.privateKey)), kid: key.kid, alg: key.alg }
    const shared = { kty: 'oct', k: Buffer.alloc(32, 1).toString('base64url') }
    for (const keys of [[whole], [key.jwk, shared], []]) {
      const app = await addApp({ jwks: { keys } })
      expectRefusal(await send(await assertion(app)), 'invalid_client', 401)
    }
    expectRefusal(await send(await assertion(await addApp({}))), 'invalid_client', 401)
  })
})

describe('an assertion used again', () => {
  test('is refused, and so is another one with its jti, until it would have expired', async () => {
    const app = await addApp({ jwks: { keys: [key.jwk] } })
    const once = await assertion(app)
    expect((await send(once)).status).toBe(200)
    expectRefusal(await send(once), 'invalid_client', 401)
    expectRefusal(await send(once, { token: 'x' }, '/oauth/introspect'), 'invalid_client', 401)
    expect((await send(await assertion(app))).status).toBe(200)
    // Another app's jti is another's.
    const same = { jti: 'one', exp: Math.floor(h.clock.now() / 1000) + 60 }
    const other = await addApp({ jwks: { keys: [key.jwk] } })
    expect((await send(await assertion(app, key, same))).status).toBe(200)
    expect((await send(await assertion(other, key, same))).status).toBe(200)
    expectRefusal(await send(await assertion(app, key, same)), 'invalid_client', 401)
  })

  test('by twenty at once succeeds for one', async () => {
    const app = await addApp({ jwks: { keys: [key.jwk] } })
    const text = await assertion(app)
    const answers = await Promise.all(Array.from({ length: 20 }, () => send(text)))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(answers.filter(({ body }) => body.error === 'invalid_client')).toHaveLength(19)
  })

  test('is not taken for new while the storage cannot say so', async () => {
    const app = await addApp({ jwks: { keys: [key.jwk] } })
    const own = await harness()
    try {
      const there = await addApp({ jwks: { keys: [key.jwk] } }, own)
      const { claimOnce } = own.storage.claims
      Object.assign(own.storage.claims, { claimOnce: () => Promise.reject(new Error('the disk is gone')) })
      const answer = await send(await assertion(there), undefined, undefined, own)
      expect(answer.status).toBeGreaterThanOrEqual(500)
      expect(answer.body.access_token).toBeUndefined()
      Object.assign(own.storage.claims, { claimOnce })
    } finally {
      await own.close()
    }
    expect((await send(await assertion(app))).status).toBe(200)
  })
})

describe('keys at a jwks_uri', () => {
  const opened: Server[] = []
  afterEach(() => {
    for (const server of opened.splice(0)) server.close()
  })

  /** A server that counts who connects and answers with the keys of the moment. */
  async function host(answer: () => { status?: number; headers?: Record<string, string>; body?: unknown }) {
    const seen = { connections: 0, requests: 0 }
    const server = createServer((_request, response) => {
      seen.requests++
      const { status = 200, headers = {}, body = {} } = answer()
      response.writeHead(status, { 'content-type': 'application/jwk-set+json', connection: 'close', ...headers })
      response.end(JSON.stringify(body))
    })
    server.on('connection', () => {
      seen.connections++
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    opened.push(server)
    const at = server.address()
    if (at === null || typeof at === 'string') throw new Error('no port')
    return { origin: `http://127.0.0.1:${at.port}`, port: at.port, seen }
  }

  test('are never asked for at an address of this machine or network, by whatever name', async () => {
    const canary = await host(() => ({ body: { keys: [key.jwk] } }))
    const { port } = canary
    const uris = [
      `${canary.origin}/jwks`,
      ...['127.0.0.1', 'localhost', '127.1', '2130706433', '0x7f.1', '0.0.0.0', '[::1]', '[::ffff:127.0.0.1]'].map(
        (name) => `https://${name}:${port}/jwks`,
      ),
      `https://user:word@127.0.0.1:${port}/jwks`,
      `http://[::ffff:7f00:1]:${port}/jwks`,
      'https://169.254.169.254/latest/meta-data',
    ]
    for (const jwks_uri of uris) {
      const app = await addApp({ jwks_uri })
      expectRefusal(await send(await assertion(app)), 'invalid_client', 401, jwks_uri)
      await h.context.requests.flush()
      expect((await h.storage.requests.list(app, 1))[0]?.cause).toMatch(/jwks_uri could not be read/)
    }
    expect(canary.seen).toEqual({ connections: 0, requests: 0 })
  })

  test('of the header are not looked at', async () => {
    const thief = await appKey()
    const canary = await host(() => ({ body: { keys: [thief.jwk] } }))
    const own = await harness({ settings: { outboundAllowed: new Set([canary.origin]) } })
    try {
      const app = await addApp({ jwks: { keys: [key.jwk] } }, own)
      const url = `${canary.origin}/jwks`
      for (const header of [{ jwk: thief.jwk }, { jku: url }, { x5u: url }, { jwk: thief.jwk, kid: key.kid }]) {
        const forged = await assertion(app, thief, {}, header, own)
        expectRefusal(await send(forged, undefined, undefined, own), 'invalid_client', 401, Object.keys(header).join())
      }
      expect(canary.seen.connections).toBe(0)
    } finally {
      await own.close()
    }
  })

  test('H118: are not asked for where an app that registered itself names an origin that the operator allows', async () => {
    const { origin, seen } = await host(() => ({ body: { keys: [key.jwk] } }))
    const own = await harness({ settings: { outboundAllowed: new Set([origin]) } })
    try {
      const ask = async (more: Record<string, unknown>) => {
        const app = await addApp({ jwks_uri: `${origin}/jwks`, ...more }, own)
        return (await send(await assertion(app, key, {}, {}, own), undefined, undefined, own)).status
      }
      expect(await ask({ registered_by: 'registration' })).toBe(401)
      expect(seen.connections).toBe(0)
      expect(await ask({})).toBe(200)
    } finally {
      await own.close()
    }
  })

  test('are read where the operator allows the origin, kept, and read again when the app has rotated', async () => {
    let served: unknown = { keys: [key.jwk] }
    let status = 200
    const { origin, seen } = await host(() => ({ status, body: served }))
    const own = await harness({ settings: { outboundAllowed: new Set([origin]) } })
    try {
      const app = await addApp({ jwks_uri: `${origin}/jwks` }, own)
      const ask = async (by: AppKey) =>
        (await send(await assertion(app, by, {}, {}, own), undefined, undefined, own)).status
      expect(await ask(key)).toBe(200)
      expect(await ask(key)).toBe(200)
      expect(seen.requests).toBe(1)

      const next = await appKey()
      served = { keys: [key.jwk, next.jwk] }
      // Unknown keys make us look again once a minute only, so that nobody can use us to flood the app's host.
      expect(await ask(next)).toBe(401)
      expect(seen.requests).toBe(1)
      own.clock.move(61_000)
      expect(await ask(next)).toBe(200)
      expect(seen.requests).toBe(2)
      expect(await ask(key)).toBe(200)

      // While the host is down the known keys hold, and it is not asked with every request.
      status = 500
      own.clock.move(11 * 60_000)
      expect(await ask(next)).toBe(200)
      expect(await ask(await appKey())).toBe(401)
      expect(seen.requests).toBe(3)
      own.clock.move(61 * 60_000)
      expect(await ask(next)).toBe(401)

      status = 200
      served = { keys: [next.jwk] }
      own.clock.move(11_000)
      expect(await ask(next)).toBe(200)
      expect(await ask(key)).toBe(401)
    } finally {
      await own.close()
    }
  })

  test('are not taken from a redirect, an endless answer or another kind of document', async () => {
    const keys = { keys: [key.jwk] }
    const target = await host(() => ({ body: keys }))
    const answers = [
      { status: 302, headers: { location: `${target.origin}/jwks` }, body: keys },
      { headers: { 'content-type': 'text/html' }, body: keys },
      { body: { ...keys, more: 'x'.repeat(70_000) } },
      { body: [key.jwk] },
      { body: { keys: [{ ...key.jwk, d: 'AAAA' }] } },
    ]
    for (const answer of answers) {
      const { origin } = await host(() => answer)
      const own = await harness({ settings: { outboundAllowed: new Set([origin, target.origin]) } })
      try {
        const app = await addApp({ jwks_uri: `${origin}/jwks` }, own)
        expectRefusal(await send(await assertion(app), undefined, undefined, own), 'invalid_client', 401)
      } finally {
        await own.close()
      }
    }
    expect(target.seen.connections).toBe(0)
  })
})

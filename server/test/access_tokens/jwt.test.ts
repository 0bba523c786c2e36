/** ID tokens, their keys and where a JWT of ours is read. */
import { createHash, createHmac, createPublicKey, type JsonWebKey, verify } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createKeyring } from '../../src/runtime/keys/keyring.ts'
import { createSigner } from '../../src/runtime/keys/signer.ts'
import { newTokens } from '../support/answers.ts'
import { authorize, authorizeUrl, refresh, type TestBrowser } from '../support/browser.ts'
import {
  addAccount,
  addClient,
  type Harness,
  harness,
  issuer,
  rootSecret,
  type TestClient,
} from '../support/harness.ts'

type Jwk = JsonWebKey & { kid: string; alg: string }

describe('ID tokens', () => {
  let h: Harness
  let client: TestClient
  let browser: TestBrowser
  let keys: readonly Jwk[]
  beforeAll(async () => {
    h = await harness()
    await addAccount(h)
    client = await addClient(h)
    browser = (await authorize(h.app, authorizeUrl(client))).browser
    keys = (await h.app.inject('/oauth/jwks')).json().keys
  })
  afterAll(() => h.close())

  const idToken = async (of = client, more: Record<string, string> = {}) =>
    newTokens(h, of, { scope: 'openid offline_access', nonce: 'n-1', ...more }, browser)

  test('E87: an ID token is for exactly its client, short, and tied to its access token', async () => {
    for (const alg of ['RS256', 'ES256', 'EdDSA']) {
      const of = await addClient(h, { id_token_signed_response_alg: alg })
      const { id, access } = await idToken(of)
      const { header, claims } = decode(id)
      expect(header.alg).toBe(alg)
      expect(Object.keys(header)).toEqual(['alg', 'typ', 'kid'])
      expect(claims).toMatchObject({ iss: issuer, aud: of.id, azp: of.id, nonce: 'n-1' })
      expect(Number(claims.exp) - Number(claims.iat)).toBe(3600)
      expect(typeof claims.auth_time).toBe('number')
      expect(verifies(id, keys), alg).toBe(true)
      const digest = createHash(alg === 'EdDSA' ? 'sha512' : 'sha256')
        .update(access)
        .digest()
      expect(claims.at_hash).toBe(digest.subarray(0, digest.length / 2).toString('base64url'))
    }
    await expect(addClient(h, { id_token_signed_response_alg: 'none' })).rejects.toThrow()
    await expect(addClient(h, { id_token_signed_response_alg: 'HS256' })).rejects.toThrow()
  })

  test('E87: a refreshed ID token keeps sub, aud and auth_time, and has no nonce', async () => {
    const first = await idToken()
    h.clock.move(60_000)
    const second = await refresh(h.app, client, first.refresh)
    const [before, after] = [decode(first.id).claims, decode(second.body.id_token ?? '').claims]
    expect(after).toMatchObject({ sub: before.sub, aud: before.aud, auth_time: before.auth_time, iss: before.iss })
    expect(after.nonce).toBeUndefined()
    expect(Number(after.iat) - Number(before.iat)).toBe(60)
  })

  test('E88, E89: a hint that is not signed by our key, by its own algorithm, is worth nothing', async () => {
    const { id } = await idToken()
    const [, body = '', mark = ''] = id.split('.')
    const { header } = decode(id)
    const rsa = keys.find(({ kid }) => kid === header.kid) as Jwk
    const pem = String(createPublicKey({ key: rsa, format: 'jwk' }).export({ type: 'spki', format: 'pem' }))
    const es = keys.find(({ alg }) => alg === 'ES256') as Jwk
    const head = (of: Record<string, unknown>) => Buffer.from(JSON.stringify(of)).toString('base64url')
    const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest('base64url')
    const hs = head({ alg: 'HS256', typ: 'JWT', kid: rsa.kid })
    const forged = [
      `${head({ alg: 'none', typ: 'JWT', kid: rsa.kid })}.${body}.`,
      `${head({ alg: 'nOnE', typ: 'JWT', kid: rsa.kid })}.${body}.`,
      `${head(header)}.${body}.`,
      ...[pem, ` ${pem}`, pem.trim(), JSON.stringify(rsa), Buffer.from(rsa.n ?? '', 'base64url')].map(
        (key) => `${hs}.${body}.${hmac(key, `${hs}.${body}`)}`,
      ),
      `${head({ ...header, alg: 'ES256' })}.${body}.${mark}`,
      `${head({ ...header, kid: es.kid })}.${body}.${mark}`,
      `${head({ ...header, crit: ['x'], x: 1 })}.${body}.${mark}`,
      `${head({ ...header, b64: false, crit: ['b64'] })}.${body}.${mark}`,
      `${head({ ...header, jku: 'http://127.0.0.1:1/jwks' })}.${body}.${mark}`,
      `${head({ ...header, jwk: rsa })}.${body}.${mark}`,
      `${id.split('.')[0]}.${body}A.${mark}`,
      JSON.stringify({ payload: body, protected: id.split('.')[0], signature: mark }),
      `${id}.x`,
      ...['__proto__', 'constructor', '../../etc/passwd', "' or 1=1 --", 'k'.repeat(10_000)].map(
        (kid) => `${head({ ...header, kid })}.${body}.${mark}`,
      ),
    ]
    expect(h.context.signer.verify(id, 'JWT')).toMatchObject({ aud: client.id })
    for (const text of forged) expect(h.context.signer.verify(text, 'JWT'), text.slice(0, 80)).toBeUndefined()
    expect(h.context.signer.verify(id, 'at+jwt')).toBeUndefined()
  })

  test('E86: an ID token opens no API and refreshes nothing', async () => {
    const { id } = await idToken()
    const headers = { authorization: `Bearer ${id}` }
    expect((await h.app.inject({ url: '/oauth/userinfo', headers })).statusCode).toBe(401)
    expect((await refresh(h.app, client, id)).body.error).toBe('invalid_grant')
  })

  test('E96: the key set has public parts only, of full length, each with its algorithm', async () => {
    const response = await h.app.inject('/oauth/jwks')
    expect(response.headers['cache-control']).toMatch(/^public, max-age=\d{1,4}$/)
    // Each algorithm's present key, and the one that will follow it.
    expect(keys.map(({ alg }) => alg).sort()).toEqual(['ES256', 'ES256', 'EdDSA', 'EdDSA', 'RS256', 'RS256'])
    for (const key of keys) {
      for (const part of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k', 'oth']) expect(key, key.alg).not.toHaveProperty(part)
      expect(key).toMatchObject({ use: 'sig', kid: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/) })
      if (key.kty === 'RSA') expect(Buffer.from(key.n ?? '', 'base64url')).toHaveLength(256)
    }
  })

  test('E98: private keys lie sealed in the database, and open with the root secret only', async () => {
    const stored = await h.storage.keys.list()
    expect(stored.filter((key) => key.state === 'signing')).toHaveLength(3)
    for (const key of stored) {
      const text = key.sealedPrivate.toString('latin1')
      expect(text).not.toContain('"d"')
      expect(text).not.toContain('"kty"')
      expect(JSON.stringify(key.publicJwk)).not.toContain('"d":')
    }

    const opened = (secret: string, of: string) =>
      createSigner(h.storage, createKeyring([secret], of, h.storage.installation))
    await expect(opened(rootSecret, issuer)).resolves.toBeDefined()
    await expect(opened(`${rootSecret}x`, issuer)).rejects.toThrow(/root secret/)
    // Another address is no reason to lose the keys.
    await expect(opened(rootSecret, 'https://other.example')).resolves.toBeDefined()
  })
})

function decode(jwt: string): { header: Record<string, unknown>; claims: Record<string, unknown> } {
  const [head = '', body = ''] = jwt.split('.')
  const parse = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString())
  return { header: parse(head), claims: parse(body) }
}

function verifies(jwt: string, keys: readonly Jwk[]): boolean {
  const [head, body, mark = ''] = jwt.split('.')
  const { header } = decode(jwt)
  const jwk = keys.find(({ kid }) => kid === header.kid) as Jwk
  const key = createPublicKey({ key: jwk, format: 'jwk' })
  const digest = header.alg === 'EdDSA' ? null : 'sha256'
  return verify(
    digest,
    Buffer.from(`${head}.${body}`),
    { key, dsaEncoding: 'ieee-p1363' },
    Buffer.from(mark, 'base64url'),
  )
}

/** A client that authenticates by signed assertions (RFC 7523 §2.2), as its own side sees it. */
import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose'
import { randomText } from '../../src/lib/random.ts'
import { addClient, type Harness, issuer, type TestClient } from './harness.ts'

export interface AssertingClient extends TestClient {
  /** The parameters of a fresh assertion; `more` replaces claims of it. */
  assert(more?: Record<string, unknown>): Promise<Record<string, string>>
}

export interface AssertingKey {
  /** The public key, as it is registered. */
  readonly jwk: JWK
  /** The parameters of a fresh assertion of this client; `more` replaces claims of it. */
  assert(h: Pick<Harness, 'clock'>, clientId: string, more?: Record<string, unknown>): Promise<Record<string, string>>
}

export async function newAssertingKey(): Promise<AssertingKey> {
  const { privateKey, publicKey } = await generateKeyPair('ES256')
  return {
    jwk: { ...(await exportJWK(publicKey)), kid: 'one', alg: 'ES256', use: 'sig' },
    async assert(h, clientId, more = {}) {
      const now = Math.floor(h.clock.now() / 1000)
      const own = { iss: clientId, sub: clientId, aud: issuer, exp: now + 60, iat: now, jti: randomText(16) }
      const assertion = new SignJWT({ ...own, ...more }).setProtectedHeader({ alg: 'ES256', kid: 'one' })
      return {
        client_assertion: await assertion.sign(privateKey),
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      }
    },
  }
}

export async function addAssertingClient(h: Harness, metadata: Record<string, unknown> = {}): Promise<AssertingClient> {
  const key = await newAssertingKey()
  const client = await addClient(h, {
    token_endpoint_auth_method: 'private_key_jwt',
    jwks: { keys: [key.jwk] },
    ...metadata,
  })
  return { ...client, assert: (more) => key.assert(h, client.id, more) }
}

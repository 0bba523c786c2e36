/** A key of a sender and the proofs that it makes (RFC 9449 §4.2), as a client's own side sees them. */
import { createHash, type KeyObject } from 'node:crypto'
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose'
import { randomText } from '../../src/lib/random.ts'
import { type Harness, issuer } from './harness.ts'

/** What of a proof is not as usual: claims, and members of its header. Undefined takes one out. */
export interface Unusual {
  readonly claims?: Readonly<Record<string, unknown>>
  readonly header?: Readonly<Record<string, unknown>>
  /** The token that it goes with. */
  readonly token?: string | undefined
  /** Signs in place of the key that is named. */
  readonly signer?: SenderKey
}

export interface SenderKey {
  readonly jwk: JWK
  readonly privateKey: CryptoKey | KeyObject
  readonly alg: string
  /** Its thumbprint, as in dpop_jkt and cnf. */
  readonly jkt: string
  /** The header of a fresh proof for a request, `POST /oauth/token` for one. */
  proof(h: Pick<Harness, 'clock'>, request: string, unusual?: Unusual): Promise<{ readonly dpop: string }>
  /** The headers of a request with an access token. */
  bearing(h: Pick<Harness, 'clock'>, request: string, token: string, unusual?: Unusual): Promise<Record<string, string>>
}

export async function newSenderKey(alg = 'ES256'): Promise<SenderKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true })
  const jwk = await exportJWK(publicKey)
  const key: SenderKey = {
    jwk,
    privateKey,
    alg,
    jkt: await calculateJwkThumbprint(jwk),
    async proof(h, request, { claims, header, token, signer } = {}) {
      const [method, path = ''] = request.split(' ')
      const own = {
        jti: randomText(16),
        htm: method,
        htu: path.startsWith('/') ? issuer + path : path,
        iat: Math.floor(h.clock.now() / 1000),
        ...(token === undefined ? {} : { ath: createHash('sha256').update(token).digest('base64url') }),
      }
      const by = signer ?? key
      const protectedHeader = { typ: 'dpop+jwt', alg: by.alg, jwk, ...header }
      const jwt = new SignJWT({ ...own, ...claims }).setProtectedHeader(protectedHeader as { alg: string })
      return { dpop: await jwt.sign(by.privateKey) }
    },
    async bearing(h, request, token, unusual = {}) {
      return { authorization: `DPoP ${token}`, ...(await key.proof(h, request, { token, ...unusual })) }
    },
  }
  return key
}

/** The private members of a key, which must never stand in a proof. */
export async function privateJwk({ privateKey }: SenderKey): Promise<JWK> {
  return exportJWK(privateKey)
}

/** A JWT in parts, put together without a key: for signatures that are none. */
export function unsigned(header: object, claims: object, mark = ''): string {
  return [header, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .concat(mark)
    .join('.')
}

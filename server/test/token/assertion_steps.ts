/** The steps of the JWT bearer grant: a provider whose word the operator trusts, a person connected with it, and an app. */
import { exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT } from 'jose'
import { executeApply, planApply } from '../../src/engine/operator/apply/apply.ts'
import { parseDocument } from '../../src/engine/operator/apply/document.ts'
import { randomText } from '../../src/lib/random.ts'
import { jwtBearerGrantType } from '../../src/protocol/names.ts'
import type { Account } from '../../src/storage/contract.ts'
import { type TokenAnswer, token } from '../support/browser.ts'
import { addClient, byCommand, type Harness, issuer, type TestClient } from '../support/harness.ts'

export const corp = 'https://corp.example'

export interface Assertions {
  readonly jwk: JWK
  /** A sound assertion about `alice-there`, unless it is told otherwise; undefined takes a claim out. */
  sign(claims?: Record<string, unknown>, header?: Record<string, unknown>): Promise<string>
}

export async function newIssuer(alg = 'ES256'): Promise<Assertions> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true })
  const jwk = { ...(await exportJWK(publicKey)), kid: 'corp-1', alg, use: 'sig' }
  return {
    jwk,
    sign(claims = {}, header = {}) {
      const now = Math.floor(signedAt() / 1000)
      const own = { iss: corp, sub: 'alice-there', aud: issuer, iat: now, exp: now + 60, jti: randomText(16) }
      const all = Object.entries({ ...own, ...claims }).filter(([, value]) => value !== undefined)
      return new SignJWT(Object.fromEntries(all) as JWTPayload)
        .setProtectedHeader({ alg, kid: 'corp-1', ...header })
        .sign(privateKey)
    },
  }
}

let signedAt = () => Date.now()

/** Trusts the issuer's assertions, with its keys in the document unless `more` says where they are. */
export async function trust(
  h: Harness,
  { jwk }: Assertions,
  assertions: Record<string, unknown> = {},
  more: Record<string, unknown> = {},
): Promise<void> {
  signedAt = () => h.clock.now()
  const keys = more.jwks_uri === undefined ? { jwks: { keys: [jwk] } } : {}
  const entry = {
    id: 'corp',
    kind: 'oidc',
    issuer: corp,
    client_id: 'consentry',
    jwt_bearer: { ...keys, ...assertions },
  }
  const document = parseDocument(JSON.stringify({ providers: [{ ...entry, ...more }] }))
  await executeApply(h.context, byCommand, await planApply(h.context, document))
  h.clock.move(5001)
}

/** Connects somebody with what the issuer calls them. */
export async function connect(h: Harness, account: Account, subject = 'alice-there', at = corp): Promise<void> {
  const present = await h.storage.accounts.find(account.id)
  const identity = { issuer: at, subject, providerId: 'corp', userId: account.id, label: null }
  await h.storage.identities.link(identity, present?.updatedAt ?? account.updatedAt)
}

/** An app that may come with assertions. */
export function addBearer(h: Harness, more: Record<string, unknown> = {}): Promise<TestClient> {
  return addClient(h, {
    grant_types: ['authorization_code', 'refresh_token', jwtBearerGrantType],
    scope: 'openid offline_access basic readmeasurements writemeasurements',
    ...more,
  })
}

export function bear(
  h: Harness,
  client: { id: string; secret?: string },
  assertion: string,
  more: Record<string, string> = {},
  headers: Record<string, string> = {},
): Promise<TokenAnswer> {
  return token(h.app, client, { grant_type: jwtBearerGrantType, assertion, ...more }, headers)
}

/** An app, and how the person agrees with it and how it comes with an assertion about them. */
export async function addAssertions(h: Harness, { id, ...agreed }: Account, more: Record<string, unknown> = {}) {
  const maker = await newIssuer()
  await trust(h, maker)
  await connect(h, { id, ...agreed })
  const client = await addBearer(h, more)
  const as = more.token_endpoint_auth_method === 'none' ? { id: client.id } : client
  return {
    client,
    agree: () => h.storage.consents.remember(id, client.id, ['basic']),
    assert: async (claims: Record<string, unknown> = {}) => bear(h, as, await maker.sign(claims)),
  }
}

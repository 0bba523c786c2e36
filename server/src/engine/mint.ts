/** Making the tokens of an answer from the grant as it stands after the swap. Pure but for the keys: no write. */
import { seconds } from '../lib/clock.ts'
import { sha256 } from '../lib/hash.ts'
import { randomBytes } from '../lib/random.ts'
import { deriveJti, encodeAccessToken } from '../protocol/access_token.ts'
import type { Grant } from '../protocol/grant.ts'
import type { Client } from './clients.ts'
import type { Context } from './context.ts'
import { makeRefreshToken } from './credentials.ts'
import type { Proof } from './token_request.ts'

/** A token answer before a dialect spells it. */
export interface Minted {
  readonly accessToken: string
  /** Seconds. */
  readonly expiresIn: number
  readonly scope: readonly string[]
  readonly refreshToken: string | undefined
  readonly idToken: string | undefined
  readonly grant: Grant
}

/** The tokens for a proof. The same step and parameters give the same answer again, byte for byte. */
export function mint(context: Context, client: Client, grant: Grant, proof: Proof): Minted {
  const accessToken = mintAccessToken(context, client, grant, proof)
  return {
    accessToken,
    expiresIn: grant.context.accessTokenTtl,
    scope: proof.scope,
    refreshToken: grant.context.refreshable ? makeRefreshToken(context, grant) : undefined,
    idToken: proof.scope.includes('openid')
      ? mintIdToken(context, client, grant, accessToken, proof.swap?.kind === 'code')
      : undefined,
    grant,
  }
}

function mintAccessToken(context: Context, client: Client, grant: Grant, proof: Proof): string {
  const scope = indexes(proof.scope, grant.context.scope)
  const resources = indexes(proof.resources, grant.context.resources)
  // Where no step is taken, each answer is a token of its own.
  const unstepped = proof.swap === null || client.metadata.refresh_rotation === 'never'
  const issued = unstepped ? context.clock.now() : grant.steppedAt
  const key = context.keyring.key('access token', grant.generation)
  if (key === undefined) throw new Error('mint: the root secret of this grant is not known')
  return encodeAccessToken(
    {
      generation: grant.generation,
      grantId: grant.id,
      step: grant.step,
      issued,
      lifetime: grant.context.accessTokenTtl,
      jti: unstepped ? randomBytes(16) : deriveJti(grant, grant.step, scope, resources),
      scope,
      resources,
      senderKey: grant.senderKey,
    },
    key,
    grant,
  )
}

/** ID token (OIDC Core §2). The nonce belongs to the authorization request's own answer (§12.2). */
function mintIdToken(context: Context, client: Client, grant: Grant, accessToken: string, first: boolean): string {
  const alg = client.metadata.id_token_signed_response_alg ?? 'RS256'
  const issued = seconds(grant.steppedAt)
  const { context: agreed } = grant
  return context.signer.sign(alg, 'JWT', {
    iss: context.settings.issuer,
    sub: grant.userId,
    aud: client.id,
    exp: issued + context.settings.idTokenTtl,
    iat: issued,
    ...(agreed.authTime === undefined ? {} : { auth_time: agreed.authTime }),
    ...(first && agreed.nonce !== undefined ? { nonce: agreed.nonce } : {}),
    ...(agreed.acr === undefined ? {} : { acr: agreed.acr }),
    ...(agreed.amr === undefined ? {} : { amr: agreed.amr }),
    ...(agreed.session === undefined ? {} : { sid: agreed.session }),
    azp: client.id,
    at_hash: accessTokenHash(alg, accessToken),
  })
}

/** Left half of the token's digest (OIDC Core §3.1.3.6); all our algorithms but EdDSA hash with SHA-256. */
function accessTokenHash(alg: string, accessToken: string): string | undefined {
  if (alg === 'EdDSA') return undefined
  return sha256(accessToken).subarray(0, 16).toString('base64url')
}

function indexes(part: readonly string[], whole: readonly string[]): number[] {
  return part.map((item) => whole.indexOf(item)).filter((index) => index >= 0)
}

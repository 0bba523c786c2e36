/** Making the tokens of an answer from the grant as it stands after the swap. Pure but for the keys: no write. */
import { type Millis, type Seconds, seconds } from '../../lib/clock.ts'
import { sha256, sha512 } from '../../lib/hash.ts'
import { randomBytes } from '../../lib/random.ts'
import { deriveJti, encodeAccessToken } from '../../protocol/access_token.ts'
import { longestReplayWindow } from '../../protocol/client_metadata.ts'
import type { Grant } from '../../protocol/grant.ts'
import { encodeTokenName, type JwtAccessToken, jwtAccessTokenType } from '../../protocol/jwt_access_token.ts'
import { type LoginJwt, loginAudience, loginJwtType } from '../../protocol/login_jwt.ts'
import { Refusal } from '../../protocol/refusal.ts'
import type { FrontChannel } from '../../protocol/response_type.ts'
import type { Context } from '../../runtime/context.ts'
import type { Client } from '../../runtime/kept/clients.ts'
import { ownApi } from '../../runtime/kept/known_resources.ts'
import { subjectOf } from '../../runtime/keys/subjects.ts'
import type { Account } from '../../storage/contract.ts'
import { claimsOf, namedClaims } from '../access_tokens/userinfo.ts'
import { makeRefreshToken } from '../grant/credentials.ts'
import type { Audience } from '../grant/resources.ts'
import { sessionOf, sidOf } from '../grant/session_id.ts'
import type { Proof } from './grant_type.ts'

/** A token answer before a dialect spells it. */
export interface Minted {
  readonly accessToken: string
  /** Seconds. */
  readonly expiresIn: number
  readonly expiresAt: Millis
  readonly scope: readonly string[]
  readonly refreshToken: string | undefined
  readonly idToken: string | undefined
  readonly grant: Grant
  /** How the access token is sent (RFC 6749 §7.1, RFC 9449 §5). */
  readonly tokenType: 'Bearer' | 'DPoP'
}

/** What of a proof decides the tokens. */
type Proved = Pick<Proof, 'kind' | 'scope' | 'resources' | 'until'>

/** For whom tokens are made: the grant as it stands after the swap, its client, and where they count. */
interface Ordered {
  readonly client: Client
  readonly grant: Grant
  readonly audience: Audience
  /** Thumbprint of the key that the access token is bound to. */
  readonly senderKey: Buffer | null
}

/**
 * The tokens for a proof. The same step and parameters give the same answer again. `told` is the person where the ID token
 * tells claims of them.
 */
export function mint(context: Context, ordered: Ordered, proof: Proof, told?: Account): Minted {
  const { client, grant, audience } = ordered
  const token = identity(context, ordered, proof)
  const made = proof.kind === 'begin' ? proof.accessToken : undefined
  const accessToken = made ?? mintAccessToken(context, ordered, proof, token)
  return {
    accessToken,
    expiresIn: remaining(context, token),
    expiresAt: token.issued + token.lifetime * 1000,
    scope: audience.scope,
    refreshToken: grant.context.refreshable ? makeRefreshToken(context, grant) : undefined,
    idToken: proof.scope.includes('openid')
      ? mintIdToken(context, ordered, {
          accessToken,
          first: proof.kind === 'advance' && proof.credential !== 'refresh',
          ...(told === undefined ? {} : { claims: namedClaims(client, told, grant.context.claims?.idToken) }),
        })
      : undefined,
    grant,
    tokenType: ordered.senderKey === null ? 'Bearer' : 'DPoP',
  }
}

/** The tokens that an answer in the front channel holds (OIDC Core §3.2.2.5, §3.3.2.5). There is never one to refresh with. */
export function mintFrontChannel(
  context: Context,
  ordered: Ordered,
  { account, code }: { readonly account: Account; readonly code: string | undefined },
  asked: FrontChannel,
): { readonly accessToken: string | undefined; readonly expiresIn: Seconds; readonly idToken: string | undefined } {
  const { scope, resources } = ordered.grant.context
  const proof: Proved = { kind: 'use', scope, resources }
  const token = identity(context, ordered, proof)
  const accessToken = asked.accessToken ? mintAccessToken(context, ordered, proof, token) : undefined
  // Where no access token comes of it there is no userinfo to ask, so the claims are in the ID token (OIDC Core §5.4).
  const named = namedClaims(ordered.client, account, ordered.grant.context.claims?.idToken)
  const claims = asked.accessToken || code !== undefined ? named : { ...claimsOf(account, scope), ...named }
  return {
    accessToken,
    expiresIn: token.lifetime,
    idToken: asked.idToken ? mintIdToken(context, ordered, { accessToken, code, first: true, claims }) : undefined,
  }
}

/** What makes a token the one it is. */
interface Identity {
  readonly jti: Buffer
  readonly issued: Millis
  readonly lifetime: Seconds
}

/**
 * A step's token has its moment and a derived name; where no step is taken, each answer is a token of its own. A lost
 * answer that is given again after its tokens have expired is dated anew, or its receiver could do nothing with it.
 */
function identity(context: Context, { client, grant, audience, senderKey }: Ordered, proof: Proved): Identity {
  const life = lifetime(context, client, grant, audience)
  if (proof.kind === 'use' || client.metadata.refresh_rotation === 'never') {
    const issued = context.clock.now()
    const left = proof.until === undefined ? life : Math.floor((proof.until - issued) / 1000)
    return { jti: randomBytes(16), issued, lifetime: Math.min(life, left) }
  }
  const scope = indexes(audience.scope, grant.context.scope)
  const resources = indexes(proof.resources, grant.context.resources)
  return {
    jti: deriveJti(grant, grant.step, { scope, resources, senderKey }),
    issued: dated(context, grant.steppedAt, life),
    lifetime: life,
  }
}

function dated(context: Context, steppedAt: Millis, life: Seconds): Millis {
  const now = context.clock.now()
  return now < steppedAt + life * 1000 ? steppedAt : now
}

/**
 * Seconds that the token still lives (RFC 6749 §5.1). An answer that comes again within a replay window is the same to the
 * letter.
 */
function remaining(context: Context, { issued, lifetime }: Identity): Seconds {
  const age = (context.clock.now() - issued) / 1000
  return age < longestReplayWindow ? lifetime : Math.ceil(lifetime - age)
}

/** The longest life of a JWT access token: what signed it must stay published for as long. */
const longestJwt: Seconds = 86_400

/** JWTs live shorter, as a resource that only checks their signature does not hear of a revocation. */
function lifetime(context: Context, client: Client, grant: Grant, audience: Audience): Seconds {
  if (audience.format === 'opaque') return grant.context.accessTokenTtl
  const chosen = client.metadata.access_token_ttl
  if (chosen !== undefined) return Math.min(chosen, longestJwt)
  return Math.min(context.settings.jwtAccessTokenTtl, grant.context.accessTokenTtl)
}

function mintAccessToken(context: Context, ordered: Ordered, proof: Proved, token: Identity): string {
  const { grant, audience } = ordered
  if (grant.context.tokenFormat === 'login_jwt') return mintLoginJwt(context, grant, audience, token)
  return audience.format === 'jwt'
    ? mintJwt(context, ordered, proof, token)
    : mintOpaque(context, ordered, proof, token)
}

function mintOpaque(context: Context, { grant, audience, senderKey }: Ordered, proof: Proved, token: Identity): string {
  const key = context.keyring.key('access token', grant.generation)
  if (key === undefined) throw new Refusal('credential_not_ours')
  return encodeAccessToken(
    {
      jti: token.jti,
      issued: token.issued,
      lifetime: token.lifetime,
      generation: grant.generation,
      grantId: grant.id,
      step: grant.step,
      scope: indexes(audience.scope, grant.context.scope),
      resources: indexes(proof.resources, grant.context.resources),
      senderKey,
    },
    key,
    grant,
  )
}

/** A JWT access token (RFC 9068 §2), signed with ES256 whatever the client's ID tokens are signed with. */
function mintJwt(context: Context, ordered: Ordered, proof: Proved, token: Identity): string {
  const { client, grant, audience, senderKey } = ordered
  const { issuer } = context.settings
  const { context: agreed } = grant
  const iat = seconds(token.issued)
  const claims: JwtAccessToken = {
    iss: issuer,
    sub: grant.userId === null ? grant.clientId : subjectOf(context, client, grant.userId),
    aud: proof.resources.length > 1 ? proof.resources : (proof.resources[0] ?? ownApi(issuer)),
    client_id: grant.clientId,
    iat,
    exp: iat + token.lifetime,
    jti: encodeTokenName({ grantId: grant.id, step: grant.step, jti: token.jti }),
    scope: audience.scope.join(' '),
    ...(agreed.authTime === undefined ? {} : { auth_time: agreed.authTime }),
    ...(agreed.acr === undefined ? {} : { acr: agreed.acr }),
    ...(agreed.amr === undefined ? {} : { amr: agreed.amr }),
    ...(agreed.act === undefined ? {} : { act: agreed.act }),
    ...(client.metadata.may_act === undefined ? {} : { may_act: { sub: client.metadata.may_act } }),
    ...(senderKey === null ? {} : { cnf: { jkt: senderKey.toString('base64url') } }),
  }
  return context.signer.sign('ES256', jwtAccessTokenType, { ...claims })
}

/** The JWT of a JWT login, signed with RS256 as its clients know it. */
function mintLoginJwt(context: Context, grant: Grant, audience: Audience, token: Identity): string {
  const { issuer } = context.settings
  const iat = seconds(token.issued)
  const claims: LoginJwt = {
    iss: issuer,
    sub: grant.userId ?? grant.clientId,
    aud: loginAudience(issuer),
    iat,
    nbf: iat,
    exp: iat + token.lifetime,
    jti: encodeTokenName({ grantId: grant.id, step: grant.step, jti: token.jti }),
    scope: audience.scope.join(' '),
  }
  return context.signer.sign('RS256', loginJwtType, { ...claims })
}

/** What an ID token says beside the grant. */
interface IdTokenContent {
  /** The access token that comes with it. */
  readonly accessToken: string | undefined
  /** The code that comes with it. */
  readonly code?: string | undefined
  /** Whether it is in the authorization request's own answer. */
  readonly first: boolean
  readonly claims?: Readonly<Record<string, unknown>>
}

/** ID token (OIDC Core §2). The nonce belongs to the authorization request's own answer (§12.2). */
function mintIdToken(
  context: Context,
  { client, grant }: Ordered,
  { accessToken, code, first, claims = {} }: IdTokenContent,
): string {
  const alg = client.metadata.id_token_signed_response_alg ?? 'RS256'
  const issued = seconds(dated(context, grant.steppedAt, context.settings.idTokenTtl))
  const { context: agreed } = grant
  const session = sessionOf(agreed)
  return context.signer.sign(alg, 'JWT', {
    ...claims,
    iss: context.settings.issuer,
    sub: grant.userId === null ? undefined : subjectOf(context, client, grant.userId),
    aud: client.id,
    exp: issued + context.settings.idTokenTtl,
    iat: issued,
    // What is undefined is left out of the JSON.
    auth_time: agreed.authTime,
    nonce: first ? agreed.nonce : undefined,
    acr: agreed.acr,
    amr: agreed.amr,
    sid: session === undefined ? undefined : sidOf(context, session, client.id),
    azp: client.id,
    at_hash: accessToken === undefined ? undefined : halfHash(alg, accessToken),
    c_hash: code === undefined ? undefined : halfHash(alg, code),
  })
}

/**
 * Left half of the digest of what comes with an ID token (OIDC Core §3.1.3.6, §3.3.2.11) by the algorithm's own hash; that
 * of Ed25519 is SHA-512.
 */
function halfHash(alg: string, text: string): string {
  const digest = alg === 'EdDSA' ? sha512(text) : sha256(text)
  return digest.subarray(0, digest.length / 2).toString('base64url')
}

function indexes(part: readonly string[], whole: readonly string[]): number[] {
  const found: number[] = []
  for (const item of part) {
    const index = whole.indexOf(item)
    if (index >= 0) found.push(index)
  }
  return found
}

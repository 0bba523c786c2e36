/**
 * What a bearer token is worth now (RFC 6750 §2): the token cut down to its grant as it stands, so that a revocation
 * takes effect at the next use.
 */
import type { Millis } from '../lib/clock.ts'
import { day } from '../lib/clock.ts'
import { sha256 } from '../lib/hash.ts'
import { decodeAccessToken, type PresentedToken, proveAccessToken } from '../protocol/access_token.ts'
import type { Grant, GrantView } from '../protocol/grant.ts'
import { Refusal } from '../protocol/refusal.ts'
import { DatabaseBehind } from './alarms.ts'
import type { Context } from './context.ts'
import { requireStanding } from './standing.ts'

export interface LiveToken {
  readonly grant: Grant
  readonly scope: readonly string[]
  readonly resources: readonly string[]
  readonly jti: string
  readonly issuedAt: Millis
  readonly expiresAt: Millis
}

const noKey = Buffer.alloc(32)
const nobody = { id: Buffer.alloc(16), key: Buffer.alloc(16), senderKey: null }

/** Reads and proves an access token, whatever its age or standing. Throws Refusal where it is not one of ours. */
export async function openAccessToken(
  context: Context,
  text: string,
): Promise<{ readonly token: PresentedToken; readonly view: GrantView }> {
  const token = decodeAccessToken(text)
  if (token === undefined) throw new Refusal('token_malformed')
  const view = await context.storage.grants.find(token.grantId)
  const key = context.keyring.key('access token', token.generation)
  const proved = proveAccessToken(token, key ?? noKey, view?.grant ?? nobody)
  if (view === undefined || key === undefined || !proved) throw new Refusal('token_not_ours')
  return { token, view }
}

/**
 * The live token behind a text, or a Refusal that says why it is none: expired, revoked, unused too long, limit
 * reached. `mark` remembers the use on the grant, at most once a day.
 */
export async function requireLiveToken(
  context: Context,
  text: string,
  options: { readonly mark: boolean },
): Promise<LiveToken> {
  const { token, view } = await openAccessToken(context, text)
  const { grant } = view
  const now = context.clock.now()
  const expiresAt = token.issued + token.lifetime * 1000
  if (token.step > grant.step) {
    context.alarms.raise('database_behind')
    throw new DatabaseBehind()
  }
  requireStanding(view)
  if (now >= expiresAt) throw new Refusal('token_expired')
  // A grant without a person is one row for all its client's tokens; moving its step ends them.
  if (grant.userId === null && token.step !== grant.step) throw new Refusal('token_revoked')
  const idle = context.settings.idleTtl * 1000
  if (grant.userId !== null && now - Math.max(grant.usedAt, grant.steppedAt) > idle)
    throw new Refusal('unused_too_long')
  if (await context.storage.claims.isClaimed('access_token', claimHash(token), claimExpiry(token))) {
    throw new Refusal('token_revoked')
  }
  if (options.mark && now - grant.usedAt > day) context.storage.grants.markUsed(grant.id, now)
  return {
    grant,
    scope: pick(token.scope, grant.context.scope),
    resources: pick(token.resources, grant.context.resources),
    jti: token.jti.toString('base64url'),
    issuedAt: token.issued,
    expiresAt,
  }
}

/** Ends one access token before its time (RFC 7009 §2.1). */
export async function claimRevoked(context: Context, token: PresentedToken): Promise<void> {
  await context.storage.claims.claimOnce('access_token', claimHash(token), claimExpiry(token))
}

function claimHash(token: PresentedToken): Buffer {
  return sha256(Buffer.concat([token.grantId, token.jti, token.tag]))
}

function claimExpiry(token: PresentedToken): Millis {
  return token.issued + token.lifetime * 1000
}

function pick(indexes: readonly number[], whole: readonly string[]): string[] {
  return indexes.flatMap((index) => whole[index] ?? [])
}

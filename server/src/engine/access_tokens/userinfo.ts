/** The claims that a scope opens (OIDC Core §5.4) and the userinfo answer (§5.3). */
import { seconds } from '../../lib/clock.ts'
import { capabilities } from '../../protocol/capabilities.ts'
import { claimsOfScope, scopeOfClaim } from '../../protocol/openid/claims.ts'
import { Refusal } from '../../protocol/refusal.ts'
import type { Context } from '../../runtime/context.ts'
import { type Client, registeredScope } from '../../runtime/kept/clients.ts'
import { subjectOf } from '../../runtime/keys/subjects.ts'
import type { Account } from '../../storage/contract.ts'
import { requireOwnApi } from '../grant/resources.ts'
import type { LiveToken } from './bearer.ts'

/** Claims for the holder of a live token. Throws scope_insufficient without `openid`. */
export async function userinfo(context: Context, token: LiveToken): Promise<Readonly<Record<string, unknown>>> {
  // An API that was sent this token must not learn with it who the person is.
  requireOwnApi(context, token.resources)
  if (!token.scope.includes('openid') || token.grant.userId === null) {
    throw new Refusal('scope_insufficient', { scope: 'openid' })
  }
  const account = await context.storage.accounts.find(token.grant.userId)
  if (account === undefined) throw new Refusal('token_revoked')
  return {
    sub: subjectOf(context, token.client, account.id),
    ...claimsOf(account, token.scope),
    ...namedClaims(token.client, account, token.grant.context.claims?.userinfo),
  }
}

/**
 * The answer as a JWT for its client, where it is registered for that (OIDC Core §5.3.2). It has no `exp`, by which it is told
 * from an ID token.
 */
export function signUserinfo(
  { signer, settings }: Pick<Context, 'signer' | 'settings'>,
  { id, metadata }: Client,
  claims: Readonly<Record<string, unknown>>,
): string | undefined {
  const alg = capabilities.userinfoAlgorithms.find((one) => one === metadata.userinfo_signed_response_alg)
  return alg === undefined ? undefined : signer.sign(alg, 'JWT', { ...claims, iss: settings.issuer, aud: id })
}

/** The claims that a grant names one by one, as far as the client may still be told them; nothing that is not known. */
export function namedClaims(
  client: Client,
  account: Account,
  names: readonly string[] | undefined,
): Record<string, unknown> {
  const out: Record<string, unknown> = {}
  if (names === undefined) return out
  const known = claimsOfAccount(account)
  const registered = registeredScope(client)
  for (const name of names) {
    const scope = scopeOfClaim(name)
    if (scope !== undefined && registered.includes(scope) && known[name] !== undefined) out[name] = known[name]
  }
  return out
}

/** What a scope opens of an account; nothing that is not known of it. */
export function claimsOf(account: Account, scope: readonly string[]): Record<string, unknown> {
  const known = claimsOfAccount(account)
  const out: Record<string, unknown> = {}
  for (const [name, claims] of Object.entries(claimsOfScope)) {
    if (!scope.includes(name)) continue
    for (const claim of claims) if (known[claim] !== undefined) out[claim] = known[claim]
  }
  return out
}

/** Everything that is known of an account, under the names of OIDC Core §5.1: what it says itself comes first. */
export function claimsOfAccount({
  claims,
  username,
  updatedAt,
  email,
  emailVerified,
}: Account): Record<string, unknown> {
  return {
    ...claims,
    preferred_username: username,
    updated_at: seconds(updatedAt),
    ...(email === null ? {} : { email, email_verified: emailVerified }),
    ...(claims.phone_number === undefined
      ? { phone_number_verified: undefined }
      : { phone_number_verified: claims.phone_number_verified === true }),
  }
}

/** The claims that a scope opens (OIDC Core §5.4) and the userinfo answer (§5.3). */
import { seconds } from '../../lib/clock.ts'
import { Refusal } from '../../protocol/refusal.ts'
import type { Context } from '../../runtime/context.ts'
import { subjectOf } from '../../runtime/keys/subjects.ts'
import type { Account } from '../../storage/contract.ts'
import { requireOwnApi } from '../grant/resources.ts'
import type { LiveToken } from './bearer.ts'

/** Claims by the scope that opens them (OIDC Core §5.4), in the order in which they are told. */
export const claimsOfScope = {
  profile: [
    'name',
    'family_name',
    'given_name',
    'middle_name',
    'nickname',
    'profile',
    'picture',
    'website',
    'gender',
    'birthdate',
    'zoneinfo',
    'locale',
    'preferred_username',
    'updated_at',
  ],
  email: ['email', 'email_verified'],
  phone: ['phone_number', 'phone_number_verified'],
  address: ['address'],
} as const satisfies Record<string, readonly string[]>

/** Claims for the holder of a live token. Throws scope_insufficient without `openid`. */
export async function userinfo(context: Context, token: LiveToken): Promise<Readonly<Record<string, unknown>>> {
  // An API that was sent this token must not learn with it who the person is.
  requireOwnApi(context, token.resources)
  if (!token.scope.includes('openid') || token.grant.userId === null) {
    throw new Refusal('scope_insufficient', { scope: 'openid' })
  }
  const account = await context.storage.accounts.find(token.grant.userId)
  if (account === undefined) throw new Refusal('token_revoked')
  return { sub: subjectOf(context, token.client, account.id), ...claimsOf(account, token.scope) }
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
function claimsOfAccount({ claims, username, updatedAt, email, emailVerified }: Account): Record<string, unknown> {
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

/** The claims that a scope opens (OIDC Core §5.4) and the userinfo answer (§5.3). */
import { seconds } from '../lib/clock.ts'
import { Refusal } from '../protocol/refusal.ts'
import type { Account } from '../storage/contract.ts'
import type { LiveToken } from './bearer.ts'
import type { Context } from './context.ts'
import { requireOwnApi } from './resources.ts'

/** Claims by the scope that opens them, besides those that come from the account itself. */
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
  ],
} as const

/** Claims for the holder of a live token. Throws scope_insufficient without `openid`. */
export async function userinfo(context: Context, token: LiveToken): Promise<Readonly<Record<string, unknown>>> {
  // An API that was sent this token must not learn with it who the person is.
  requireOwnApi(context, token.resources)
  if (!token.scope.includes('openid') || token.grant.userId === null) {
    throw new Refusal('scope_insufficient', { scope: 'openid' })
  }
  const account = await context.storage.accounts.find(token.grant.userId)
  if (account === undefined) throw new Refusal('token_revoked')
  return { sub: account.id, ...claimsOf(account, token.scope) }
}

/** What a scope opens of an account. */
export function claimsOf(account: Account, scope: readonly string[]): Record<string, unknown> {
  const out: Record<string, unknown> = {}
  if (scope.includes('profile')) {
    for (const name of claimsOfScope.profile) if (account.claims[name] !== undefined) out[name] = account.claims[name]
    out.preferred_username = account.username
    out.updated_at = seconds(account.updatedAt)
  }
  if (scope.includes('email') && account.email !== null) {
    out.email = account.email
    out.email_verified = account.emailVerified
  }
  return out
}

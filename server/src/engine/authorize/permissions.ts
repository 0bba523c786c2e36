/** What a person is asked to allow, and what an app is told by their yes: scopes, and claims one by one (OIDC Core §5.5). */

import type { GrantContext } from '../../protocol/grant.ts'
import { type ClaimWishes, claimPermission, isAsWished, scopeOfClaim } from '../../protocol/openid/claims.ts'
import { type Client, registeredScope } from '../../runtime/kept/clients.ts'
import type { Account } from '../../storage/contract.ts'
import { claimsOfAccount } from '../access_tokens/userinfo.ts'
import type { AuthorizationRequest } from './request.ts'

type Asked = Pick<AuthorizationRequest, 'scope' | 'claims'>

/**
 * The scopes that a request asks for, and the claims that it asks for beside them. A claim is told to no app that may not
 * have the scope which opens it.
 */
export function permissionsOf(request: Asked, client: Client): readonly string[] {
  const { scope, claims } = request
  if (claims === undefined) return scope
  const beside = [...mayBeTold(request, client, claims.userinfo), ...mayBeTold(request, client, claims.idToken)]
    .filter((claim) => !scope.includes(scopeOfClaim(claim) ?? ''))
    .map(claimPermission)
  return [...new Set([...scope, ...beside])]
}

/** The claims that the grant of a request tells one by one; of those that are wanted by their value, the ones that have it. */
export function claimsAgreedOn(request: Asked, client: Client, account: Account): Pick<GrantContext, 'claims'> {
  if (request.claims === undefined) return {}
  const known = claimsOfAccount(account)
  const told = (wishes: ClaimWishes) =>
    mayBeTold(request, client, wishes).filter((claim) => {
      const wish = wishes.get(claim)
      return wish !== undefined && isAsWished(wish, known[claim])
    })
  const [userinfo, idToken] = [told(request.claims.userinfo), told(request.claims.idToken)]
  if (userinfo.length === 0 && idToken.length === 0) return {}
  return {
    claims: { ...(userinfo.length > 0 ? { userinfo } : {}), ...(idToken.length > 0 ? { idToken } : {}) },
  }
}

/** The claims of these that the app may be told: nothing without `openid`, which makes the request one for a sign-in. */
function mayBeTold({ scope }: Asked, client: Client, wishes: ClaimWishes): readonly string[] {
  if (!scope.includes('openid')) return []
  const registered = registeredScope(client)
  return [...wishes.keys()].filter((claim) => registered.includes(scopeOfClaim(claim) ?? ''))
}

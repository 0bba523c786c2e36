/**
 * Leniencies: the named settings by which an app of a legacy protocol is let off a rule. They are read here and nowhere
 * else. Each holds for requests and grants of the legacy protocols alone; the standard protocol knows none of them, and a
 * credential that exists by a leniency is good only at the protocol that issued it.
 */

import { type Dialect, isLegacy } from '../../protocol/dialects.ts'
import type { Grant } from '../../protocol/grant.ts'
import { type ClientAuthMethod, isSecretMethod } from '../../protocol/names.ts'
import { Refusal } from '../../protocol/refusal.ts'
import type { Client } from '../../runtime/kept/clients.ts'

/**
 * Whether an authorization request of this client that came in by `dialect` must carry a code challenge (RFC 9700
 * §2.1.1). `require_pkce` is a policy, for confidential clients and every protocol; `code_without_pkce` is a leniency.
 */
export function requiresPkce({ confidential, metadata }: Client, dialect: Dialect): boolean {
  if (confidential) return metadata.require_pkce === true
  return !(metadata.code_without_pkce === true && isLegacy(dialect))
}

/**
 * Whether a client that has a secret may refresh without it (`refresh_without_secret`, for an app whose version on phones
 * holds none). What comes so is treated as a public client's; a code is never exchanged so.
 */
export function mayRefreshWithoutSecret({ metadata }: Client, dialect: Dialect): boolean {
  const { refresh_without_secret: allowed, token_endpoint_auth_method: registered } = metadata
  return allowed === true && isSecretMethod(registered) && isLegacy(dialect)
}

/**
 * Throws `client_secret_missing` where a client that has a secret came without it for a grant of the standard protocol:
 * the leniency is for grants of the legacy protocols, whichever of them the request came in by. Comes before the swap.
 */
export function requireSecretFor(
  { dialect }: Grant,
  { confidential, metadata }: Client,
  method: ClientAuthMethod,
): void {
  if (!confidential || method !== 'none' || isLegacy(dialect)) return
  throw new Refusal('client_secret_missing', { expected: metadata.token_endpoint_auth_method })
}

/** Whether tokens of this grant may come in the header and in query or body at once (`token_in_header_and_query`). */
export function mayShowTokenTwice({ metadata }: Client, grant: Grant): boolean {
  return metadata.token_in_header_and_query === true && isLegacy(grant.dialect)
}

/**
 * Throws `credential_of_another_protocol` for the code or refresh token of a grant that exists only by a leniency, unless
 * it comes in by the protocol that issued it. Comes before the swap, so that nothing is spent.
 */
export function requireOwnProtocol({ dialect, context }: Grant, client: Client, presentedAt: Dialect): void {
  if (!isLegacy(dialect) || presentedAt === dialect) return
  const byLeniency = !client.confidential && context.redirectUri !== undefined && context.codeChallenge === undefined
  if (byLeniency) throw new Refusal('credential_of_another_protocol', { expected: dialect, got: presentedAt })
}

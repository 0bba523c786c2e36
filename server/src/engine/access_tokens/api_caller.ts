/** The person and app behind a request of the resource API. */

import type { Millis } from '../../lib/clock.ts'
import { dialectFacts } from '../../protocol/dialects.ts'
import { Refusal } from '../../protocol/refusal.ts'
import { formatScope } from '../../protocol/scope.ts'
import type { Context } from '../../runtime/context.ts'
import type { Quota } from '../../runtime/limits/quotas.ts'
import type { Account } from '../../storage/contract.ts'
import { noteSubscriptionKey } from '../client/subscription_key_rules.ts'
import { requireOwnApi } from '../grant/resources.ts'
import { findShownToken, type LiveToken, type ShownTokens } from './bearer.ts'

/** A proved access token and the person behind it. */
export interface ApiCaller {
  readonly account: Account
  readonly clientId: string
  readonly scope: readonly string[]
  /** The token as it was presented; nobody else's is ever shown. */
  readonly accessToken: string
  readonly expiresAt: Millis
  /** What is left of the app's plan, where it has one. */
  readonly quota: Quota | undefined
}

/**
 * Proves the access token of a request. Any one of `scopes` is enough. `subscriptionKey` reads the key of the request,
 * where it has one. A Refusal where the token is missing, not valid, for another resource (RFC 8707 §2), without such a
 * scope (the scopes that it has are `got`) or no person's.
 */
export async function findApiCaller(
  context: Context,
  scopes: readonly string[],
  tokens: ShownTokens,
  subscriptionKey: () => string | undefined,
): Promise<ApiCaller | Refusal> {
  const token = await findShownToken(context, tokens, { mark: true })
  if (token instanceof Refusal) return token
  requireOwnApi(context, token.resources)
  const withKey = dialectFacts[token.grant.dialect].subscriptionKeys
  const ofKey = withKey ? await noteSubscriptionKey(context, subscriptionKey()) : undefined
  const refused = whyNoScope(token, scopes)
  if (refused !== undefined) return refused
  // A token of an app's own, without a person, opens no person's data.
  const { userId, clientId } = token.grant
  const account = userId === null ? undefined : await context.storage.accounts.find(userId)
  if (account === undefined) return new Refusal('scope_insufficient', { text: 'This needs the token of a person.' })
  const quota = ofKey ?? context.quotas.take('client', clientId)
  return { account, clientId, scope: token.scope, accessToken: token.text, expiresAt: token.expiresAt, quota }
}

/** Why the token of a proved caller has ceased to be good; undefined where it has not. Asking counts as no further use. */
export async function whyNoLongerGood(
  context: Context,
  scopes: readonly string[],
  tokens: ShownTokens,
): Promise<Refusal | undefined> {
  const token = await findShownToken(context, tokens, { mark: false })
  return token instanceof Refusal ? token : whyNoScope(token, scopes)
}

function whyNoScope({ scope }: LiveToken, scopes: readonly string[]): Refusal | undefined {
  if (scopes.some((one) => scope.includes(one))) return undefined
  return new Refusal('scope_insufficient', { got: formatScope(scope) })
}

/** What the API works with in a whole server. */

import type { FastifyRequest } from 'fastify'
import { type ApiCaller, findApiCaller, whyNoLongerGood } from '../engine/access_tokens/api_caller.ts'
import { disconnectApp, listConnectedApps } from '../engine/account/apps/connected_apps.ts'
import { describeApp } from '../engine/developer/app_directory.ts'
import { findShownTokens, mayBeInBody } from '../http/bearer_token.ts'
import { callerOf } from '../http/caller.ts'
import { allowPages } from '../http/cors.ts'
import { presentedKey } from '../http/subscription_key.ts'
import { anyHas } from '../protocol/dialects.ts'
import { Refusal } from '../protocol/refusal.ts'
import type { Context } from '../runtime/context.ts'
import type { ApiOptions, ReferencePage, TokenRead } from './caller.ts'

export function apiOptions(
  context: Context,
  referencePage: (context: Context, ...rest: Parameters<ReferencePage>) => ReturnType<ReferencePage>,
): ApiOptions {
  return {
    context,
    referencePage: (request, parts) => referencePage(context, request, parts),
    allowPages: (audience) => allowPages(context, audience),
    authenticate: (request, scopes, read) => authenticate(context, request, scopes, read),
    apps: {
      describe: (request, clientId, secret) => describeApp(context, clientId, secret, callerOf(request)),
      listConnected: async ({ id }) => (await listConnectedApps(context, id)).items,
      disconnect: (request, { account, clientId: by }, clientId, reason) =>
        disconnectApp(context, { userId: account.id, clientId }, callerOf(request), { by, reason }),
    },
  }
}

/**
 * The person and app behind a request, or why they are not let in; undefined where their token can only be in the body,
 * still unread, and where all is well again.
 */
async function authenticate(
  context: Context,
  request: FastifyRequest,
  scopes: readonly string[],
  read: TokenRead,
): Promise<ApiCaller | Refusal | undefined> {
  const tokens = findShownTokens(context.settings.issuer, request, read === 'body' ? request.body : undefined)
  if (tokens instanceof Refusal) return tokens
  if (read === 'again') return whyNoLongerGood(context, scopes, tokens)
  if (read === 'head' && mayBeInBody(request, tokens) && anyHas(context.settings.dialects, 'tokenOutsideHeader'))
    return undefined
  return findApiCaller(context, scopes, tokens, () => presentedKey(request))
}

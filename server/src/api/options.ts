/** What the API works with in a whole server. */

import type { FastifyRequest } from 'fastify'
import { type ApiCaller, requireApiCaller, requireStillGood } from '../engine/access_tokens/api_caller.ts'
import { disconnectApp, listConnectedApps } from '../engine/account/connected_apps.ts'
import { describeApp } from '../engine/developer/app_directory.ts'
import { findShownTokens, mayBeInBody } from '../http/bearer_token.ts'
import { callerOf } from '../http/caller.ts'
import { allowPages } from '../http/cors.ts'
import { presentedKey } from '../http/subscription_key.ts'
import { anyHas } from '../protocol/dialects.ts'
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

/** The person and app behind a request; undefined where their token can only be in the body, still unread, and again. */
async function authenticate(
  context: Context,
  request: FastifyRequest,
  scopes: readonly string[],
  read: TokenRead,
): Promise<ApiCaller | undefined> {
  const tokens = findShownTokens(request, read === 'body' ? request.body : undefined)
  if (read === 'again') {
    await requireStillGood(context, scopes, tokens)
    return undefined
  }
  if (read === 'head' && mayBeInBody(request, tokens) && anyHas(context.settings.dialects, 'tokenOutsideHeader'))
    return undefined
  return requireApiCaller(context, scopes, tokens, () => presentedKey(request))
}

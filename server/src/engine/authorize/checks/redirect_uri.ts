/** Where the answer goes: a registered redirect URI (RFC 6749 §3.1.2), and how it is spelled there. */

import { isLegacy } from '../../../protocol/dialects.ts'
import { whyTwice } from '../../../protocol/parameters.ts'
import { matchRedirectUri } from '../../../protocol/redirect_uri.ts'
import { Refusal } from '../../../protocol/refusal.ts'
import { modeOf } from '../../../protocol/response_type.ts'
import { referenceClient } from '../../../runtime/kept/builtin_clients.ts'
import type { Client } from '../../../runtime/kept/clients.ts'
import type { ReturnPath } from '../response/authorization_response.ts'
import type { Asking } from './checks.ts'
import { isStateTooLong } from './parameters.ts'
import { saidInObject } from './refused_object.ts'

export function findReturnPath(
  { form, trace }: Asking,
  { client }: { readonly client: Client },
): { readonly to: ReturnPath } | Refusal {
  const redirectUri = soundRedirectUri(form, client)
  if (redirectUri instanceof Refusal) return redirectUri
  const state = saidInObject({ form }, 'state')
  const sound = state !== undefined && !isStateTooLong(state)
  return {
    to: {
      dialect: trace.dialect,
      redirectUri,
      mode: modeOf(saidInObject({ form }, 'response_mode'), {
        responseType: form.get('response_type'),
        redirectUri,
        mayChoose: !isLegacy(trace.dialect),
      }),
      ...(sound ? { state } : {}),
    },
  }
}

function soundRedirectUri(form: Asking['form'], client: Client): string | Refusal {
  const registered = client.metadata.redirect_uris
  const repeated = whyTwice(form, 'redirect_uri')
  if (repeated !== undefined) return repeated
  const requested = form.get('redirect_uri')
  if (requested === undefined) {
    const openid = form.get('scope')?.split(' ').includes('openid') === true
    const [only, another] = registered
    if (openid || only === undefined || another !== undefined) {
      return new Refusal('redirect_uri_missing', { expected: registered.join(' ') })
    }
    return only
  }
  const matched = matchRedirectUri(requested, registered, anyLoopbackPort(client))
  if (matched === undefined) return notRegistered(requested, registered)
  return requested
}

/**
 * RFC 8252 §7.3: apps on a person's own machine cannot know their port in advance. Others can, and the reference's client
 * returns to a page of this server alone.
 */
export function anyLoopbackPort(client: Client): boolean {
  if (client.id === referenceClient.clientId) return false
  return !client.confidential || client.metadata.application_type === 'native'
}

/** The refusal with the registered URI that comes closest, and how it differs. */
function notRegistered(requested: string, registered: readonly string[]): Refusal {
  const nearest =
    registered.find((uri) => uri.toLowerCase() === requested.toLowerCase()) ?? nearestByPrefix(requested, registered)
  if (nearest === undefined) {
    return new Refusal('redirect_uri_not_registered', {
      cause: 'The app has no registered redirect URI.',
      got: requested,
    })
  }
  return new Refusal('redirect_uri_not_registered', {
    cause: difference(requested, nearest),
    expected: nearest,
    got: requested,
  })
}

function nearestByPrefix(requested: string, registered: readonly string[]): string | undefined {
  let best: string | undefined
  let length = -1
  for (const uri of registered) {
    let same = 0
    while (same < uri.length && uri[same] === requested[same]) same++
    if (same > length) [best, length] = [uri, same]
  }
  return best
}

function difference(requested: string, registered: string): string {
  if (requested === `${registered}/`) return 'The redirect URI ends in a slash that the registered one does not have.'
  if (`${requested}/` === registered) return 'The redirect URI lacks the slash at its end that the registered one has.'
  if (requested.replace(/^http:/, 'https:') === registered) return 'The redirect URI is http, the registered one https.'
  if (requested.toLowerCase() === registered.toLowerCase())
    return 'The redirect URI differs from the registered one in upper and lower case.'
  if (requested.startsWith(`${registered}?`))
    return 'The redirect URI has a query that the registered one does not have.'
  return 'This redirect URI is not registered. It must match exactly.'
}

/**
 * The pages of apps that sign a person out in this browser (OpenID Connect Front-Channel Logout 1.0): the last page of a
 * sign-out holds them in frames, where the operator has switched it on.
 */

import type { SessionId, UserId } from '../../protocol/names.ts'
import { frontChannelLogoutUri } from '../../protocol/openid/client_addresses.ts'
import { appendQuery } from '../../protocol/redirect_uri.ts'
import type { Context } from '../../runtime/context.ts'
import type { LiveSession } from '../account/sessions.ts'
import { sidOf } from '../grant/session_id.ts'
import { type LogoutRequest, parkLogout } from './logout.ts'

/** Addresses to load, one for each app that the person has signed in to in the session, which may be over. */
export async function framesOf(context: Context, ended: LogoutRequest['ended']): Promise<readonly string[]> {
  const { storage, clients, settings } = context
  if (ended === undefined || !settings.frontChannelLogout) return []
  const { subject, session } = ended
  const hearers = await storage.grants.hearers('frontchannel', subject as UserId, session as SessionId)
  const found = await Promise.all(hearers.map(({ clientId }) => clients.find(clientId)))
  return found.flatMap((client) => {
    const uri =
      client === undefined || client.status === 'disabled' ? undefined : frontChannelLogoutUri(client.metadata)
    if (client === undefined || uri === undefined) return []
    // "If either is included, both MUST be" (§2): whoever does not ask for them ignores them.
    const named = [
      ['iss', settings.issuer],
      ['sid', sidOf(context, session, client.id)],
    ] as const
    return [appendQuery(uri, named)]
  })
}

/**
 * The request sealed for the page that holds the frames; undefined where no app has one. To be asked before the session ends,
 * so that a request that is too large ends nothing. Throws request_too_large.
 */
export async function parkForFrames(
  context: Context,
  request: LogoutRequest,
  { account, session }: LiveSession,
  browser: string,
): Promise<string | undefined> {
  const ended = { subject: account.id, session: session.id }
  const frames = await framesOf(context, ended)
  return frames.length === 0 ? undefined : parkLogout(context, { ...request, ended }, browser)
}

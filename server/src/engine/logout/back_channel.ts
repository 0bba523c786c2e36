/** Telling an app that a person has signed out (OpenID Connect Back-Channel Logout 1.0 §2.5), as a job. */
import { type Seconds, seconds } from '../../lib/clock.ts'
import { randomText } from '../../lib/random.ts'
import type { UserId } from '../../protocol/names.ts'
import type { Context } from '../../runtime/context.ts'
import type { JobHandler } from '../../runtime/jobs/job.ts'
import type { Client } from '../../runtime/kept/clients.ts'
import { subjectOf } from '../../runtime/keys/subjects.ts'
import { callOut, outboundTo, type Writer } from '../../runtime/outbound.ts'
import { sidOf } from '../grant/session_id.ts'

/** "It is RECOMMENDED that Logout Tokens [...] have short expiration times, preferably at most two minutes" (§4). */
const life: Seconds = 120
const event = 'http://schemas.openid.net/event/backchannel-logout'

/**
 * Sends a logout token to the app's address as it is registered now. What it answers with anything but a success, or not
 * at all, is tried again later with a token of its own. An app that has gone, is switched off or has taken the address
 * away is not told.
 */
export const tellOfLogout: JobHandler<'logout.back_channel'> = async (context, { payload }) => {
  const client = await context.clients.find(payload.clientId)
  const uri = client?.metadata.backchannel_logout_uri
  if (client === undefined || client.status === 'disabled' || uri === undefined) return
  const body = new URLSearchParams({ logout_token: logoutToken(context, client, payload) }).toString()
  const request = { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body } as const
  const outbound = outboundTo(context.outbound, context.settings, writerOf(client))
  const { status } = await callOut('backchannel_logout', uri, request, outbound)
  if (status < 200 || status > 299) throw new LogoutNotTaken(`the app answered a logout token with ${status}`)
}

/** Who has written the app's address. */
function writerOf({ metadata }: Client): Writer {
  const { backchannel_logout_uri_by: by, registered_by: registered } = metadata
  return by === undefined && registered === undefined ? 'operator' : 'stranger'
}

class LogoutNotTaken extends Error {
  override readonly name = 'LogoutNotTaken'
}

/** A logout token (§2.4). It has no nonce, so that nobody takes it for an ID token. */
function logoutToken(
  context: Context,
  client: Client,
  { subject, session }: { readonly subject: UserId; readonly session?: string | undefined },
): string {
  const issued = seconds(context.clock.now())
  return context.signer.sign(client.metadata.id_token_signed_response_alg ?? 'RS256', 'logout+jwt', {
    iss: context.settings.issuer,
    sub: subjectOf(context, client, subject),
    aud: client.id,
    iat: issued,
    exp: issued + life,
    jti: randomText(16),
    events: { [event]: {} },
    // What is undefined is left out of the JSON.
    sid: session === undefined ? undefined : sidOf(context, session, client.id),
  })
}

/** Leaving for a provider, from any page that has a button for it. */
import type { FastifyReply } from 'fastify'
import { sendPage } from '../http/browser/page_headers.ts'
import { neverCompress } from '../http/connection/compression.ts'
import type { RelyingParty } from '../runtime/providers/relying_party.ts'
import { goingOn } from './going_on.tsx'
import type { Arrival } from './visit.ts'

/**
 * Sends the browser to a provider by a page of its own. Browsers hold the whole redirect chain of a form against
 * form-action, and nobody knows through which houses a provider sends people on.
 */
export function leave({ reply }: Arrival, { provider }: RelyingParty, uri: string): FastifyReply {
  reply.header('refresh', `0; url=${uri}`).header('referrer-policy', 'no-referrer')
  return sendPage(neverCompress(reply), 200, goingOn({ provider: provider.name, href: uri }))
}

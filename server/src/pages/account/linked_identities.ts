/** Connecting a provider to one's account and taking it away again, from /account/security. */
import type { FastifyReply } from 'fastify'
import type { Returned } from '../../engine/providers/attempt.ts'
import type { ConnectDestination } from '../../engine/providers/destination.ts'
import { disconnect, finishConnecting, startConnecting } from '../../engine/providers/linked_identities.ts'
import { callerOf } from '../../http/caller.ts'
import { ProviderDenied, ProviderFailed } from '../../runtime/providers/failure.ts'
import { signedIn } from '../guards.ts'
import { paths } from '../kit/paths.ts'
import { leave } from '../leave.ts'
import { page } from '../page.ts'
import { PageProblem, partOfPath, type Visit } from '../visit.ts'
import { securityDone, securityRefused, showSecurity } from './security.ts'

export const linkedIdentitiesPages = [
  page({
    path: `${paths.connect}/:provider`,
    guard: signedIn,
    post: async (visit) => {
      const { context, browser, live } = visit
      const party = await context.providers.find(partOfPath(visit, 'provider'))
      if (party === undefined) throw new PageProblem('not_found')
      try {
        const started = await startConnecting(context, party, browser.id, live)
        if (started.outcome === 'started') return leave(visit, party, started.uri)
        return showSecurity(visit, 403, { refused: started.outcome })
      } catch (error) {
        if (!(error instanceof ProviderFailed)) throw error
        context.log.warn({ provider: party.provider.id, why: error.message }, 'a provider cannot be reached')
        return showSecurity(visit, 503, { refused: 'provider' })
      }
    },
  }),

  page({
    path: paths.disconnect,
    guard: signedIn,
    post: async (visit) => {
      const outcome = await disconnect(visit.context, visit.live, visit.form.get('identity') ?? '', visit.by.caller)
      switch (outcome) {
        case 'disconnected':
          return securityDone(visit, outcome)
        case 'not_found':
          throw new PageProblem('not_found')
        case 'last_way':
          return showSecurity(visit, 409, { refused: outcome })
        case 'sign_in_again':
          return showSecurity(visit, 403, { refused: outcome })
      }
    },
  }),
]

/**
 * Ends an attempt to connect a provider, at the provider's return address: always with a redirect, so that the answer of
 * the provider does not stay in the browser's address bar.
 */
export async function endConnecting(
  visit: Visit,
  destination: ConnectDestination,
  returned: Returned,
): Promise<FastifyReply> {
  if (!('identity' in returned)) {
    return securityRefused(visit, returned.failure instanceof ProviderDenied ? 'provider_denied' : 'provider')
  }
  const { context, request, browser } = visit
  const connecting = { destination, identity: returned.identity }
  const outcome = await finishConnecting(context, connecting, browser.live, callerOf(request))
  switch (outcome) {
    case 'connected':
    case 'connected_already':
      return securityDone(visit, outcome)
    default:
      return securityRefused(visit, outcome)
  }
}

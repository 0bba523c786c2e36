/** Connecting a provider to one's account and taking it away again, from /account/security. */
import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Returned } from '../../engine/providers/attempt.ts'
import type { ConnectDestination } from '../../engine/providers/destination.ts'
import { disconnect, finishConnecting, startConnecting } from '../../engine/providers/linked_identities.ts'
import { callerOf } from '../../http/caller.ts'
import type { Context } from '../../runtime/context.ts'
import { ProviderDenied, ProviderFailed } from '../../runtime/providers/failure.ts'
import { paths } from '../kit/paths.ts'
import { leave } from '../leave.ts'
import { PageProblem, readSignedForm, type Visit } from '../page.ts'
import { securityDone, securityRefused, showSecurity } from './security.ts'

export function registerWaysIn(app: FastifyInstance, context: Context): void {
  app.post<{ Params: { provider: string } }>(`${paths.connect}/:provider`, async (request, reply) => {
    const { browser } = await readSignedForm(context, request, reply)
    const visit = { context, request, reply, browser }
    const party = await context.providers.find(request.params.provider)
    if (party === undefined) throw new PageProblem('not_found')
    try {
      const started = await startConnecting(context, party, browser.id, browser.live)
      if (started.outcome === 'started') return leave(reply, party, started.uri)
      return showSecurity(visit, 403, { refused: started.outcome })
    } catch (error) {
      if (!(error instanceof ProviderFailed)) throw error
      context.log.warn({ provider: party.provider.id, why: error.message }, 'a provider cannot be reached')
      return showSecurity(visit, 503, { refused: 'provider' })
    }
  })

  app.post(paths.disconnect, async (request, reply) => {
    const { browser, form, by } = await readSignedForm(context, request, reply)
    const visit = { context, request, reply, browser }
    const outcome = await disconnect(context, browser.live, form.get('identity') ?? '', by.caller)
    switch (outcome) {
      case 'disconnected':
        return securityDone(reply, outcome)
      case 'not_found':
        throw new PageProblem('not_found')
      case 'last_way':
        return showSecurity(visit, 409, { refused: outcome })
      case 'sign_in_again':
        return showSecurity(visit, 403, { refused: outcome })
    }
  })
}

/**
 * Ends an attempt to connect a provider, at the provider's return address: always with a redirect, so that the answer of
 * the provider does not stay in the browser's address bar.
 */
export async function endConnecting(
  { context, request, reply, browser }: Visit,
  destination: ConnectDestination,
  returned: Returned,
): Promise<FastifyReply> {
  if (!('identity' in returned)) {
    return securityRefused(reply, returned.failure instanceof ProviderDenied ? 'provider_denied' : 'provider')
  }
  const outcome = await finishConnecting(
    context,
    { destination, identity: returned.identity },
    browser.live,
    callerOf(request),
  )
  switch (outcome) {
    case 'connected':
    case 'connected_already':
      return securityDone(reply, outcome)
    default:
      return securityRefused(reply, outcome)
  }
}

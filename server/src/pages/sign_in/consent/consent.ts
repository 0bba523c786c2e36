/** /consent: what an app may do, decided by the person whose account it is (RFC 6749 §4.1.1, RFC 9700 §4.11). */
import type { FastifyReply } from 'fastify'
import type { Account } from '../../../engine/account/accounts.ts'
import { operatorDocuments } from '../../../engine/account/terms/terms.ts'
import { allow } from '../../../engine/authorize/complete.ts'
import { destinationOf, lastingName } from '../../../engine/authorize/destination.ts'
import { type Consent, decideNext, type Next, type Person, withoutTicket } from '../../../engine/authorize/next_step.ts'
import { permissionsOf } from '../../../engine/authorize/permissions.ts'
import { parkRequest } from '../../../engine/authorize/request_store.ts'
import { mayRedirect } from '../../../engine/authorize/response/authorization_response.ts'
import { spendTicket } from '../../../engine/authorize/ticket.ts'
import { endsWithSession, lifetimesOf, stayOf } from '../../../engine/grant/lifetimes.ts'
import { readScopes } from '../../../engine/grant/scopes.ts'
import { whatWasSent } from '../../../http/authorize_flow.ts'
import type { Browser } from '../../../http/browser/cookies.ts'
import { sendPage } from '../../../http/browser/page_headers.ts'
import { interactionPath, resumePath } from '../../../http/browser/paths.ts'
import { callerOf } from '../../../http/caller.ts'
import { orThrow, Refusal } from '../../../protocol/refusal.ts'
import type { Context } from '../../../runtime/context.ts'
import type { Client } from '../../../runtime/kept/clients.ts'
import { Trace } from '../../../runtime/log/trace.ts'
import { describeApp, describeServices } from '../../describe_app.ts'
import { anyAccount } from '../../guards.ts'
import { paths } from '../../kit/paths.ts'
import { page, type WithForm } from '../../page.ts'
import { goTo, PageProblem, readQuery, secrets, type Visit } from '../../visit.ts'
import { declined, type OpenInteraction, openInteraction } from '../interaction.ts'
import { sendResponse } from '../response/response.ts'
import { consentRead, readDigest } from './consent_read.ts'
import { type ConsentProps, consent as view } from './consent_view.tsx'
import { describeAccount, describeScopes, nameOf } from './describe_asked.ts'

export const consentPage = page({
  path: paths.consent,
  guard: anyAccount,
  logged: 'consent',
  get: async (visit) => {
    const { context, reply, browser } = visit
    const open = await openInteraction(visit, readQuery(visit).get('request'))
    if (open === undefined) throw new PageProblem('request_unclear')
    const next = orThrow(await decideNext(context, open.request, browser))
    if (next.step === 'sign_in') return goTo(visit, interactionPath(signInAt(visit), open.sealed))
    if (next.step === 'factor') return goTo(visit, interactionPath(paths.factor, open.sealed))
    if (next.step === 'complete') return goTo(visit, resumePath(open.sealed))
    const { account, ticket } = next.person
    const asked = await askedOf(visit, open, next)
    const html = view({
      ...secrets(visit, open.sealed),
      server: new URL(context.settings.issuer).host,
      ...describeAccount(context, account),
      ...asked,
      read: readDigest(consentRead(visit.words, permissionsOf(open.request, next.client), asked)),
      ...(next.before === undefined ? {} : { before: describeBefore(open, next.client, next.before) }),
      ...(ticket === undefined
        ? { switchHref: interactionPath(paths.signIn, open.sealed) }
        : { once: true, ...insteadOfTicket(context, open, browser, account) }),
    })
    return sendPage(reply, 200, html, { endsAtApp: true })
  },
  post: async (visit) => {
    const { context, browser, form } = visit
    const open = await openInteraction(visit, form.get('request'))
    const decision = form.get('decision')
    if (open === undefined || (decision !== 'allow' && decision !== 'deny')) throw new PageProblem('request_unclear')
    const { ticket } = open.request
    if (decision === 'deny') {
      // A no uses the ticket up as well.
      if (ticket !== undefined) await spendTicket(context, ticket, browser.id)
      return declined(visit, open, new Refusal('consent_denied'), { endpoint: '/consent', rule: 'consent' })
    }
    const agreed = await agree(visit, open)
    if (!(agreed instanceof Refusal)) return agreed
    if (!mayRedirect(agreed)) throw agreed
    const rule = agreed.reason === 'ticket_spent' ? 'sign_in' : 'consent'
    return declined(visit, open, agreed, { endpoint: '/consent', rule })
  },
})

/** Where a sign-in is done, or what it still lacks. */
function signInAt({ browser }: Visit): typeof paths.signIn | typeof paths.acceptTerms {
  return browser.accepting === undefined ? paths.signIn : paths.acceptTerms
}

/** Does what the person has agreed to; a Refusal where it cannot be had any more. */
async function agree(visit: Visit & WithForm, open: OpenInteraction): Promise<FastifyReply | Refusal> {
  const { context, request, reply, browser } = visit
  const caller = callerOf(request)
  const next = await decideNext(context, open.request, browser)
  if (next instanceof Refusal) return next
  if (next.step === 'sign_in') return goTo(visit, interactionPath(signInAt(visit), open.sealed))
  if (next.step === 'factor') return goTo(visit, interactionPath(paths.factor, open.sealed))
  const read = consentRead(visit.words, permissionsOf(open.request, next.client), await askedOf(visit, open, next))
  // What the page said has changed since: it is read again before it is agreed to. A page of the release before does not say.
  if ((visit.form.get('read') ?? readDigest(read)) !== readDigest(read))
    return goTo(visit, interactionPath(paths.consent, open.sealed))
  const response = await allow(context, open.request, next, { id: browser.id, live: browser.live, caller, read })
  if (response === 'session_over') return goTo(visit, interactionPath(paths.consent, open.sealed))
  if (response instanceof Refusal) return response
  const trace = new Trace('/consent', 'POST', caller, { ruleset: 'authorize' })
  trace.skipAbsent(open.request)
  trace.at('consent')
  trace.client(next.client.id)
  trace.proved(next.person.account.id)
  trace.note(`The person agreed. ${whatWasSent(open.request)}.`)
  context.requests.record(trace, 303)
  return sendResponse(reply, response)
}

/** Who asks, what for, for how long, and where it goes. */
async function askedOf({ context }: Visit, { request }: OpenInteraction, next: Extract<Next, { person: Person }>) {
  const { client, person } = next
  const stay = stayOf(context.settings, client, request)
  const scopes = await readScopes(context)
  const seconds = lifetimesOf(context.settings, client, request.dialect).accessToken
  return {
    client: await describeApp(context, client),
    scopes: describeScopes(scopes, permissionsOf(request, client), stay),
    stay,
    services: await describeServices(context, scopes, request.scope, request.resources),
    redirect: destinationOf(request, client),
    policies: operatorDocuments(context),
    ...(stay === undefined
      ? { ends: { seconds, withSession: endsWithSession(request) && person.ticket === undefined } }
      : {}),
  }
}

/** A ticket's yes is for its account alone: whoever is signed in here, or wants to, goes on without the ticket. */
function insteadOfTicket(
  context: Context,
  open: OpenInteraction,
  browser: Browser,
  account: Account,
): { readonly switchHref: string; readonly signedInAs?: { readonly account: string; readonly href: string } } {
  const sealed = parkRequest(context, withoutTicket(open.request), open.bound)
  const switchHref = interactionPath(paths.signIn, sealed)
  if (browser.live === undefined || browser.live.account.id === account.id) return { switchHref }
  return { switchHref, signedInAs: { account: nameOf(browser.live.account), href: resumePath(sealed) } }
}

/** What the person has allowed the app before, and what of it has changed since. */
function describeBefore({ request }: OpenInteraction, client: Client, before: Consent): ConsentProps['before'] {
  const { shown, scope } = before
  const destination = lastingName(destinationOf(request, client))
  return {
    // That the app stays connected is news only where it has asked for that itself.
    scope: request.scope.includes('offline_access') ? scope : [...scope, 'offline_access'],
    name: shown === null || shown.name === client.name ? undefined : shown.name,
    destination: shown === null || shown.destination === destination ? undefined : shown.destination,
  }
}

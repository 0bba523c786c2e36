/** Signing in through a provider: /login/start/ID sends the browser there, and to /login/return/ID it comes back. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { againHrefOf, copyIn } from '../../engine/authorize/begun.ts'
import {
  admitPerson,
  linkPerson,
  openAccount,
  type Recognized,
  recognizePerson,
  takeSignUp,
} from '../../engine/providers/account.ts'
import { noteAddressTaken } from '../../engine/providers/ask.ts'
import { finishAttempt, startAttempt, stateIn } from '../../engine/providers/attempt.ts'
import { type EntryDestination, partDestination } from '../../engine/providers/destination.ts'
import { makeLink, openLink, type PendingLink, sealLink, spendLink } from '../../engine/providers/link.ts'
import { signInLost } from '../../engine/providers/lost_sign_in.ts'
import { socialAnswer, socialErrorUri } from '../../engine/providers/social.ts'
import { readBrowser } from '../../http/browser/cookies.ts'
import { ownPath } from '../../http/browser/paths.ts'
import { bodyText, callerOf, queryOf } from '../../http/caller.ts'
import { loggedPage } from '../../http/endpoint.ts'
import { parseForm } from '../../lib/form.ts'
import { Refusal } from '../../protocol/refusal.ts'
import type { Context } from '../../runtime/context.ts'
import { ProviderDenied, ProviderFailed } from '../../runtime/providers/failure.ts'
import type { ProviderIdentity } from '../../runtime/providers/provider_identity.ts'
import type { RelyingParty } from '../../runtime/providers/relying_party.ts'
import { endConnecting } from '../account/linked_identities.ts'
import { paths } from '../kit/paths.ts'
import { leave } from '../leave.ts'
import { goTo, PageProblem, readOwnForm, type Visit } from '../page.ts'
import { declined, type OpenInteraction, openInteraction, reseal } from './interaction.ts'
import { checkPassword, enter, type SignInShown, showSignIn } from './sign_in.ts'
import type { SignInProps } from './sign_in_view.tsx'

interface Params {
  Params: { provider: string }
}

export function registerProviderReturn(app: FastifyInstance, context: Context): void {
  app.post<Params>('/login/start/:provider', { config: loggedPage('sign_in') }, async (request, reply) => {
    const browser = await readBrowser(context, request, reply)
    const form = readOwnForm({ context, request, browser }, 'browser')
    const open = await openInteraction(context, form.get('request'), browser)
    const party = await requireParty(context, request.params.provider)
    const next = ownPath(form.get('next'))
    const anew = next === paths.accountSecurity
    const destination: EntryDestination = { kind: 'sign_in', request: open?.request, next, anew }
    try {
      return leave(reply, party, await startAttempt(context, party, browser.id, destination))
    } catch (error) {
      if (!(error instanceof ProviderFailed)) throw error
      context.log.warn({ provider: party.provider.id, why: error.message }, 'a provider cannot be reached')
      const visit = { context, request, reply, browser, bound: open?.bound ?? browser.id, destination }
      return show(visit, 503, { problem: 'provider', provider: party.provider.name })
    }
  })

  const returning = {
    ...loggedPage('sign_in'),
    // The answer of a provider is good for once.
    againAt: (request: FastifyRequest) => againFrom(context, stateIn(queryOf(request))),
  }
  app.get<Params>('/login/return/:provider', { exposeHeadRoute: false, config: returning }, async (request, reply) => {
    const browser = await readBrowser(context, request, reply)
    const caller = callerOf(request)
    const query = queryOf(request)
    const lost = () => signInLost(context, copyIn(stateIn(query) ?? ''), browser.known)
    const party = await context.providers.find(request.params.provider)
    if (party === undefined) {
      const gone = await lost()
      throw gone.ways === undefined ? new PageProblem('not_found') : gone
    }
    const given = { browser: browser.ids, query }
    const returned = await finishAttempt(context, party, given, caller).catch(async (error: unknown) => {
      throw error instanceof Refusal && error.reason === 'upstream_state_invalid' ? await lost() : error
    })
    const { destination, bound } = returned
    if (destination.kind === 'connect') {
      return endConnecting({ context, request, reply, browser }, destination, returned)
    }
    const visit = { context, request, reply, browser, bound, destination }
    if (!('identity' in returned)) return failed(visit, party, returned.failure)
    const { identity } = returned
    const found = (await recognizePerson(context, identity, caller)) ?? (await admitPerson(context, identity, caller))
    if (found.outcome !== 'address_taken') return arrive(visit, found, identity)
    // Where people choose their address at the provider, asking for many tells who has an account here.
    noteAddressTaken(context, caller)
    const link = makeLink(context, { identity, account: found.account, destination })
    return show(visit, 200, { link: linkShown(visit, link) })
  })

  const linking = {
    ...loggedPage('sign_in'),
    againAt: (request: FastifyRequest) => againFrom(context, parseForm(bodyText(request))?.get('link')),
  }
  app.post('/login/link', { config: linking }, async (request, reply) => {
    const browser = await readBrowser(context, request, reply)
    const form = readOwnForm({ context, request, browser }, 'browser')
    const sealed = form.get('link') ?? ''
    const lost = () => signInLost(context, copyIn(sealed), browser.known)
    const opened = openLink(context, sealed, browser.ids)
    if (opened === undefined) throw await lost()
    const { link, bound } = opened
    const visit = { context, request, reply, browser, bound, destination: link.destination }
    const caller = callerOf(request)
    const action = form.get('action')
    if (action === 'cancel') return cancelled(visit)
    const again = (status: number, shown: Shown) => show(visit, status, { ...shown, link: linkShown(visit, link) })
    if (action === 'new') {
      // First: where the budget is used up the link is good for later.
      const retryAfter = await takeSignUp(context, caller)
      if (retryAfter !== undefined) return again(429, { problem: 'too_many_accounts', retryAfter })
      if (!(await spendLink(context, link))) throw await lost()
      return arrive(visit, await openAccount(context, link.identity, caller), link.identity)
    }
    const checked = await checkPassword(context, request, form)
    if (!('account' in checked)) return again(checked.status, checked.shown)
    if (checked.account.id !== link.account) return again(403, { problem: 'other_account' })
    if (!(await spendLink(context, link))) throw await lost()
    const linked = await linkPerson(context, checked.account, link, caller)
    if (linked.outcome === 'account_changed') throw await lost()
    return arrive(visit, linked, link.identity, form.get('password'))
  })
}

/** Where what was begun with a sign-in through a provider is begun anew. */
function againFrom(context: Context, sealed: string | undefined): string {
  return againHrefOf(context, copyIn(sealed ?? '')) ?? paths.signIn
}

/** One request on the way of a person who came, or comes, from a provider. */
interface ProviderVisit extends Visit {
  /** The value of the browser's cookie that all of this way is bound to. */
  readonly bound: string
  readonly destination: EntryDestination
}

type Shown = SignInShown['shown']

/** Ends the sign-in where it was to lead: in a session and on to the app, or with a code for the app. */
async function arrive(
  visit: ProviderVisit,
  found: Recognized,
  { providerId, authTime }: ProviderIdentity,
  /** The password that they have given besides. */
  password?: string,
): Promise<FastifyReply> {
  const { context, request, reply, destination } = visit
  // The identity went to another account while its holder proved this one.
  if (found.outcome === 'address_taken') {
    throw await signInLost(context, partDestination(context, destination).copy, visit.browser.known)
  }
  if (destination.kind === 'social') {
    const signIn = { destination, providerId, browser: visit.bound }
    return goTo(reply, await socialAnswer(context, signIn, found, callerOf(request)))
  }
  if (found.outcome === 'disabled') return show(visit, 403, { problem: 'disabled' })
  const open = await reopen(visit)
  const amr = password === undefined ? [] : ['pwd']
  return enter(visit, found.account, { amr, password, authTime, open, next: destination.next })
}

/** Says what became of a sign-in that named nobody: to the app that asked for it, or on the sign-in page. */
async function failed(visit: ProviderVisit, { provider }: RelyingParty, failure: ProviderDenied | ProviderFailed) {
  const { reply, destination } = visit
  const denied = failure instanceof ProviderDenied
  if (destination.kind === 'social') {
    return goTo(reply, socialErrorUri(destination, new Refusal(denied ? 'upstream_denied' : 'upstream_unavailable')))
  }
  const problem = denied ? 'provider_denied' : 'provider'
  return show(visit, denied ? 400 : 502, { problem, provider: provider.name })
}

async function cancelled(visit: ProviderVisit): Promise<FastifyReply> {
  const { reply, destination } = visit
  if (destination.kind === 'social') return goTo(reply, socialErrorUri(destination, new Refusal('login_cancelled')))
  const open = await reopen(visit)
  if (open === undefined) return goTo(reply, '/')
  return declined(visit, open, new Refusal('login_cancelled'), { endpoint: '/login/link', rule: 'sign_in' })
}

async function show(visit: ProviderVisit, status: number, shown: Shown): Promise<FastifyReply> {
  const { destination } = visit
  const next = destination.kind === 'sign_in' ? destination.next : undefined
  const endsAtApp = destination.kind === 'social'
  return showSignIn(visit, await reopen(visit), { status, shown }, { next, endsAtApp })
}

function linkShown({ context, bound }: ProviderVisit, link: PendingLink): NonNullable<SignInProps['link']> {
  const { identity } = link
  return { sealed: sealLink(context, link, bound), provider: identity.providerName, email: identity.email ?? '' }
}

/** The app's request that has waited meanwhile, sealed anew. Throws Refusal. */
async function reopen({ context, bound, destination }: ProviderVisit): Promise<OpenInteraction | undefined> {
  if (destination.kind !== 'sign_in' || destination.request === undefined) return undefined
  return reseal(context, destination.request, bound)
}

async function requireParty(context: Context, id: string): Promise<RelyingParty> {
  const party = await context.providers.find(id)
  if (party === undefined) throw new PageProblem('not_found')
  return party
}

/** Signing in through a provider: /login/start/ID sends the browser there, and to /login/return/ID it comes back. */
import type { FastifyReply } from 'fastify'
import { needsFactor } from '../../engine/account/accounts.ts'
import { againHrefOf, copyIn } from '../../engine/authorize/begun.ts'
import {
  admitPerson,
  linkPerson,
  openAccountFor,
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
import { ownPath } from '../../http/browser/paths.ts'
import { bodyText, callerOf, queryOf } from '../../http/caller.ts'
import { parseForm } from '../../lib/form.ts'
import { Refusal } from '../../protocol/refusal.ts'
import type { Context } from '../../runtime/context.ts'
import { ProviderDenied, ProviderFailed } from '../../runtime/providers/failure.ts'
import type { ProviderIdentity } from '../../runtime/providers/provider_identity.ts'
import type { RelyingParty } from '../../runtime/providers/relying_party.ts'
import { endConnecting } from '../account/linked_identities.ts'
import { anyone } from '../guards.ts'
import { paths } from '../kit/paths.ts'
import { leave } from '../leave.ts'
import { page } from '../page.ts'
import { goTo, PageProblem, partOfPath, type Visit } from '../visit.ts'
import { declined, type OpenInteraction, openInteraction, reseal } from './interaction.ts'
import { checkPassword, enter, type SignInShown, showSignIn } from './sign_in.ts'
import type { SignInProps } from './sign_in_view.tsx'

export const providerPages = [
  page({
    path: `${paths.signInStart}/:provider`,
    guard: anyone,
    logged: 'sign_in',
    post: async (visit) => {
      const { context, browser, form } = visit
      const open = await openInteraction(visit, form.get('request'))
      const party = await requireParty(visit)
      const next = ownPath(form.get('next'))
      const anew = next === paths.accountSecurity
      const destination: EntryDestination = { kind: 'sign_in', request: open?.request, next, anew }
      try {
        return leave(visit, party, await startAttempt(context, party, browser.id, destination))
      } catch (error) {
        if (!(error instanceof ProviderFailed)) throw error
        context.log.warn({ provider: party.provider.id, why: error.message }, 'a provider cannot be reached')
        const from = { ...visit, boundTo: open?.bound ?? browser.id, destination }
        return show(from, 503, { problem: 'provider', provider: party.provider.name })
      }
    },
  }),

  page({
    path: '/login/return/:provider',
    guard: anyone,
    logged: 'sign_in',
    head: false,
    // The answer of a provider is good for once.
    againAt: (request, context) => againFrom(context, stateIn(queryOf(request))),
    get: async (visit) => {
      const { context, request, browser } = visit
      const caller = callerOf(request)
      const query = queryOf(request)
      const lost = () => signInLost(context, copyIn(stateIn(query) ?? ''), browser.known)
      const party = await findParty(visit)
      if (party === undefined) {
        const gone = await lost()
        throw gone.ways === undefined ? new PageProblem('not_found') : gone
      }
      const given = { browser: browser.ids, query }
      const returned = await finishAttempt(context, party, given, caller)
      if (returned === undefined) throw await lost()
      const { destination, bound: boundTo } = returned
      if (destination.kind === 'connect') return endConnecting(visit, destination, returned)
      const from = { ...visit, boundTo, destination }
      if (!('identity' in returned)) return failed(from, party, returned.failure)
      const { identity } = returned
      const found = (await recognizePerson(context, identity, caller)) ?? (await admitPerson(context, identity, caller))
      if (found.outcome !== 'address_taken') return arrive(from, found, identity)
      // Where people choose their address at the provider, asking for many tells who has an account here.
      noteAddressTaken(context, caller)
      const link = makeLink(context, { identity, account: found.account, destination })
      return show(from, 200, { link: linkShown(from, link) })
    },
  }),

  page({
    path: paths.signInLink,
    guard: anyone,
    logged: 'sign_in',
    againAt: (request, context) => againFrom(context, parseForm(bodyText(request))?.get('link')),
    post: async (visit) => {
      const { context, request, browser, form } = visit
      const sealed = form.get('link') ?? ''
      const lost = () => signInLost(context, copyIn(sealed), browser.known)
      const opened = openLink(context, sealed, browser.ids)
      if (opened === undefined) throw await lost()
      const { link, bound: boundTo } = opened
      const from = { ...visit, boundTo, destination: link.destination }
      const caller = callerOf(request)
      const action = form.get('action')
      if (action === 'cancel') return cancelled(from)
      const again = (status: number, shown: Shown) => show(from, status, { ...shown, link: linkShown(from, link) })
      if (action === 'new') {
        // First: where the budget is used up the link is good for later.
        const retryAfter = await takeSignUp(context, caller)
        if (retryAfter !== undefined) return again(429, { problem: 'too_many_accounts', retryAfter })
        if (!(await spendLink(context, link))) throw await lost()
        return arrive(from, await openAccountFor(context, link.identity, caller), link.identity)
      }
      const checked = await checkPassword(visit)
      if (!('account' in checked)) return again(checked.status, checked.shown)
      if (checked.account.id !== link.account) return again(403, { problem: 'other_account' })
      // A way in that is added here would outlast a change of the password, which is all that was proved.
      if (needsFactor(context, checked.account)) {
        const shown = { problem: 'link_needs_factor', provider: link.identity.providerName } as const
        return link.destination.kind === 'social' ? again(403, shown) : show(from, 403, shown)
      }
      if (!(await spendLink(context, link))) throw await lost()
      const linked = await linkPerson(context, checked.account, link, caller)
      if (linked.outcome === 'account_changed') throw await lost()
      return arrive(from, linked, link.identity, form.get('password'))
    },
  }),
]

/** Where what was begun with a sign-in through a provider is begun anew. */
function againFrom(context: Context, sealed: string | undefined): string {
  return againHrefOf(context, copyIn(sealed ?? '')) ?? paths.signIn
}

/** One request on the way of a person who came, or comes, from a provider. */
interface ProviderVisit extends Visit {
  /** The value of the browser's cookie that all of this way is bound to. */
  readonly boundTo: string
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
  const { context, request, destination } = visit
  // The identity went to another account while its holder proved this one.
  if (found.outcome === 'address_taken') {
    throw await signInLost(context, partDestination(context, destination).copy, visit.browser.known)
  }
  if (destination.kind === 'social') {
    const signIn = { destination, providerId, browser: visit.boundTo }
    return goTo(visit, await socialAnswer(context, signIn, found, callerOf(request)))
  }
  if (found.outcome === 'disabled') return show(visit, 403, { problem: 'disabled' })
  if (found.outcome === 'not_admitted') return show(visit, 403, { problem: 'sign_up_closed' })
  const open = await reopen(visit)
  const amr = password === undefined ? [] : ['pwd']
  return enter(visit, found.account, { amr, password, authTime, provider: providerId, open, next: destination.next })
}

/** Says what became of a sign-in that named nobody: to the app that asked for it, or on the sign-in page. */
async function failed(visit: ProviderVisit, { provider }: RelyingParty, failure: ProviderDenied | ProviderFailed) {
  const { destination } = visit
  const denied = failure instanceof ProviderDenied
  if (destination.kind === 'social') {
    return goTo(visit, socialErrorUri(destination, new Refusal(denied ? 'upstream_denied' : 'upstream_unavailable')))
  }
  const problem = denied ? 'provider_denied' : 'provider'
  return show(visit, denied ? 400 : 502, { problem, provider: provider.name })
}

async function cancelled(visit: ProviderVisit): Promise<FastifyReply> {
  const { destination } = visit
  if (destination.kind === 'social') return goTo(visit, socialErrorUri(destination, new Refusal('login_cancelled')))
  const open = await reopen(visit)
  if (open === undefined) return goTo(visit, paths.start)
  return declined(visit, open, new Refusal('login_cancelled'), { endpoint: '/login/link', rule: 'sign_in' })
}

async function show(visit: ProviderVisit, status: number, shown: Shown): Promise<FastifyReply> {
  const { destination } = visit
  const next = destination.kind === 'sign_in' ? destination.next : undefined
  const endsAtApp = destination.kind === 'social'
  return showSignIn(visit, await reopen(visit), { status, shown }, { next, endsAtApp })
}

function linkShown({ context, boundTo }: ProviderVisit, link: PendingLink): NonNullable<SignInProps['link']> {
  const { identity } = link
  return { sealed: sealLink(context, link, boundTo), provider: identity.providerName, email: identity.email ?? '' }
}

/** The app's request that has waited meanwhile, sealed anew. Throws Refusal. */
async function reopen({ context, boundTo, destination }: ProviderVisit): Promise<OpenInteraction | undefined> {
  if (destination.kind !== 'sign_in' || destination.request === undefined) return undefined
  return reseal(context, destination.request, boundTo)
}

/** The provider that the address names. */
function findParty(visit: Visit): Promise<RelyingParty | undefined> {
  return visit.context.providers.find(partOfPath(visit, 'provider'))
}

async function requireParty(visit: Visit): Promise<RelyingParty> {
  const party = await findParty(visit)
  if (party === undefined) throw new PageProblem('not_found')
  return party
}

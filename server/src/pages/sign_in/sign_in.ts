/**
 * /login: name and password, or a provider, then on to what the person came for. The room has the pages between an app's
 * request and its answer.
 * Not here: what comes next, which every page asks `engine/authorize/next_step.ts`. Neighbours: `problem/` where a
 * request is lost; `account/` where nobody waits for an answer. To add: a step, a route that opens the request by
 * `interaction.ts`, and a view.
 */
import type { FastifyReply } from 'fastify'
import { type Account, isOutdated, signIn } from '../../engine/account/accounts.ts'
import { keepFactor, settleRemoval } from '../../engine/account/factors/lost_factor.ts'
import { mustEnrol } from '../../engine/account/factors/requirement.ts'
import { sealStep } from '../../engine/account/factors/step.ts'
import { isKnownBrowser } from '../../engine/account/known_devices.ts'
import { passkeysOffered } from '../../engine/account/passkeys/passkeys.ts'
import { startPasskeySignIn } from '../../engine/account/passkeys/prove.ts'
import { lacksFactor, startSession } from '../../engine/account/sessions.ts'
import { signUpIsOpen } from '../../engine/account/sign_up.ts'
import { unmetBySession, unmetRefusal } from '../../engine/authorize/next_step.ts'
import type { AuthorizationRequest } from '../../engine/authorize/request.ts'
import { type Browser, setSession } from '../../http/browser/cookies.ts'
import { deviceCookie, setDeviceCookie } from '../../http/browser/device_cookie.ts'
import { sendPage } from '../../http/browser/page_headers.ts'
import { factorPath, interactionPath, ownPath, resumePath } from '../../http/browser/paths.ts'
import { callerOf } from '../../http/caller.ts'
import type { Millis } from '../../lib/clock.ts'
import { Refusal } from '../../protocol/refusal.ts'
import type { Context } from '../../runtime/context.ts'
import { LegacyLoginAway } from '../../runtime/limits/legacy_login.ts'
import { PasswordQueueFull } from '../../runtime/limits/passwords.ts'
import { leaveFlash } from '../flash.ts'
import { anyone } from '../guards.ts'
import { paths } from '../kit/paths.ts'
import type { OfferedProvider } from '../kit/provider_button.tsx'
import { page, type WithForm } from '../page.ts'
import { goTo, noticeOf, PageProblem, readQuery, secrets, type Visit } from '../visit.ts'
import { declined, type OpenInteraction, openInteraction } from './interaction.ts'
import { type SignInProps, signIn as view } from './sign_in_view.tsx'

/** For the log of an app whose request ends on this page. */
const here = { endpoint: '/login', rule: 'sign_in' } as const

export const signInPage = page({
  path: paths.signIn,
  guard: anyone,
  logged: 'sign_in',
  get: async (visit) => {
    const open = await openInteraction(visit, readQuery(visit).get('request'))
    const login = open?.request.loginHint ?? open?.request.hintName
    return showSignIn(visit, open, { status: 200, shown: { login } })
  },
  post: async (visit) => {
    const { context, browser, form } = visit
    const open = await openInteraction(visit, form.get('request'))
    if (form.get('action') === 'cancel') {
      if (open === undefined) return goTo(visit, paths.start)
      return declined(visit, open, new Refusal('login_cancelled'), here)
    }
    if (form.get('action') === 'leave') {
      if (open === undefined) throw new PageProblem('request_unclear')
      const refusal = unmetRefusal(unmetBySession(context, open.request, browser.live))
      return declined(visit, open, refusal, here)
    }
    const checked = await checkPassword(visit)
    if (!('account' in checked)) return showSignIn(visit, open, checked)
    const [next, password] = [form.get('next'), form.get('password')]
    return enter(visit, checked.account, { amr: ['pwd'], password, open, next })
  },
})

/** The account that the form opens, or with which status and words the page is shown again. */
export async function checkPassword({
  context,
  request,
  form,
}: Visit & WithForm): Promise<{ readonly account: Account } | SignInShown> {
  const login = form.get('username')
  const password = form.get('password')
  if (login === undefined || password === undefined) return { status: 400, shown: { login, problem: 'incomplete' } }
  try {
    const given = { login, password, device: deviceCookie(context, request) }
    const result = await signIn(context, given, callerOf(request))
    switch (result.outcome) {
      case 'signed_in':
        return { account: result.account }
      case 'wrong':
        return { status: 401, shown: { login, problem: 'mismatch' } }
      case 'throttled':
        return { status: 429, shown: { login, problem: 'too_many', retryAfter: result.retryAfter } }
    }
  } catch (error) {
    if (error instanceof LegacyLoginAway)
      return { status: 503, shown: { login, problem: 'not_checked', retryAfter: 5 } }
    if (!(error instanceof PasswordQueueFull)) throw error
    return { status: 503, shown: { login, problem: 'busy', retryAfter: 5 } }
  }
}

/** With which status and words the page is shown. */
export interface SignInShown {
  readonly status: number
  readonly shown: Pick<SignInProps, 'login' | 'problem' | 'retryAfter' | 'link' | 'provider'>
}

/** How a person was authenticated, and where they go on to. */
export interface Entry {
  /** By what they were (RFC 8176). */
  readonly amr: readonly string[]
  /** The password that they gave, where it was one that they had before. */
  readonly password?: string | undefined
  /** When a provider says that they were, and which. */
  readonly authTime?: Millis | undefined
  readonly provider?: string
  /** The app's request that waits. */
  readonly open?: OpenInteraction | undefined
  /** The page of ours that waits, if any. */
  readonly next?: string | undefined
  /** What that page shows once. */
  readonly once?: string | undefined
}

/**
 * Starts a session for a person who has just been authenticated, in place of any before, and goes on: to the app's
 * request, to the page that waits, or to the account. Who has a second factor is asked for it first, who must have one adds
 * it first, who has not accepted the terms does that, and whose password is weaker than new ones may be is asked on the way to change it.
 */
export async function enter(visit: Visit, found: Account, entry: Entry): Promise<FastifyReply> {
  const { context, browser, request } = visit
  const { password, ...how } = entry
  const account = lacksFactor(found, how.amr) ? await settleRemoval(context, found, callerOf(request)) : found
  const outdated = password !== undefined && (await isOutdated(context, account, password))
  if (lacksFactor(account, how.amr)) {
    const first = { amr: [...how.amr], outdated, next: ownPath(how.next) }
    return goTo(visit, factorPath(sealStep(context, account, first, browser.id), how.open?.sealed))
  }
  return begin(visit, account, { ...how, outdated })
}

/** Starts the session of a person who has proved all factors of their account, and goes on. */
export async function begin(
  visit: Visit,
  account: Account,
  { amr, authTime, provider, outdated, open, next, once }: Omit<Entry, 'password'> & { readonly outdated: boolean },
): Promise<FastifyReply> {
  const { context, request, reply, browser } = visit
  if (account.secondFactor) await keepFactor(context, account, callerOf(request))
  const newBrowser = !isKnownBrowser(context, deviceCookie(context, request), account)
  const how = { amr, authTime, replaces: browser.held, newBrowser, signIn: { provider } }
  const { token, session } = await startSession(context, account, how, callerOf(request))
  setSession(context, reply, token)
  setDeviceCookie(context, request, reply, account)
  const path = ownPath(next)
  if (path !== undefined && once !== undefined) leaveFlash({ ...visit, live: { session, account } }, path, once)
  if (mustEnrol(context.settings, account)) return goTo(visit, interactionPath(paths.totp, open?.sealed, path))
  if (session.termsDue) return goTo(visit, interactionPath(paths.acceptTerms, open?.sealed, path))
  if (outdated) return goTo(visit, interactionPath(paths.outdatedPassword, open?.sealed, path))
  return goOn(visit, account, { open, next: path })
}

/** Goes on to what a person came for whose session counts; `next` is a path of ours. */
export function goOn(
  visit: Visit,
  { emailRefusedAt }: Account,
  { open, next }: Pick<Entry, 'open' | 'next'>,
): FastifyReply {
  if (emailRefusedAt !== null) return goTo(visit, interactionPath(paths.refusedAddress, open?.sealed, next))
  if (open !== undefined) return goTo(visit, resumePath(open.sealed))
  return goTo(visit, next ?? paths.account)
}

/** The page, with a button for each provider, disabled where it cannot be reached. */
export async function showSignIn(
  visit: Visit,
  open: OpenInteraction | undefined,
  { status, shown }: SignInShown,
  /** Where the person goes on to, where that is not the app that `open` names. */
  onward: { readonly next?: string | undefined; readonly endsAtApp?: boolean } = {
    next: ownPath(readQuery(visit).get('next')),
  },
): Promise<FastifyReply> {
  const { context, reply, browser } = visit
  if (shown.retryAfter !== undefined) reply.header('retry-after', String(shown.retryAfter))
  const html = view({
    ...secrets(visit, open?.sealed),
    ...shown,
    next: onward.next,
    providers: await offeredProviders(context),
    passkey: startPasskeySignIn(context, browser.id),
    clientName: open?.client.name,
    ...(open === undefined ? {} : describeWanted(context, open.request, browser)),
    notice: status === 200 ? noticeOf(visit, visit.words.signIn.notices) : undefined,
    forgotHref: context.mailer.way === 'none' ? undefined : interactionPath(paths.forgot, open?.sealed),
    signUpHref: signUpIsOpen(context) ? interactionPath(paths.signUp, open?.sealed, onward.next) : undefined,
  })
  return sendPage(reply, status, html, {
    endsAtApp: open !== undefined || onward.endsAtApp === true,
    scripts: passkeysOffered(context),
  })
}

/** Whom the app wants, as far as its own token says it, and why whoever is signed in will not do. */
function describeWanted(
  context: Context,
  request: AuthorizationRequest,
  { live }: Browser,
): Pick<SignInProps, 'wanted' | 'unmet'> {
  const { hintSubject, hintName } = request
  const unmet = unmetBySession(context, request, live)
  return {
    wanted: hintSubject === undefined ? undefined : hintName,
    unmet: unmet && { why: unmet.why, account: unmet.signedIn.email ?? unmet.signedIn.username },
  }
}

/** The providers that people can sign in through, those that cannot be reached marked. */
export async function offeredProviders(context: Context): Promise<readonly OfferedProvider[]> {
  const parties = await context.providers.list()
  const reachable = await Promise.all(parties.map((party) => party.isReachable()))
  return parties.map(({ provider: { id, name } }, at) => ({ id, name, unreachable: !reachable[at] }))
}

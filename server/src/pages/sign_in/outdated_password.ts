/**
 * /login/password: after a right sign-in with a password that would not be taken as a new one, its holder is asked to change
 * it, once a sign-in (NIST SP 800-63B §5.1.1.2). What they came for goes on either way. That the password is weak is known
 * while it is in hand, and kept nowhere.
 */
import type { FastifyReply } from 'fastify'
import { changePassword } from '../../engine/account/accounts.ts'
import { passwordRules } from '../../engine/account/passwords/rules.ts'
import { continueSession } from '../../engine/account/sessions.ts'
import { setSession } from '../../http/browser/cookies.ts'
import { deviceCookie, setDeviceCookie } from '../../http/browser/device_cookie.ts'
import { sendPage } from '../../http/browser/page_headers.ts'
import { ownPath, resumePath } from '../../http/browser/paths.ts'
import { justSignedIn } from '../guards.ts'
import { paths } from '../kit/paths.ts'
import { page } from '../page.ts'
import { goTo, readQuery, type SignedIn, secrets } from '../visit.ts'
import { openInteraction } from './interaction.ts'
import { type OutdatedPasswordProps, outdatedPassword } from './outdated_password_view.tsx'

export const outdatedPasswordPage = page({
  path: paths.outdatedPassword,
  guard: justSignedIn,
  logged: 'sign_in',
  get: (visit) => show(visit),
  post: async (visit) => {
    const { context, request, reply, form, by, live } = visit
    const device = deviceCookie(context, request)
    const passwords = { current: form.get('current-password') ?? '', next: form.get('new-password') ?? '', device }
    const result = await changePassword(context, live, passwords, by.caller)
    if (result.outcome === 'problems') return show(visit, { status: 400, problems: result.problems })
    if (result.outcome === 'throttled') {
      reply.header('retry-after', String(result.retryAfter))
      return show(visit, { status: 429, wait: { cause: 'too_many', seconds: result.retryAfter } })
    }
    // The guard asks them to sign in.
    if (result.outcome === 'sign_in_again') return goTo(visit, request.url)
    const { token } = await continueSession(context, live, result.account, by.caller)
    setSession(context, reply, token)
    setDeviceCookie(context, request, reply, result.account)
    const open = await openInteraction(visit, form.get('request'))
    return goTo(visit, onwardPath(open?.sealed, form.get('next')))
  },
})

/** Where somebody goes on to who has signed in: the request of an app, a page of ours, or the account. */
export function onwardPath(sealed: string | undefined, next: string | undefined): string {
  return sealed === undefined ? (ownPath(next) ?? paths.account) : resumePath(sealed)
}

async function show(
  visit: SignedIn,
  { status = 200, ...more }: Pick<OutdatedPasswordProps, 'problems' | 'wait'> & { readonly status?: number } = {},
): Promise<FastifyReply> {
  const { context, reply, by } = visit
  const query = readQuery(visit)
  const open = await openInteraction(visit, query.get('request'))
  const next = ownPath(query.get('next'))
  const html = outdatedPassword({
    ...secrets(visit, open?.sealed),
    ...more,
    username: by.account.username,
    passwordMinimum: passwordRules(context.settings, by.account.secondFactor).minimum,
    clientName: open?.client.name,
    next,
    laterHref: onwardPath(open?.sealed, next),
  })
  return sendPage(reply, status, html, { endsAtApp: open !== undefined })
}

/**
 * /login/password: after a right sign-in with a password that would not be taken as a new one, its holder is asked to change
 * it, once a sign-in (NIST SP 800-63B §5.1.1.2). What they came for goes on either way. That the password is weak is known
 * while it is in hand, and kept nowhere.
 */
import type { FastifyInstance, FastifyReply } from 'fastify'
import { changePassword } from '../../engine/account/accounts.ts'
import { passwordRules } from '../../engine/account/password_rules.ts'
import { startSession } from '../../engine/account/sessions.ts'
import { readBrowser, setSession } from '../../http/browser/cookies.ts'
import { deviceCookie, setDeviceCookie } from '../../http/browser/device_cookie.ts'
import { sendPage } from '../../http/browser/page_headers.ts'
import { interactionPath, ownPath, resumePath } from '../../http/browser/paths.ts'
import { loggedPage } from '../../http/endpoint.ts'
import type { Context } from '../../runtime/context.ts'
import { paths } from '../kit/paths.ts'
import { goTo, readQuery, readSignedForm, type SignedIn, secrets, type Visit } from '../page.ts'
import { openInteraction } from './interaction.ts'
import { type OutdatedPasswordProps, outdatedPassword } from './outdated_password_view.tsx'

export function registerOutdatedPassword(app: FastifyInstance, context: Context): void {
  app.get(paths.outdatedPassword, { config: loggedPage('sign_in') }, async (request, reply) => {
    const browser = await readBrowser(context, request, reply)
    const { live } = browser
    const query = readQuery(request)
    if (live !== undefined) return show({ context, request, reply, browser: { ...browser, live } })
    return goTo(reply, interactionPath('/login', query.get('request'), ownPath(query.get('next'))))
  })

  app.post(paths.outdatedPassword, { config: loggedPage('sign_in') }, async (request, reply) => {
    const { browser, form, by } = await readSignedForm(context, request, reply)
    const visit = { context, request, reply, browser }
    const device = deviceCookie(context, request)
    const passwords = { current: form.get('current-password') ?? '', next: form.get('new-password') ?? '', device }
    const result = await changePassword(context, by.account, passwords, by.caller)
    if (result.outcome === 'problems') {
      return show(visit, { status: 400, problems: result.problems })
    }
    if (result.outcome === 'throttled') {
      reply.header('retry-after', String(result.retryAfter))
      const wait = { cause: 'too_many', seconds: result.retryAfter } as const
      return show(visit, { status: 429, wait })
    }
    const { token } = await startSession(context, result.account, { amr: ['pwd'] }, by.caller)
    setSession(context, reply, token)
    setDeviceCookie(context, request, reply, result.account)
    const open = await openInteraction(context, form.get('request'), browser)
    return goTo(reply, onwardPath(open?.sealed, form.get('next')))
  })
}

function onwardPath(sealed: string | undefined, next: string | undefined): string {
  return sealed === undefined ? (ownPath(next) ?? paths.account) : resumePath(sealed)
}

async function show(
  { context, request, reply, browser }: Visit<SignedIn>,
  { status = 200, ...more }: Pick<OutdatedPasswordProps, 'problems' | 'wait'> & { readonly status?: number } = {},
): Promise<FastifyReply> {
  const query = readQuery(request)
  const open = await openInteraction(context, query.get('request'), browser)
  const next = ownPath(query.get('next'))
  const { account } = browser.live
  const html = outdatedPassword({
    ...secrets(context, browser, 'account', open?.sealed),
    ...more,
    username: account.username,
    passwordMinimum: passwordRules(context.settings, account.secondFactor).minimum,
    clientName: open?.client.name,
    next,
    laterHref: onwardPath(open?.sealed, next),
  })
  return sendPage(reply, status, html, { endsAtApp: open !== undefined })
}

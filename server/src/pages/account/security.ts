/** /account/security: choosing and changing the password, and the page with all ways to sign in. */
import type { FastifyInstance, FastifyReply } from 'fastify'
import { changePassword, setFirstPassword } from '../../engine/account/accounts.ts'
import { passwordRules } from '../../engine/account/password_rules.ts'
import { isRecent, startSession } from '../../engine/account/sessions.ts'
import { listWaysIn } from '../../engine/providers/linked_identities.ts'
import { setSession } from '../../http/browser/cookies.ts'
import { deviceCookie, setDeviceCookie } from '../../http/browser/device_cookie.ts'
import { sendPage } from '../../http/browser/page_headers.ts'
import { wordsOf } from '../../http/browser/words.ts'
import type { Context } from '../../runtime/context.ts'
import { PasswordQueueFull } from '../../runtime/limits/passwords.ts'
import type { Words } from '../../words/index.ts'
import { paths } from '../kit/paths.ts'
import {
  goTo,
  noticeOf,
  readQuery,
  readSignedForm,
  requireSignedIn,
  type SignedForm,
  type SignedIn,
  secrets,
  type Visit,
  viewerOf,
} from '../page.ts'
import { type AccountSecurityProps, accountSecurity, refusalNamed, type SecurityRefusal } from './security_view.tsx'

const busyFor = 5

export function registerAccountSecurity(app: FastifyInstance, context: Context): void {
  app.get(paths.accountSecurity, async (request, reply) => {
    const browser = await requireSignedIn(context, request, reply)
    if (browser === undefined) return reply
    const query = readQuery(request)
    const say = wordsOf(request).security
    return showSecurity({ context, request, reply, browser }, 200, {
      notice: query.has('changed') ? say.changed : noticeOf(request, say.notices),
      refused: refusalNamed(say, query.get('refused')),
    })
  })

  app.post(paths.accountSecurity, async (request, reply) => {
    const signed = await readSignedForm(context, request, reply)
    const visit = { context, request, reply, browser: signed.browser }
    try {
      const given = signed.by.account.passwordHash === null ? setPassword : replacePassword
      return await given(visit, signed)
    } catch (error) {
      if (!(error instanceof PasswordQueueFull)) throw error
      reply.header('retry-after', String(busyFor))
      return showSecurity(visit, 503, { wait: { cause: 'busy', seconds: busyFor } })
    }
  })
}

async function replacePassword(visit: Visit<SignedIn>, { form, by }: SignedForm) {
  const { context, request, reply } = visit
  const device = deviceCookie(context, request)
  const passwords = { current: form.get('current-password') ?? '', next: form.get('new-password') ?? '', device }
  const result = await changePassword(context, by.account, passwords, by.caller)
  if (result.outcome === 'problems') {
    return showSecurity(visit, 400, { problems: result.problems })
  }
  if (result.outcome === 'throttled') {
    reply.header('retry-after', String(result.retryAfter))
    const wait = { cause: 'too_many', seconds: result.retryAfter } as const
    return showSecurity(visit, 429, { wait })
  }
  const { token } = await startSession(context, result.account, { amr: ['pwd'] }, by.caller)
  setSession(context, reply, token)
  setDeviceCookie(context, request, reply, result.account)
  return goTo(reply, `${paths.accountSecurity}?changed=1`)
}

async function setPassword(visit: Visit<SignedIn>, { form, by }: SignedForm) {
  const { context, reply, browser } = visit
  // The page showed a password to change, which is gone.
  if (form.get('current-password') !== undefined) {
    return showSecurity(visit, 400, { refused: 'account_changed' })
  }
  const result = await setFirstPassword(context, browser.live, form.get('new-password') ?? '', by.caller)
  switch (result.outcome) {
    case 'set':
      return securityDone(reply, 'password_set')
    case 'problems':
      return showSecurity(visit, 400, { problems: result.problems })
    case 'sign_in_again':
      return showSecurity(visit, 403, { refused: result.outcome })
    case 'throttled':
      reply.header('retry-after', String(result.retryAfter))
      return showSecurity(visit, 429, { wait: { cause: 'too_many', seconds: result.retryAfter } })
    case 'has_one':
      return securityRefused(reply, 'account_changed')
  }
}

/** Back to the page, which says what has been done. */
export function securityDone(reply: FastifyReply, done: keyof Words['security']['notices']): FastifyReply {
  return goTo(reply, `${paths.accountSecurity}?done=${done}`)
}

/** Back to the page, which says why nothing has. */
export function securityRefused(reply: FastifyReply, why: SecurityRefusal): FastifyReply {
  return goTo(reply, `${paths.accountSecurity}?refused=${why}`)
}

/** The page, with a button for each provider that is not connected, disabled where it cannot be reached. */
export async function showSecurity(
  { context, reply, browser }: Visit<SignedIn>,
  status: number,
  props: Pick<AccountSecurityProps, 'problems' | 'wait' | 'notice' | 'refused'>,
): Promise<FastifyReply> {
  const { account } = browser.live
  const { connected, others } = await listWaysIn(context, account)
  const reachable = await Promise.all(others.map((party) => party.isReachable()))
  const html = accountSecurity({
    ...secrets(context, browser, 'account'),
    viewer: viewerOf(browser.live),
    hasPassword: account.passwordHash !== null,
    passwordMinimum: passwordRules(context.settings, browser.live.account.secondFactor).minimum,
    connected,
    others: others.map(({ provider: { id, name } }, at) => ({ id, name, unreachable: !reachable[at] })),
    recent: isRecent(context, browser.live),
    ...props,
  })
  return sendPage(reply, status, html)
}

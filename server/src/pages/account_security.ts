/** /account/security: changing the password. */
import type { FastifyInstance, FastifyReply } from 'fastify'
import { changePassword, passwordMinimum } from '../engine/accounts.ts'
import type { Context } from '../engine/context.ts'
import { PasswordQueueFull } from '../engine/passwords.ts'
import { startSession } from '../engine/sessions.ts'
import { setSession } from '../http/cookies.ts'
import { sendPage } from '../http/page_headers.ts'
import { paths } from './kit/paths.ts'
import { goTo, readQuery, readSignedForm, requireSignedIn, type SignedIn, secrets, viewerOf } from './page.ts'
import { type AccountSecurityProps, accountSecurity } from './views/account_security.tsx'

const changed = 'Your password has been changed. Every other browser and every app has been signed out.'
const busyFor = 5

export function registerAccountSecurity(app: FastifyInstance, context: Context): void {
  app.get(paths.accountSecurity, async (request, reply) => {
    const browser = await requireSignedIn(context, request, reply)
    if (browser === undefined) return reply
    return show(context, reply, 200, browser, {
      notice: readQuery(request).has('changed') ? changed : undefined,
    })
  })

  app.post(paths.accountSecurity, async (request, reply) => {
    const { browser, form, by } = await readSignedForm(context, request, reply)
    const passwords = { current: form.get('current-password') ?? '', next: form.get('new-password') ?? '' }
    try {
      const result = await changePassword(context, by.account, passwords, by.caller)
      if (result.outcome === 'problems') {
        return show(context, reply, 400, browser, { problems: result.problems })
      }
      if (result.outcome === 'throttled') {
        reply.header('retry-after', String(result.retryAfter))
        const wait = { cause: 'too_many', seconds: result.retryAfter } as const
        return show(context, reply, 429, browser, { wait })
      }
      const { token } = await startSession(context, result.account, ['pwd'], by.caller)
      setSession(context, reply, token)
      return goTo(reply, `${paths.accountSecurity}?changed=1`)
    } catch (error) {
      if (!(error instanceof PasswordQueueFull)) throw error
      reply.header('retry-after', String(busyFor))
      return show(context, reply, 503, browser, { wait: { cause: 'busy', seconds: busyFor } })
    }
  })
}

function show(
  context: Context,
  reply: FastifyReply,
  status: number,
  browser: SignedIn,
  props: Pick<AccountSecurityProps, 'problems' | 'wait' | 'notice'>,
): FastifyReply {
  const html = accountSecurity({
    ...secrets(context, browser, 'session'),
    viewer: viewerOf(browser.live),
    hasPassword: browser.live.account.passwordHash !== null,
    passwordMinimum,
    ...props,
  })
  return sendPage(reply, status, html)
}

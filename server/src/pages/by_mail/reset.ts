/** /reset: sets a new password with a mailed link. It ends at the sign-in page: a link signs nobody in. */
import type { FastifyReply } from 'fastify'
import { findReset, resetPassword } from '../../engine/account/lost_password.ts'
import { passwordRules } from '../../engine/account/passwords/rules.ts'
import { sendPage } from '../../http/browser/page_headers.ts'
import { callerOf } from '../../http/caller.ts'
import { PasswordQueueFull } from '../../runtime/limits/passwords.ts'
import { anyone } from '../guards.ts'
import { paths } from '../kit/paths.ts'
import { page } from '../page.ts'
import { goTo, PageProblem, secrets, type Visit } from '../visit.ts'
import { heldLink, keepOpened, letGo } from './held_link.ts'
import { type ResetProps, reset as view } from './reset_view.tsx'

const busyFor = 5

export const resetPage = page({
  path: paths.reset,
  guard: anyone,
  // The link stands in no address after it was opened.
  againAt: ({ method }) => (method === 'POST' ? undefined : ''),
  get: (visit) => keepOpened(visit, 'reset') ?? show(visit, 200),
  post: async (visit) => {
    const { context, request, reply, form } = visit
    const linkId = heldLink(visit, 'reset')
    // Another link was opened in this browser since the page was drawn.
    if (linkId === undefined || form.get('link') !== linkId) throw new PageProblem('mailed_link_over')
    try {
      const result = await resetPassword(context, linkId, form.get('password') ?? '', callerOf(request))
      switch (result.outcome) {
        case 'over':
          throw new PageProblem('mailed_link_over')
        case 'problem':
          return await show(visit, 400, { problem: result.problem })
        case 'throttled':
          return await waiting(visit, 429, 'too_many', result.retryAfter)
        case 'reset':
          letGo(visit, 'reset')
          return goTo(visit, `${paths.signIn}?done=reset`)
      }
    } catch (error) {
      if (!(error instanceof PasswordQueueFull)) throw error
      return await waiting(visit, 503, 'busy', busyFor)
    }
    return reply
  },
})

function waiting(
  visit: Visit,
  status: number,
  cause: NonNullable<ResetProps['wait']>['cause'],
  seconds: number,
): Promise<FastifyReply> {
  visit.reply.header('retry-after', String(seconds))
  return show(visit, status, { wait: { cause, seconds } })
}

async function show(
  visit: Visit,
  status: number,
  props: Pick<ResetProps, 'problem' | 'wait'> = {},
): Promise<FastifyReply> {
  const { context, reply } = visit
  const found = await findReset(context, heldLink(visit, 'reset') ?? '')
  if (found === undefined) throw new PageProblem('mailed_link_over')
  const { link, account } = found
  const html = view({
    ...secrets(visit),
    ...props,
    link: link.id,
    username: account.username,
    passwordMinimum: passwordRules(context.settings, account.secondFactor).minimum,
  })
  return sendPage(reply, status, html)
}

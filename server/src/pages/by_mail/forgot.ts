/** /forgot: asks for a link with which a lost password is replaced. The answer is the same whoever asks for whatever address. */
import type { FastifyReply } from 'fastify'
import { askReset } from '../../engine/account/lost_password.ts'
import { sendPage } from '../../http/browser/page_headers.ts'
import { interactionPath } from '../../http/browser/paths.ts'
import { callerOf } from '../../http/caller.ts'
import { anyone } from '../guards.ts'
import { paths } from '../kit/paths.ts'
import { page } from '../page.ts'
import { openInteraction } from '../sign_in/interaction.ts'
import { goTo, notTaken, readQuery, secrets, tooManyMails, type Visit } from '../visit.ts'
import { type ForgotProps, forgot as view } from './forgot_view.tsx'

export const forgotPage = page({
  path: paths.forgot,
  guard: anyone,
  logged: 'sign_in',
  get: (visit) => show(visit, 200, { sent: readQuery(visit).has('sent') }),
  post: async (visit) => {
    const { context, request, form } = visit
    const email = form.get('email') ?? ''
    if (context.mailer.way === 'none') return show(visit, 503, {})
    const asked = await askReset(context, email, callerOf(request))
    if (asked.outcome === 'problem') return show(visit, 400, { email, problem: asked.problem })
    if (asked.outcome === 'throttled') {
      return show(visit, notTaken(visit, asked), { email, problem: tooManyMails(visit, asked) })
    }
    const open = await openInteraction(visit, form.get('request'))
    const back = interactionPath(paths.forgot, open?.sealed)
    return goTo(visit, `${back}${open === undefined ? '?' : '&'}sent=1`)
  },
})

async function show(
  visit: Visit,
  status: number,
  props: Pick<ForgotProps, 'email' | 'problem' | 'sent'>,
): Promise<FastifyReply> {
  const { context, reply } = visit
  const open = await openInteraction(visit, readQuery(visit).get('request'))
  const html = view({
    ...secrets(visit, open?.sealed),
    ...props,
    byMail: context.mailer.way !== 'none',
    clientName: open?.client.name,
    signInHref: interactionPath(paths.signIn, open?.sealed),
  })
  return sendPage(reply, status, html)
}

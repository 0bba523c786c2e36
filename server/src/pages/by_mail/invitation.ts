/** /invitation: opens an account for somebody whom the operator has invited. */
import type { FastifyReply } from 'fastify'
import { acceptInvitation, findInvitation, type Invitation } from '../../engine/account/account_invitations.ts'
import { sendPage } from '../../http/browser/page_headers.ts'
import { callerOf } from '../../http/caller.ts'
import { anyone } from '../guards.ts'
import { paths } from '../kit/paths.ts'
import { page } from '../page.ts'
import { enter } from '../sign_in/sign_in.ts'
import { notTaken, PageProblem, secrets, type Visit } from '../visit.ts'
import { heldLink, keepOpened, letGo } from './held_link.ts'
import { type InvitationProps, invitation as view } from './invitation_view.tsx'

export const invitationPage = page({
  path: paths.invitation,
  guard: anyone,
  againAt: ({ method }) => (method === 'POST' ? undefined : ''),
  get: async (visit) => keepOpened(visit, 'invitation') ?? show(visit, await held(visit), 200),
  post: async (visit) => {
    const { context, request, form } = visit
    const invitation = await held(visit)
    // Another link was opened in this browser since the page was drawn.
    if (form.get('link') !== invitation.link.id) throw new PageProblem('mailed_link_over')
    const filled = { username: form.get('username') ?? '', password: form.get('password') ?? '' }
    const result = await acceptInvitation(context, invitation, filled, callerOf(request))
    switch (result.outcome) {
      case 'over':
        throw new PageProblem('mailed_link_over')
      case 'throttled':
        return show(visit, invitation, notTaken(visit, result), {
          username: filled.username,
          problems: { form: 'sign_up_too_many' },
        })
      case 'problems':
        return show(visit, invitation, 400, { username: filled.username, problems: result.problems })
      case 'signed_up':
        letGo(visit, 'invitation')
        return enter(visit, result.account, { amr: ['pwd'] })
    }
  },
})

async function held(visit: Visit): Promise<Invitation> {
  const invitation = await findInvitation(visit.context, heldLink(visit, 'invitation') ?? '')
  if (invitation === undefined) throw new PageProblem('mailed_link_over')
  return invitation
}

function show(
  visit: Visit,
  { link, content }: Invitation,
  status: number,
  shown: Pick<InvitationProps, 'username' | 'problems'> = {},
): FastifyReply {
  const { passwordMinimum } = visit.context.settings
  const html = view({ ...secrets(visit), ...shown, link: link.id, email: content.email, passwordMinimum })
  return sendPage(visit.reply, status, html)
}

/**
 * /invitation: opens an account for somebody whom the operator has invited. Where the invitation answers a request for
 * access, it brings the app with it; who has an account with the address by then signs in and takes the app up there.
 */
import type { FastifyReply } from 'fastify'
import { acceptInvitation, findInvitation, type Invitation } from '../../engine/account/account_invitations.ts'
import { acceptedNow, termsInForce } from '../../engine/account/terms/terms.ts'
import {
  acceptAccess,
  type Brought,
  broughtBy,
  claimAccess,
  type TakenUp,
} from '../../engine/developer/access_requests.ts'
import { sendPage } from '../../http/browser/page_headers.ts'
import { heedLanguages, wordsOf } from '../../http/browser/words.ts'
import { callerOf } from '../../http/caller.ts'
import { leaveFlash } from '../flash.ts'
import { anyone } from '../guards.ts'
import { paths, startPath } from '../kit/paths.ts'
import { page, type WithForm } from '../page.ts'
import { enter } from '../sign_in/sign_in.ts'
import { goTo, notTaken, PageProblem, secrets, type Visit } from '../visit.ts'
import { heldLink, keepOpened, letGo } from './held_link.ts'
import { appTakeUp, type InvitationProps, invitation as view } from './invitation_view.tsx'

export const invitationPage = page({
  path: paths.invitation,
  guard: anyone,
  againAt: ({ method }) => (method === 'POST' ? undefined : ''),
  get: async (visit) => {
    const opened = keepOpened(visit, 'invitation')
    if (opened !== undefined) return opened
    const held = await findHeld(visit)
    const { brought } = held
    return brought?.holder === undefined ? show(visit, held, 200) : showTakeUp(visit, held.invitation, brought)
  },
  post: async (visit) => {
    const held = await findHeld(visit)
    // Another link was opened in this browser since the page was drawn.
    if (visit.form.get('link') !== held.invitation.link.id) throw new PageProblem('mailed_link_over')
    return held.brought?.holder === undefined ? accept(visit, held) : takeUp(visit, held.invitation, held.brought)
  },
})

interface Held {
  readonly invitation: Invitation
  readonly brought: Brought | undefined
}

async function findHeld(visit: Visit): Promise<Held> {
  const { context } = visit
  const invitation = await findInvitation(context, heldLink(visit, 'invitation') ?? '')
  if (invitation === undefined) throw new PageProblem('mailed_link_over')
  heedLanguages(visit.request, invitation.content.access?.language)
  return { invitation, brought: await broughtBy(context, invitation) }
}

async function accept(visit: Visit & WithForm, held: Held): Promise<FastifyReply> {
  const { context, request, form } = visit
  const { invitation } = held
  const { language } = wordsOf(request)
  const filled = { username: form.get('username') ?? '', password: form.get('password') ?? '', language }
  const accepted = acceptedNow(context, (document) => form.get(document), language)
  const by = { caller: callerOf(request), accepted }
  const result =
    held.brought === undefined
      ? { ...(await acceptInvitation(context, invitation, filled, by)), app: undefined }
      : await acceptAccess(context, invitation, filled, by)
  const { username } = filled
  switch (result.outcome) {
    case 'over':
      throw new PageProblem('mailed_link_over')
    case 'throttled':
      return show(visit, held, notTaken(visit, result), { username, problems: { form: 'sign_up_too_many' } })
    case 'problems':
      return show(visit, held, 400, { username, problems: result.problems })
    case 'signed_up': {
      letGo(visit, 'invitation')
      const { app } = result
      const shown = app && { next: startPath(app.clientId), once: app.clientSecret }
      return enter(visit, result.account, { amr: ['pwd'], ...shown })
    }
  }
}

/** Gives the app to the account of the address, whose holder is signed in here. */
async function takeUp(visit: Visit, invitation: Invitation, { holder }: Brought): Promise<FastifyReply> {
  const { context, request, browser } = visit
  const { live } = browser
  if (live === undefined || live.account.id !== holder?.id) return goTo(visit, paths.invitation)
  const by = { account: live.account, caller: callerOf(request) }
  const claimed = await claimAccess(context, invitation, by)
  if (claimed === 'over') throw new PageProblem('mailed_link_over')
  letGo(visit, 'invitation')
  if (claimed.app === undefined) return goTo(visit, paths.developer)
  leaveFlash({ ...visit, live }, startPath(claimed.app.clientId), claimed.app.clientSecret)
  return goTo(visit, registeredAt(claimed.app))
}

function registeredAt({ clientId }: TakenUp): string {
  return `${startPath(clientId)}?done=registered`
}

function show(
  visit: Visit,
  { invitation: { link, content }, brought }: Held,
  status: number,
  shown: Pick<InvitationProps, 'username' | 'problems'> = {},
): FastifyReply {
  const { passwordMinimum } = visit.context.settings
  const html = view({
    ...secrets(visit),
    ...shown,
    link: link.id,
    email: content.email,
    app: brought?.app,
    terms: termsInForce(visit.context),
    passwordMinimum,
  })
  return sendPage(visit.reply, status, html)
}

function showTakeUp(visit: Visit, invitation: Invitation, { app, holder }: Brought): FastifyReply {
  const account = visit.browser.live?.account
  const html = appTakeUp({
    ...secrets(visit),
    link: invitation.link.id,
    app,
    email: invitation.content.email,
    signedInAs: account?.username,
    own: account !== undefined && account.id === holder?.id,
    signInHref: `${paths.signIn}?next=${encodeURIComponent(paths.invitation)}`,
  })
  return sendPage(visit.reply, 200, html)
}

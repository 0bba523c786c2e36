/** /account/email: the address of the account, whether it is confirmed, and how it becomes so or another one. */
import type { FastifyReply } from 'fastify'
import { type AddressAsked, askAddressChange, askVerification } from '../../engine/account/addresses.ts'
import { isRecent } from '../../engine/account/sessions.ts'
import { sendPage } from '../../http/browser/page_headers.ts'
import { signedIn } from '../guards.ts'
import { paths } from '../kit/paths.ts'
import { page } from '../page.ts'
import {
  goTo,
  noticeOf,
  notTaken,
  PageProblem,
  readQuery,
  type SignedIn,
  secrets,
  tooManyMails,
  viewerOf,
} from '../visit.ts'
import { type AccountEmailProps, accountEmail as view } from './account_email_view.tsx'
import { hold } from './held_link.ts'

export const accountEmailPage = page({
  path: paths.accountEmail,
  guard: signedIn,
  get: (visit) => {
    const refused = readQuery(visit).get('refused')
    return show(visit, 200, {
      notice: noticeOf(visit, visit.words.accountEmail.notices),
      problem: refused === 'taken' ? 'email_of_another' : undefined,
      signInAgain: refused === 'sign_in_again' && !isRecent(visit.context, visit.live),
    })
  },
  post: async (visit) => {
    const { context, live, form, by } = visit
    if (context.mailer.way === 'none') throw new PageProblem('request_unclear')
    if (form.get('action') === 'confirm') return answer(visit, await askVerification(context, by.account, by.caller))
    const email = form.get('email') ?? ''
    return answer(visit, await askAddressChange(context, live, email, by.caller), email)
  },
})

function answer(visit: SignedIn, asked: AddressAsked, email?: string): FastifyReply | Promise<FastifyReply> {
  switch (asked.outcome) {
    case 'mailed':
      hold(visit, 'waiting', asked.linkId)
      return goTo(visit, paths.verify)
    case 'nothing_to_prove':
      return goTo(visit, paths.accountEmail)
    case 'throttled':
      return show(visit, notTaken(visit, asked), { problem: tooManyMails(visit, asked), email })
    case 'sign_in_again':
      return show(visit, 403, { signInAgain: true, email })
    case 'problem':
      return show(visit, 400, { problem: asked.problem, email })
  }
}

async function show(
  visit: SignedIn,
  status: number,
  shown: Pick<AccountEmailProps, 'notice' | 'problem' | 'signInAgain' | 'email'>,
): Promise<FastifyReply> {
  const { context, live } = visit
  const html = view({
    ...secrets(visit),
    viewer: viewerOf(visit),
    account: live.account,
    byMail: context.mailer.way !== 'none',
    recent: isRecent(context, live),
    ...shown,
  })
  return sendPage(visit.reply, status, html)
}

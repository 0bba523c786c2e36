/** /signup opens an account; /setup, with the one-time link, the first administrator's. */
import type { FastifyReply } from 'fastify'
import { askSignUp } from '../../engine/account/mailed_sign_up.ts'
import { type SignUpForm, setupLinkWorks, signUp, signUpIsOpen } from '../../engine/account/sign_up.ts'
import { acceptedNow, termsInForce } from '../../engine/account/terms/terms.ts'
import { sendPage } from '../../http/browser/page_headers.ts'
import { interactionPath, ownPath } from '../../http/browser/paths.ts'
import { callerOf } from '../../http/caller.ts'
import { neverCompress } from '../../http/connection/compression.ts'
import type { Form } from '../../lib/form.ts'
import type { Context } from '../../runtime/context.ts'
import { hold } from '../by_mail/held_link.ts'
import { anyone } from '../guards.ts'
import { paths } from '../kit/paths.ts'
import { page } from '../page.ts'
import { goTo, PageProblem, readQuery, secrets, type Visit } from '../visit.ts'
import { type OpenInteraction, openInteraction } from './interaction.ts'
import { setUp } from './set_up_view.tsx'
import { enter, offeredProviders } from './sign_in.ts'
import { type AccountProblems, signUpClosed, signUp as view } from './sign_up_view.tsx'

export const signUpPage = page({
  path: paths.signUp,
  guard: anyone,
  logged: 'sign_in',
  get: async (visit) => {
    const open = await openInteraction(visit, readQuery(visit).get('request'))
    return signUpIsOpen(visit.context) ? show(visit, open, 200) : showClosed(visit, open)
  },
  post: async (visit) => {
    const { context, request, reply, form } = visit
    const open = await openInteraction(visit, form.get('request'))
    if (!signUpIsOpen(context)) return showClosed(visit, open)
    const accepted = acceptedNow(context, (document) => form.get(document), visit.words.language)
    const filled = { ...readFields(form), accepted }
    const next = ownPath(form.get('next'))
    const byMail = context.mailer.way !== 'none'
    const result = byMail
      ? await askSignUp(
          context,
          filled,
          { request: open?.sealed, next, language: visit.words.language },
          callerOf(request),
        )
      : await signUp(context, filled, callerOf(request))
    if (result.outcome === 'throttled') {
      reply.header('retry-after', String(result.retryAfter))
      return show(visit, open, 429, { ...filled, problems: { form: 'sign_up_too_many' } })
    }
    if (result.outcome === 'problems') return show(visit, open, 400, { ...filled, problems: result.problems })
    if (result.outcome === 'link_spent') throw new PageProblem('set_up_link_spent')
    if (result.outcome === 'signed_up') return enter(visit, result.account, { amr: ['pwd'], open, next })
    hold(visit, 'waiting', result.linkId)
    return goTo(visit, paths.verify)
  },
})

export const setUpPage = page({
  path: paths.setUp,
  guard: anyone,
  // The page is there for the link that it was opened by alone.
  againAt: ({ method }) => (method === 'POST' ? undefined : ''),
  get: async (visit) => {
    const token = readQuery(visit).get('token') ?? ''
    await requireSetupLink(visit.context, token)
    return showSetUp(visit, token)
  },
  post: async (visit) => {
    const { context, request, reply, form } = visit
    const token = form.get('token') ?? ''
    await requireSetupLink(context, token)
    const filled = readFields(form)
    const result = await signUp(context, filled, callerOf(request), 'administrator')
    switch (result.outcome) {
      case 'signed_up':
        return enter(visit, result.account, { amr: ['pwd'], next: paths.console })
      case 'link_spent':
        throw new PageProblem('set_up_link_spent')
      case 'problems':
        return showSetUp(visit, token, 400, { ...filled, problems: result.problems })
      case 'throttled':
        reply.header('retry-after', String(result.retryAfter))
        return showSetUp(visit, token, 429, { ...filled, problems: { form: 'sign_up_too_many' } })
    }
  },
})

/** Says that nobody can sign up by themselves, and leads back to sign-in, to which the app's request goes along. */
function showClosed(visit: Visit, open: OpenInteraction | undefined): FastifyReply {
  const signInHref = interactionPath(paths.signIn, open?.sealed, ownPath(readQuery(visit).get('next')))
  const how = visit.context.settings.signUp === 'invite' ? 'invite' : 'closed'
  return sendPage(visit.reply, 403, signUpClosed({ how, clientName: open?.client.name, signInHref }))
}

/** What was filled in, and why it could not be taken. */
type Again = Partial<SignUpForm> & { readonly problems?: AccountProblems }

function showSetUp(visit: Visit, token: string, status = 200, { username, email, problems }: Again = {}): FastifyReply {
  const { passwordMinimum } = visit.context.settings
  const html = setUp({ ...secrets(visit), token, passwordMinimum, username, email, problems })
  return sendPage(neverCompress(visit.reply), status, html)
}

async function requireSetupLink(context: Context, token: string): Promise<void> {
  if (!(await setupLinkWorks(context, token))) throw new PageProblem('set_up_link_spent')
}

function readFields(form: Form): SignUpForm {
  return {
    username: form.get('username') ?? '',
    email: form.get('email') ?? '',
    password: form.get('password') ?? '',
  }
}

async function show(
  visit: Visit,
  open: OpenInteraction | undefined,
  status: number,
  { email, username, problems }: Again = {},
): Promise<FastifyReply> {
  const { context, reply } = visit
  const next = ownPath(readQuery(visit).get('next'))
  const html = view({
    ...secrets(visit, open?.sealed),
    email,
    username,
    problems,
    passwordMinimum: context.settings.passwordMinimum,
    clientName: open?.client.name,
    providers: await offeredProviders(context),
    terms: termsInForce(context),
    next,
    signInHref: interactionPath(paths.signIn, open?.sealed, next),
  })
  return sendPage(reply, status, html, { endsAtApp: open !== undefined })
}

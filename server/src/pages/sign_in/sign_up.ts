/** /signup opens an account; /setup, with the one-time link, the first administrator's. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type SignUpForm, setupIsOpen, setupToken, signUp } from '../../engine/account/accounts.ts'
import { readBrowser } from '../../http/browser/cookies.ts'
import { sendPage } from '../../http/browser/page_headers.ts'
import { interactionPath, ownPath } from '../../http/browser/paths.ts'
import { wordsOf } from '../../http/browser/words.ts'
import { callerOf } from '../../http/caller.ts'
import { neverCompress } from '../../http/connection/compression.ts'
import { loggedPage } from '../../http/endpoint.ts'
import type { Form } from '../../lib/form.ts'
import { equalText } from '../../lib/hash.ts'
import type { Context } from '../../runtime/context.ts'
import { paths } from '../kit/paths.ts'
import { PageProblem, readOwnForm, readQuery, secrets, type Visit } from '../page.ts'
import { type OpenInteraction, openInteraction } from './interaction.ts'
import { setUp } from './set_up_view.tsx'
import { enter, offeredProviders } from './sign_in.ts'
import { type AccountProblems, signUp as view } from './sign_up_view.tsx'

const tooMany = (request: FastifyRequest): AccountProblems => ({ form: wordsOf(request).signUp.tooMany })

export function registerSignUp(app: FastifyInstance, context: Context): void {
  app.get('/signup', { config: loggedPage('sign_in') }, async (request, reply) => {
    const browser = await readBrowser(context, request, reply)
    const open = await openInteraction(context, readQuery(request).get('request'), browser)
    return show({ context, request, reply, browser }, open, 200)
  })

  app.post('/signup', { config: loggedPage('sign_in') }, async (request, reply) => {
    const browser = await readBrowser(context, request, reply)
    const visit = { context, request, reply, browser }
    const form = readOwnForm(visit, 'browser')
    const open = await openInteraction(context, form.get('request'), browser)
    const filled = readFields(form)
    const result = await signUp(context, filled, callerOf(request))
    if (result.outcome === 'throttled') {
      reply.header('retry-after', String(result.retryAfter))
      return show(visit, open, 429, { ...filled, problems: tooMany(request) })
    }
    if (result.outcome === 'problems') return show(visit, open, 400, { ...filled, problems: result.problems })
    if (result.outcome === 'link_spent') throw new PageProblem('set_up_link_spent')
    return enter(visit, result.account, { amr: ['pwd'], open, next: form.get('next') })
  })

  app.get('/setup', async (request, reply) => {
    const browser = await readBrowser(context, request, reply)
    const token = readQuery(request).get('token') ?? ''
    await requireSetupLink(context, token)
    return sendPage(
      neverCompress(reply),
      200,
      setUp({ ...secrets(context, browser, 'browser'), token, passwordMinimum: context.settings.passwordMinimum }),
    )
  })

  // The page is there for the link that it was opened by alone.
  app.post('/setup', { config: { againAt: () => undefined } }, async (request, reply) => {
    const browser = await readBrowser(context, request, reply)
    const form = readOwnForm({ context, request, browser }, 'browser')
    const token = form.get('token') ?? ''
    await requireSetupLink(context, token)
    const filled = readFields(form)
    const result = await signUp(context, filled, callerOf(request), 'administrator')
    if (result.outcome === 'link_spent') throw new PageProblem('set_up_link_spent')
    if (result.outcome !== 'signed_up') {
      if (result.outcome === 'throttled') reply.header('retry-after', String(result.retryAfter))
      const { username, email } = filled
      const page = setUp({
        ...secrets(context, browser, 'browser'),
        token,
        passwordMinimum: context.settings.passwordMinimum,
        username,
        email,
        problems: result.outcome === 'problems' ? result.problems : tooMany(request),
      })
      return sendPage(neverCompress(reply), result.outcome === 'problems' ? 400 : 429, page)
    }
    return enter({ context, request, reply, browser }, result.account, { amr: ['pwd'], next: paths.checklist })
  })
}

async function requireSetupLink(context: Context, token: string): Promise<void> {
  const right = equalText(token, setupToken(context))
  if (!right || !(await setupIsOpen(context))) throw new PageProblem('set_up_link_spent')
}

function readFields(form: Form): SignUpForm {
  return {
    username: form.get('username') ?? '',
    email: form.get('email') ?? '',
    password: form.get('password') ?? '',
  }
}

async function show(
  { context, request, reply, browser }: Visit,
  open: OpenInteraction | undefined,
  status: number,
  { email, username, problems }: Partial<SignUpForm> & { readonly problems?: AccountProblems } = {},
): Promise<FastifyReply> {
  const next = ownPath(readQuery(request).get('next'))
  const html = view({
    ...secrets(context, browser, 'browser', open?.sealed),
    email,
    username,
    problems,
    passwordMinimum: context.settings.passwordMinimum,
    clientName: open?.client.name,
    providers: await offeredProviders(context),
    next,
    signInHref: interactionPath('/login', open?.sealed, next),
  })
  return sendPage(reply, status, html, { endsAtApp: open !== undefined })
}

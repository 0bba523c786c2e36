/** /login: name and password, then on to what the person came for. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { signIn } from '../engine/accounts.ts'
import type { Context } from '../engine/context.ts'
import { PasswordQueueFull } from '../engine/passwords.ts'
import { startSession } from '../engine/sessions.ts'
import { callerOf } from '../http/caller.ts'
import { type Browser, readBrowser, setSession } from '../http/cookies.ts'
import { sendPage } from '../http/page_headers.ts'
import { interactionPath, ownPath, resumePath } from '../http/paths.ts'
import { Refusal } from '../protocol/refusal.ts'
import type { Account } from '../storage/contract.ts'
import { declined, type OpenInteraction, openInteraction } from './interaction.ts'
import { goTo, readOwnForm, readQuery, secrets } from './page.ts'
import { type SignInProps, signIn as view } from './views/sign_in.tsx'

export function registerSignIn(app: FastifyInstance, context: Context): void {
  app.get('/login', async (request, reply) => {
    const browser = await readBrowser(context, request, reply)
    const open = await openInteraction(context, readQuery(request).get('request'), browser)
    return show(context, reply, 200, browser, open, { login: open?.request.loginHint })
  })

  app.post('/login', async (request, reply) => {
    const browser = await readBrowser(context, request, reply)
    const form = readOwnForm(context, request, browser, 'browser')
    const open = await openInteraction(context, form.get('request'), browser)
    const caller = callerOf(request)
    if (form.get('action') === 'cancel') {
      if (open === undefined) return goTo(reply, '/')
      return declined(context, reply, open, new Refusal('login_cancelled'), 'sign_in', '/login', caller)
    }
    const login = form.get('username')
    const password = form.get('password')
    if (login === undefined || password === undefined) {
      return show(context, reply, 400, browser, open, { login, problem: 'incomplete' })
    }
    try {
      const result = await signIn(context, login, password, caller)
      if (result.outcome === 'wrong') return show(context, reply, 401, browser, open, { login, problem: 'mismatch' })
      if (result.outcome === 'throttled') {
        reply.header('retry-after', String(result.retryAfter))
        return show(context, reply, 429, browser, open, { login, problem: 'too_many', retryAfter: result.retryAfter })
      }
      return await enter(context, request, reply, browser, result.account, open)
    } catch (error) {
      if (!(error instanceof PasswordQueueFull)) throw error
      reply.header('retry-after', '5')
      return show(context, reply, 503, browser, open, { login, problem: 'busy' })
    }
  })
}

/** Starts a session for a person who has just been authenticated, in place of any before, and goes on. */
export async function enter(
  context: Context,
  request: FastifyRequest,
  reply: FastifyReply,
  browser: Browser,
  account: Account,
  open: OpenInteraction | undefined,
): Promise<FastifyReply> {
  if (browser.live !== undefined) await context.storage.sessions.end(browser.live.session.id)
  const { token } = await startSession(context, account, ['pwd'], callerOf(request))
  setSession(context, reply, token)
  if (open !== undefined) return goTo(reply, resumePath(open.sealed))
  return goTo(reply, ownPath(readQuery(request).get('next')) ?? '/account')
}

function show(
  context: Context,
  reply: FastifyReply,
  status: number,
  browser: Browser,
  open: OpenInteraction | undefined,
  props: Pick<SignInProps, 'login' | 'problem' | 'retryAfter'>,
): FastifyReply {
  const html = view({
    ...secrets(context, browser, 'browser', open?.sealed),
    ...props,
    clientName: open?.client.name,
    signUpHref: interactionPath('/signup', open?.sealed),
  })
  return sendPage(reply, status, html, open?.request.redirectUri)
}

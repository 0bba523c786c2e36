/** /consent: what an app may do, decided by the person whose account it is (RFC 6749 §4.1.1, RFC 9700 §4.11). */
import type { FastifyInstance } from 'fastify'
import { isNativeRedirect } from '../engine/authorize.ts'
import type { Context } from '../engine/context.ts'
import { allow, decideNext, issueCode } from '../engine/interaction.ts'
import { startTrace } from '../engine/request_log.ts'
import { callerOf } from '../http/caller.ts'
import { readBrowser } from '../http/cookies.ts'
import { sendPage } from '../http/page_headers.ts'
import { interactionPath, resumePath } from '../http/paths.ts'
import { scopeMeaning } from '../protocol/scope.ts'
import { declined, openInteraction } from './interaction.ts'
import { goTo, PageProblem, readOwnForm, readQuery, secrets } from './page.ts'
import { consent as view } from './views/consent.tsx'

export function registerConsent(app: FastifyInstance, context: Context): void {
  app.get('/consent', async (request, reply) => {
    const browser = await readBrowser(context, request, reply)
    const open = await openInteraction(context, readQuery(request).get('request'), browser)
    if (open === undefined) throw new PageProblem('request_unclear')
    const next = await decideNext(context, open.request, browser.live)
    if (next.step === 'sign_in') return goTo(reply, interactionPath('/login', open.sealed))
    if (next.step === 'issue') return goTo(reply, resumePath(open.sealed))
    const { account } = next.live
    const html = view({
      ...secrets(context, browser, 'session', open.sealed),
      client: { name: next.client.name, verified: false, registeredAt: next.client.createdAt },
      account: account.email ?? account.username,
      scopes: open.request.scope.map(scopeMeaning),
      redirect: describeRedirect(open.request.redirectUri, next.client.confidential),
      switchHref: interactionPath('/login', open.sealed),
    })
    return sendPage(reply, 200, html, open.request.redirectUri)
  })

  app.post('/consent', async (request, reply) => {
    const browser = await readBrowser(context, request, reply)
    const form = readOwnForm(context, request, browser, 'session')
    const open = await openInteraction(context, form.get('request'), browser)
    const decision = form.get('decision')
    if (open === undefined || (decision !== 'allow' && decision !== 'deny')) throw new PageProblem('request_unclear')
    const caller = callerOf(request)
    if (decision === 'deny') return declined(context, reply, open, 'consent_denied', 'consent', '/consent', caller)
    const next = await decideNext(context, open.request, browser.live)
    if (next.step === 'sign_in') return goTo(reply, interactionPath('/login', open.sealed))
    const uri =
      next.step === 'consent'
        ? await allow(context, open.request, next)
        : await issueCode(context, open.request, next.client, next.live, next.consent)
    context.audit.record('consent_given', {
      actor: next.live.account.id,
      clientId: next.client.id,
      caller,
      detail: { scope: open.request.scope },
    })
    const trace = startTrace('/consent', 'POST', caller)
    trace.ruleset = 'authorize'
    trace.clientId = next.client.id
    trace.authenticated = true
    trace.userId = next.live.account.id
    trace.note = 'The person agreed; a code was sent.'
    context.requests.record(trace, 303)
    return goTo(reply, uri)
  })
}

/**
 * Where the person will go, in a word that a person knows. An app that proves itself with a secret cannot be mistaken
 * for another program on the same machine.
 */
function describeRedirect(uri: string, confidential: boolean): { kind: 'web' | 'app' | 'loopback'; host: string } {
  const url = new URL(uri)
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return { kind: 'app', host: url.protocol.slice(0, -1) }
  return { kind: isNativeRedirect(uri) && !confidential ? 'loopback' : 'web', host: url.host }
}

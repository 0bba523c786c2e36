/** /logout: asks first, as anybody can link here (OIDC RP-Initiated Logout §2). */
import type { FastifyInstance } from 'fastify'
import { endSession } from '../../engine/account/sessions.ts'
import { readBrowser, setSession } from '../../http/browser/cookies.ts'
import { sendPage } from '../../http/browser/page_headers.ts'
import { callerOf } from '../../http/caller.ts'
import type { Context } from '../../runtime/context.ts'
import { goTo, readOwnForm, secrets } from '../page.ts'
import { signedOut, signOut } from './sign_out_view.tsx'

export function registerSignOut(app: FastifyInstance, context: Context): void {
  app.get('/logout', async (request, reply) => {
    const browser = await readBrowser(context, request, reply)
    if (browser.live === undefined) return sendPage(reply, 200, signedOut())
    const { account } = browser.live
    const page = signOut({ ...secrets(context, browser, 'account'), account: account.email ?? account.username })
    return sendPage(reply, 200, page)
  })

  app.post('/logout', async (request, reply) => {
    const browser = await readBrowser(context, request, reply)
    if (readOwnForm({ context, request, browser }, 'account').get('action') === 'cancel') return goTo(reply, '/account')
    if (browser.live !== undefined) await endSession(context, browser.live, callerOf(request))
    setSession(context, reply, undefined)
    return sendPage(reply, 200, signedOut())
  })
}

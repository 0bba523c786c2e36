/** /logout: asks first, as anybody can link here (OpenID Connect RP-Initiated Logout §2), and says that it is done. */
import { appsTold } from '../../engine/account/logout/back_channel.ts'
import { endSession } from '../../engine/account/sessions.ts'
import { framesOf, parkForFrames } from '../../engine/logout/front_channel.ts'
import { logoutEnds, openLogout, takeLogout } from '../../engine/logout/logout.ts'
import { setSession } from '../../http/browser/cookies.ts'
import { sendPage } from '../../http/browser/page_headers.ts'
import { signOutPath } from '../../http/browser/paths.ts'
import { heedLanguages } from '../../http/browser/words.ts'
import { callerOf } from '../../http/caller.ts'
import type { Client } from '../../runtime/kept/clients.ts'
import { Trace } from '../../runtime/log/trace.ts'
import { anyAccount } from '../guards.ts'
import { paths } from '../kit/paths.ts'
import { page } from '../page.ts'
import { goTo, readQuery, secrets, type Visit } from '../visit.ts'
import { signedOut, signOut } from './sign_out_view.tsx'

export const signOutPage = page({
  path: paths.signOut,
  guard: anyAccount,
  get: async (visit) => {
    const { context, request, reply, browser } = visit
    const asked = await takeLogout(context, readQuery(visit).get('request'), browser.ids)
    heedLanguages(request, asked.uiLocales)
    const clientName = asked.client?.name
    const live = signedInAs(visit)
    if (live === undefined) {
      const frames = await framesOf(context, asked.ended)
      const page = signedOut({ continueHref: asked.onward, clientName, frames })
      const leaves = frames.length > 0 && asked.onward !== undefined
      return sendPage(reply, 200, page, { frames: frames.map((uri) => new URL(uri).origin), scripts: leaves })
    }
    const { account } = live
    const told = await appsTold(context, live.account.id, live.session.id)
    const shown = { ...secrets(visit, asked.sealed), account: account.email ?? account.username, clientName, told }
    return sendPage(reply, 200, signOut(shown), { endsAtApp: asked.onward !== undefined })
  },
  post: async (visit) => {
    const { context, request, reply, browser, form } = visit
    const { client, onward, uiLocales } = await takeLogout(context, form.get('request'), browser.ids)
    heedLanguages(request, uiLocales)
    const status = onward === undefined ? 200 : 303
    if (form.get('action') === 'cancel') {
      noteEnd(visit, client, { status: 303, end: 'stayed' })
      return goTo(visit, onward ?? paths.account)
    }
    const live = signedInAs(visit)
    const asked = openLogout(context, form.get('request'), browser.ids)
    const last = live && (await parkForFrames(context, asked, live, browser.id))
    if (live !== undefined) await endSession(context, live, callerOf(request), client?.id)
    setSession(context, reply, undefined)
    if (last !== undefined) {
      noteEnd(visit, client, { status: 303, end: 'signed_out' })
      return goTo(visit, signOutPath(last))
    }
    noteEnd(visit, client, { status, end: 'signed_out' })
    return onward === undefined ? signedOut({ clientName: client?.name }) : goTo(visit, onward)
  },
})

/** Notes in the log of the app that has asked what came of it. */
function noteEnd(
  { context, request }: Visit,
  client: Client | undefined,
  { status, end }: { readonly status: number; readonly end: keyof typeof logoutEnds },
): void {
  if (client === undefined) return
  const trace = new Trace(paths.signOut, 'POST', callerOf(request), { dialect: 'oauth', ruleset: 'logout' })
  trace.client(client.id)
  trace.note(logoutEnds[end])
  context.requests.record(trace, status)
}

/** Also who has to do something first, and would rather not. */
const signedInAs = ({ browser }: Visit) => browser.held

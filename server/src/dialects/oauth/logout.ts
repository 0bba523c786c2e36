/**
 * /oauth/logout (OpenID Connect RP-Initiated Logout 1.0 §2) by GET and POST. A POST comes from another site without our
 * cookies, so it decides nothing but comes back by GET with the request sealed.
 */
import { endSession } from '../../engine/account/sessions.ts'
import { parkForFrames } from '../../engine/logout/front_channel.ts'
import {
  checkLogout,
  isProved,
  type LogoutRequest,
  logoutEnds,
  onwardFrom,
  parkLogout,
  resumeLogout,
} from '../../engine/logout/logout.ts'
import { others, redirect } from '../../http/authorize_flow.ts'
import { readBrowser, setSession } from '../../http/browser/cookies.ts'
import { signOutPath } from '../../http/browser/paths.ts'
import { bodyForm, queryForm } from '../../http/caller.ts'
import type { Answer, Endpoint, Visit } from '../../http/endpoint.ts'
import { endpoints } from '../../protocol/endpoints.ts'
import { parametersPosted } from '../../protocol/parameters.ts'

/** The parameter in which a sealed request comes back. */
const resume = 'resume'

export const logoutEndpoint: Endpoint = {
  paths: [endpoints.end_session_endpoint],
  methods: ['GET', 'POST'],
  others,
  logged: { ruleset: 'logout' },
  async answer(visit) {
    const { context, request, trace } = visit
    const query = queryForm(request)
    if (request.method === 'POST') {
      const asked = await checkLogout(context, parametersPosted(query, bodyForm(request)), trace)
      trace.runs('logout:asked')
      trace.note('The request was sent by POST and redirected to a GET.')
      return redirect(`${trace.endpoint}?${resume}=${parkLogout(context, asked, undefined)}`)
    }
    const sealed = query.get(resume)
    if (sealed === undefined) return signOut(visit, await checkLogout(context, query, trace))
    const asked = resumeLogout(context, sealed)
    if (asked.clientId !== undefined) trace.resumed(asked.clientId, 'oauth')
    return signOut(visit, asked)
  },
}

/**
 * Signs out where that is proved or nobody is signed in, and sends the browser on; else to the page that asks. Without an ID
 * token of ours anybody may have made the link, so that it leads to the app by a click alone (§3).
 */
async function signOut({ context, request, reply, trace }: Visit, asked: LogoutRequest): Promise<Answer> {
  trace.at('sign_out')
  const browser = await readBrowser(context, request, reply)
  // Also who has to add a second factor or to accept the terms first.
  const live = browser.held
  if (live !== undefined && !isProved(context, asked, live)) {
    trace.runs('logout:asked')
    trace.note(logoutEnds.asked)
    return redirect(signOutPath(parkLogout(context, asked, browser.id)))
  }
  const last = live && (await parkForFrames(context, asked, live, browser.id))
  if (live !== undefined) await endSession(context, live, trace.caller, asked.clientId)
  setSession(context, reply, undefined)
  trace.note(live === undefined ? logoutEnds.nobody : logoutEnds.signed_out)
  if (last !== undefined) return redirect(signOutPath(last))
  const onward = asked.hint === undefined ? undefined : onwardFrom(asked)
  return redirect(onward ?? signOutPath(parkLogout(context, asked, browser.id)))
}

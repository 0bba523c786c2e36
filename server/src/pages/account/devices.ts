/** /account/devices: the browsers one is signed in with and the places of apps, and ending them. */
import type { FastifyInstance } from 'fastify'
import { endSeat, listSeats } from '../../engine/account/connected_apps.ts'
import { endOtherSessions, endOwnSession, listSessions } from '../../engine/account/sessions.ts'
import { setSession } from '../../http/browser/cookies.ts'
import { sendPage } from '../../http/browser/page_headers.ts'
import { wordsOf } from '../../http/browser/words.ts'
import type { Context } from '../../runtime/context.ts'
import { paths } from '../kit/paths.ts'
import {
  goTo,
  noticeOf,
  PageProblem,
  partOf,
  readPage,
  readSignedForm,
  requireSignedIn,
  secrets,
  viewerOf,
} from '../page.ts'
import { accountDevices } from './devices_view.tsx'

/** Places of apps on one page. */
const pageSize = 50

export function registerAccountDevices(app: FastifyInstance, context: Context): void {
  app.get(paths.accountDevices, async (request, reply) => {
    const browser = await requireSignedIn(context, request, reply)
    if (browser === undefined) return reply
    const { live } = browser
    const page = readPage(request)
    const { items, more } = await listSeats(context, live.account.id, partOf(page, pageSize))
    const html = accountDevices({
      ...secrets(context, browser, 'account'),
      viewer: viewerOf(live),
      sessions: (await listSessions(context, live)).map((session) => ({
        id: session.id,
        userAgent: session.userAgent,
        signedIn: session.createdAt,
        lastSeen: session.lastSeenAt,
        here: session.id === live.session.id,
      })),
      places: items,
      page,
      more,
      notice: noticeOf(request, wordsOf(request).account.deviceNotices, 'ended'),
    })
    return sendPage(reply, 200, html)
  })

  app.post(paths.endDevice, async (request, reply) => {
    const { browser, form, by } = await readSignedForm(context, request, reply)
    const { live } = browser
    const session = form.get('session')
    const grant = form.get('grant')
    if (session !== undefined) {
      if (!(await endOwnSession(context, live, session, by.caller))) throw new PageProblem('not_found')
      if (session !== live.session.id) return goTo(reply, `${paths.accountDevices}?ended=session`)
      setSession(context, reply, undefined)
      return goTo(reply, paths.signOut)
    }
    if (grant !== undefined) {
      if (!(await endSeat(context, by.account.id, grant, by.caller))) throw new PageProblem('not_found')
      return goTo(reply, `${paths.accountDevices}?ended=grant`)
    }
    if (form.get('others') === undefined) throw new PageProblem('request_unclear')
    await endOtherSessions(context, live, by.caller)
    return goTo(reply, `${paths.accountDevices}?ended=others`)
  })
}

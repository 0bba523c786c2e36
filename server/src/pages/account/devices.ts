/** /account/devices: the browsers one is signed in with and the places of apps, and ending them. */
import { endSeat, listSeats } from '../../engine/account/apps/connected_apps.ts'
import { endOtherSessions, endOwnSession, endUnknown, listSessions } from '../../engine/account/sessions.ts'
import { setSession } from '../../http/browser/cookies.ts'
import { signedIn } from '../guards.ts'
import { paths } from '../kit/paths.ts'
import { page } from '../page.ts'
import { goTo, noticeOf, PageProblem, partOf, readPage, secrets, viewerOf } from '../visit.ts'
import { accountDevices } from './devices_view.tsx'

/** Browsers, and places of apps, on one page. */
const pageSize = 50

export const devicesPages = [
  page({
    path: paths.accountDevices,
    guard: signedIn,
    get: async (visit) => {
      const { context, live, by } = visit
      const shown = readPage(visit)
      const { items, more, unknown } = await listSeats(context, by.account.id, partOf(shown, pageSize))
      const sessions = await listSessions(context, live)
      return accountDevices({
        ...secrets(visit),
        viewer: viewerOf(visit),
        sessions: sessions.slice(0, pageSize).map((session) => ({
          id: session.id,
          userAgent: session.userAgent,
          signedIn: session.createdAt,
          lastSeen: session.lastSeenAt,
          address: session.address === '' ? null : session.address,
          here: session.id === live.session.id,
        })),
        moreSessions: Math.max(0, sessions.length - pageSize),
        places: items,
        unknown: unknown || sessions.some(({ id, userAgent }) => userAgent === null && id !== live.session.id),
        page: shown,
        more,
        notice: noticeOf(visit, visit.words.account.deviceNotices, 'ended'),
      })
    },
  }),

  page({
    path: paths.endDevice,
    guard: signedIn,
    post: async (visit) => {
      const { context, reply, live, form, by } = visit
      const session = form.get('session')
      const grant = form.get('grant')
      if (session !== undefined) {
        if (!(await endOwnSession(context, live, session, by.caller))) throw new PageProblem('not_found')
        if (session !== live.session.id) return goTo(visit, `${paths.accountDevices}?ended=session`)
        setSession(context, reply, undefined)
        return goTo(visit, paths.signOut)
      }
      if (grant !== undefined) {
        if (!(await endSeat(context, by.account.id, grant, by.caller))) throw new PageProblem('not_found')
        return goTo(visit, `${paths.accountDevices}?ended=grant`)
      }
      if (form.has('unknown')) {
        await endUnknown(context, live, by.caller)
        return goTo(visit, `${paths.accountDevices}?ended=unknown`)
      }
      if (form.get('others') === undefined) throw new PageProblem('request_unclear')
      await endOtherSessions(context, live, by.caller)
      return goTo(visit, `${paths.accountDevices}?ended=others`)
    },
  }),
]

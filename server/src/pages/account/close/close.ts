/** /account/close: closing one's account, and the page that says that it is closed and how it is taken back. */
import type { FastifyReply } from 'fastify'
import { isRecent } from '../../../engine/account/sessions.ts'
import { closeAccount, obstaclesOf } from '../../../engine/developer/close_account.ts'
import { setSession } from '../../../http/browser/cookies.ts'
import { sendPage } from '../../../http/browser/page_headers.ts'
import { anyone, signedIn } from '../../guards.ts'
import { appPath, paths } from '../../kit/paths.ts'
import { page } from '../../page.ts'
import { goTo, type SignedIn, secrets, viewerOf } from '../../visit.ts'
import { accountClosed, type CloseProps, closeForm } from './close_view.tsx'

export const closePages = [
  page({
    path: paths.closeAccount,
    guard: signedIn,
    get: (visit) => showClose(visit, 200),
    post: async (visit) => {
      const { context, reply, live, by, form } = visit
      if (form.get('understood') !== 'yes') return showClose(visit, 400, { problem: 'unchecked' })
      switch (await closeAccount(context, live, by.caller)) {
        case 'closed':
          setSession(context, reply, undefined)
          return goTo(visit, paths.accountClosed)
        case 'sign_in_again':
          return showClose(visit, 403, { problem: 'not_done' })
        case 'obstacles':
          return showClose(visit, 409, { problem: 'not_done' })
      }
    },
  }),

  page({ path: paths.accountClosed, guard: anyone, get: () => accountClosed() }),
]

async function showClose(
  visit: SignedIn,
  status: number,
  more: Pick<CloseProps, 'problem'> = {},
): Promise<FastifyReply> {
  const { context, live, by } = visit
  const { lastOwner, apps } = await obstaclesOf(context, by.account)
  const view = closeForm({
    ...secrets(visit),
    viewer: viewerOf(visit),
    lastOwner,
    apps: apps.map(({ id, name }) => ({ name, href: appPath(id) })),
    recent: isRecent(context, live),
    hasData: context.settings.dataApi,
    ...more,
  })
  return sendPage(visit.reply, status, view)
}

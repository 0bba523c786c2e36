/** /developer/apps/ID/testers: who may use an app while it is in development. */
import { inviteTester, listTesters, removeTester, testerLimit } from '../../../engine/developer/app_testers.ts'
import { sendPage } from '../../../http/browser/page_headers.ts'
import type { Page } from '../../../words/index.ts'
import { testersPath } from '../../kit/paths.ts'
import { page } from '../../page.ts'
import { goTo, noticeOf, notTaken } from '../../visit.ts'
import { frame, type OwnApp, ownApp } from '../own_app.ts'
import { type AppTestersProps, appTesters } from './testers_view.tsx'

export const appTestersPages = [
  page({
    path: '/developer/apps/:id/testers',
    guard: ownApp,
    get: (visit) => draw(visit, { notice: noticeOf(visit, visit.words.testers.notices) }),
    post: async (visit) => {
      const { context, reply, client, form, by } = visit
      const username = form.get('username') ?? ''
      const changed = await inviteTester(context, by, client, username)
      if (changed.problem === undefined) return goTo(visit, `${testersPath(client.id)}?done=invited`)
      const invite = { username, problem: changed.problem }
      return sendPage(reply, notTaken(visit, changed), await draw(visit, { invite }))
    },
  }),

  page({
    path: '/developer/apps/:id/testers/remove',
    guard: ownApp,
    post: async (visit) => {
      const { context, reply, client, form, by } = visit
      const { problem } = await removeTester(context, by, client, form.get('username') ?? '')
      if (problem === undefined) return goTo(visit, `${testersPath(client.id)}?done=removed`)
      return sendPage(reply, 400, await draw(visit, { problem }))
    },
  }),
]

async function draw(visit: OwnApp, more: Pick<AppTestersProps, 'notice' | 'problem' | 'invite'>): Promise<Page> {
  const { context, client } = visit
  return appTesters({
    ...frame(visit),
    open: client.status === 'enabled',
    limit: testerLimit,
    testers: await listTesters(context, client),
    ...more,
  })
}

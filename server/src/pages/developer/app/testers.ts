/** /developer/apps/ID/testers: who may use an app while it is in development. */
import type { FastifyInstance } from 'fastify'
import { inviteTester, removeTester, testerLimit } from '../../../engine/developer/app_testers.ts'
import { sendPage } from '../../../http/browser/page_headers.ts'
import type { Context } from '../../../runtime/context.ts'
import type { Client } from '../../../runtime/kept/clients.ts'
import type { Page } from '../../../words/index.ts'
import { testersPath } from '../../kit/paths.ts'
import { goTo, noticeOf, notTaken, readSignedForm, requireSignedIn, type SignedIn } from '../../page.ts'
import { frame, requireOwnApp } from '../apps.ts'
import { appTesters } from './testers_view.tsx'

type AppRoute = { Params: { id: string } }

const notices = { invited: 'The invitation is on its way.', removed: 'The person is removed.' } as const

export function registerDeveloperTesters(app: FastifyInstance, context: Context): void {
  async function page(
    browser: SignedIn,
    client: Client,
    more: { notice?: string | undefined; problem?: string; invite?: { username: string; problem: string } },
  ): Promise<Page> {
    const testers = await context.storage.testers.list(client.id)
    return appTesters({
      ...frame(context, browser, client),
      open: client.status === 'enabled',
      limit: testerLimit,
      // Somebody who has declined looks like somebody who is not there.
      testers: testers.map(({ username, state }) => ({ username, accepted: state === 'accepted' })),
      ...more,
    })
  }

  app.get<AppRoute>('/developer/apps/:id/testers', async (request, reply) => {
    const browser = await requireSignedIn(context, request, reply)
    if (browser === undefined) return reply
    const client = await requireOwnApp(context, browser.live, request.params.id)
    return sendPage(reply, 200, await page(browser, client, { notice: noticeOf(request, notices) }))
  })

  app.post<AppRoute>('/developer/apps/:id/testers', async (request, reply) => {
    const { browser, form, by } = await readSignedForm(context, request, reply)
    const client = await requireOwnApp(context, browser.live, request.params.id)
    const username = form.get('username') ?? ''
    const changed = await inviteTester(context, by, client, username)
    if (changed.problem === undefined) return goTo(reply, `${testersPath(client.id)}?done=invited`)
    const { problem } = changed
    return sendPage(reply, notTaken(reply, changed), await page(browser, client, { invite: { username, problem } }))
  })

  app.post<AppRoute>('/developer/apps/:id/testers/remove', async (request, reply) => {
    const { browser, form, by } = await readSignedForm(context, request, reply)
    const client = await requireOwnApp(context, browser.live, request.params.id)
    const { problem } = await removeTester(context, by, client, form.get('username') ?? '')
    if (problem === undefined) return goTo(reply, `${testersPath(client.id)}?done=removed`)
    return sendPage(reply, 400, await page(browser, client, { problem }))
  })
}

/** The page that closes an account, as it is shown after whatever form. */
import type { FastifyReply } from 'fastify'
import { isRecent } from '../../../engine/account/sessions.ts'
import { obstaclesOf } from '../../../engine/developer/close_account.ts'
import { sendPage } from '../../../http/browser/page_headers.ts'
import { appPath } from '../../kit/paths.ts'
import { type SignedIn, secrets, viewerOf } from '../../visit.ts'
import { type CloseProps, closeForm } from './close_view.tsx'

export async function showClose(
  visit: SignedIn,
  status: number,
  more: Pick<CloseProps, 'problem' | 'handOver'> = {},
): Promise<FastifyReply> {
  const { context, live, by } = visit
  const { lastOwner, apps } = await obstaclesOf(context, by.account)
  const view = closeForm({
    ...secrets(visit),
    viewer: viewerOf(visit),
    lastOwner,
    apps: apps.map(({ id, name }) => ({ clientId: id, name, href: appPath(id) })),
    recent: isRecent(context, live),
    hasData: context.settings.dataApi,
    ...more,
  })
  return sendPage(visit.reply, status, view)
}

/** /developer: one's own apps, and for each the log of its requests with the reason of every refusal. */
import type { FastifyInstance } from 'fastify'
import { registrationFor } from '../../engine/developer/developer_apps.ts'
import { sendPage } from '../../http/browser/page_headers.ts'
import type { Context } from '../../runtime/context.ts'
import { toClient } from '../../runtime/kept/clients.ts'
import { paths } from '../kit/paths.ts'
import { noticeOf, requireSignedIn, viewerOf } from '../page.ts'
import { registerDeveloperOlder } from './app/legacy_clients.ts'
import { registerDeveloperRedirectUris } from './app/redirect_uris.ts'
import { registerDeveloperSettings } from './app/settings.ts'
import { registerDeveloperTesters } from './app/testers.ts'
import { registerDeveloperStart } from './app_start.ts'
import { registerDeveloperApps } from './apps.ts'
import { developer } from './developer_view.tsx'
import { keysAreUsed, registerDeveloperKeys } from './keys/keys.ts'
import { registerDeveloperRequests } from './requests/requests.ts'

export function registerDeveloper(app: FastifyInstance, context: Context): void {
  registerDeveloperApps(app, context)
  registerDeveloperRedirectUris(app, context)
  registerDeveloperStart(app, context)
  registerDeveloperSettings(app, context)
  registerDeveloperTesters(app, context)
  registerDeveloperOlder(app, context)
  registerDeveloperKeys(app, context)
  registerDeveloperRequests(app, context)
  app.get(paths.developer, async (request, reply) => {
    const browser = await requireSignedIn(context, request, reply)
    if (browser === undefined) return reply
    const records = await context.storage.clients.listByUser(browser.live.account.id)
    const apps = records.map(toClient).map((client) => ({
      clientId: client.id,
      name: client.name,
      status: client.status,
      createdAt: client.createdAt,
      collaborator: client.ownerId !== browser.live.account.id,
    }))
    return sendPage(
      reply,
      200,
      developer({
        viewer: viewerOf(browser.live),
        apps,
        notice: noticeOf(request, { deleted: 'The app is deleted.' }),
        keysHref: keysAreUsed(context) ? paths.keys : undefined,
        newAppHref: registrationFor(context, browser.live.account) === 'closed' ? undefined : paths.newApp,
      }),
    )
  })
}

/** /developer: one's own apps, and for each the log of its requests with the reason of every refusal. */
import type { FastifyInstance } from 'fastify'
import { registrationFor } from '../engine/developer/developer_apps.ts'
import { sendPage } from '../http/page_headers.ts'
import type { Context } from '../runtime/context.ts'
import { toClient } from '../runtime/kept/clients.ts'
import { registerDeveloperApps } from './developer_apps.ts'
import { keysAreUsed, registerDeveloperKeys } from './developer_keys.ts'
import { registerDeveloperOlder } from './developer_older.ts'
import { registerDeveloperRedirectUris } from './developer_redirect_uris.ts'
import { registerDeveloperRequests } from './developer_requests.ts'
import { registerDeveloperSettings } from './developer_settings.ts'
import { registerDeveloperStart } from './developer_start.ts'
import { registerDeveloperTesters } from './developer_testers.ts'
import { paths } from './kit/paths.ts'
import { noticeOf, requireSignedIn, viewerOf } from './page.ts'
import { developer } from './views/developer.tsx'

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

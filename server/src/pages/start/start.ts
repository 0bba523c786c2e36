/** The start page, with one way on for whoever looks at it, and the checklist of those who run the server. */
import type { FastifyInstance } from 'fastify'
import { setupIsOpen } from '../../engine/account/accounts.ts'
import type { LiveSession } from '../../engine/account/sessions.ts'
import { isOperator, registrationFor } from '../../engine/developer/developer_apps.ts'
import { firstSteps } from '../../engine/operator/first_steps.ts'
import { readBrowser } from '../../http/browser/cookies.ts'
import { sendPage } from '../../http/browser/page_headers.ts'
import { dialects } from '../../protocol/names.ts'
import type { Context } from '../../runtime/context.ts'
import { paths } from '../kit/paths.ts'
import { PageProblem, requireSignedIn, viewerOf } from '../page.ts'
import { checklist } from './checklist_view.tsx'
import { type StartProps, start } from './start_view.tsx'

export function registerStart(app: FastifyInstance, context: Context, version: string): void {
  const { issuer, appRegistration } = context.settings
  const server = new URL(issuer).host

  app.get(paths.start, async (request, reply) => {
    const { live } = await readBrowser(context, request, reply)
    const registration = live === undefined ? appRegistration : registrationFor(context, live.account)
    const html = start({
      server,
      issuer,
      version,
      viewer: live && viewerOf(live),
      visitor: await visitorOf(context, live),
      mayRegister: registration !== 'closed',
      needsAdministrator: await setupIsOpen(context),
    })
    return sendPage(reply, 200, html)
  })

  app.get(paths.checklist, async (request, reply) => {
    const browser = await requireSignedIn(context, request, reply)
    if (browser === undefined) return reply
    if (!isOperator(browser.live.account)) throw new PageProblem('not_allowed')
    const providers = await context.providers.list()
    const html = checklist({
      viewer: viewerOf(browser.live),
      server,
      issuer,
      ...(await firstSteps(context)),
      providers: providers.map(({ provider }) => provider.name),
      registration: appRegistration,
      legacy: dialects.filter((name) => name !== 'oauth' && context.settings.dialects.has(name)),
    })
    return sendPage(reply, 200, html)
  })
}

async function visitorOf(context: Context, live: LiveSession | undefined): Promise<StartProps['visitor']> {
  if (live === undefined) return 'stranger'
  if (isOperator(live.account)) {
    const { published, hasApp } = await firstSteps(context)
    if (!published || !hasApp) return 'operator'
  }
  const own = await context.storage.clients.listByUser(live.account.id)
  return own.length > 0 ? 'developer' : 'person'
}

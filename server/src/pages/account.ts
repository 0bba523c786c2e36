/** /account: who one is here, which apps may use the account, and taking that back. */
import type { FastifyInstance } from 'fastify'
import type { Context } from '../engine/context.ts'
import type { LiveSession } from '../engine/sessions.ts'
import { callerOf } from '../http/caller.ts'
import { readBrowser } from '../http/cookies.ts'
import { sendPage } from '../http/page_headers.ts'
import { scopeMeaning } from '../protocol/scope.ts'
import { paths } from './kit/paths.ts'
import { goTo, PageProblem, readOwnForm, readQuery, requireSignedIn, secrets } from './page.ts'
import { type ConnectedApp, account as view } from './views/account.tsx'

export function registerAccount(app: FastifyInstance, context: Context): void {
  app.get(paths.account, async (request, reply) => {
    const browser = await requireSignedIn(context, request, reply)
    if (browser === undefined) return reply
    const { account } = browser.live
    const html = view({
      ...secrets(context, browser, 'session'),
      account: { ...account, name: typeof account.claims.name === 'string' ? account.claims.name : undefined },
      apps: await connectedApps(context, browser.live),
      notice: readQuery(request).get('removed') === undefined ? undefined : 'The app has been disconnected.',
    })
    return sendPage(reply, 200, html)
  })

  app.post(paths.removeApp, async (request, reply) => {
    const browser = await readBrowser(context, request, reply)
    const form = readOwnForm(context, request, browser, 'session')
    const clientId = form.get('client_id')
    if (browser.live === undefined || clientId === undefined) throw new PageProblem('form_refused')
    const userId = browser.live.account.id
    await context.storage.consents.withdraw(userId, clientId)
    await context.storage.grants.endAll({ userId, clientId }, 'revoked_by_user')
    context.audit.record('consent_withdrawn', { actor: userId, clientId, caller: callerOf(request) })
    return goTo(reply, `${paths.account}?removed=1`)
  })
}

/** Repeats of a grant from which on a person is told; a lost answer now and then is everyday life. */
const repeatsShown = 3

/** Apps with a standing consent or a live grant, most recently used first. */
async function connectedApps(context: Context, live: LiveSession): Promise<readonly ConnectedApp[]> {
  const userId = live.account.id
  const [consents, grants] = await Promise.all([
    context.storage.consents.listByUser(userId),
    context.storage.grants.listByUser(userId, 500),
  ])
  const apps = new Map<string, { scope: Set<string>; since: number; lastUsed: number | undefined; networks: number }>()
  for (const consent of consents) {
    if (!consent.enabled) continue
    apps.set(consent.clientId, {
      scope: new Set(consent.scope),
      since: consent.grantedAt,
      lastUsed: undefined,
      networks: 0,
    })
  }
  for (const { grant } of grants) {
    if (grant.state !== 'live') continue
    const app = apps.get(grant.clientId) ?? {
      scope: new Set(),
      since: grant.createdAt,
      lastUsed: undefined,
      networks: 0,
    }
    for (const scope of grant.context.scope) app.scope.add(scope)
    app.since = Math.min(app.since, grant.createdAt)
    app.lastUsed = Math.max(app.lastUsed ?? 0, grant.usedAt, grant.steppedAt)
    const repeats = await context.storage.grants.repeats(grant.id)
    if (repeats !== undefined && repeats.count >= repeatsShown) app.networks = Math.max(app.networks, repeats.networks)
    apps.set(grant.clientId, app)
  }
  const shown = await Promise.all(
    [...apps].map(async ([clientId, app]) => ({
      clientId,
      name: (await context.clients.find(clientId))?.name ?? clientId,
      scopes: [...app.scope].map(scopeMeaning),
      since: app.since,
      lastUsed: app.lastUsed,
      warning:
        app.networks < 2
          ? undefined
          : `It repeats its refreshes from ${app.networks} networks. If that is not you travelling, disconnect it.`,
    })),
  )
  return shown.sort((a, b) => (b.lastUsed ?? b.since) - (a.lastUsed ?? a.since))
}

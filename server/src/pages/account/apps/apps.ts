/** /account/apps: which apps may use one's account, each on a page of its own, and taking that back. */

import { z } from 'zod'
import { listAppUses } from '../../../engine/account/apps/app_uses.ts'
import {
  type ConnectedApp as Connected,
  disconnectApp,
  findConnectedApp,
  listConnectedApps,
} from '../../../engine/account/apps/connected_apps.ts'
import { endsToldFor, listEndedApps } from '../../../engine/account/apps/ended_apps.ts'
import { answerInvitation, listInvitations } from '../../../engine/developer/app_testers.ts'
import { readScopes, type ScopeCatalogue } from '../../../engine/grant/scopes.ts'
import type { Page } from '../../../words/index.ts'
import { confirm } from '../../confirm_view.tsx'
import { describeApp, describeServices } from '../../describe_app.ts'
import { leaveFlash, takeFlash } from '../../flash.ts'
import { further, signedIn } from '../../guards.ts'
import { connectedAppPath, paths } from '../../kit/paths.ts'
import { page } from '../../page.ts'
import {
  goTo,
  noticeOf,
  PageProblem,
  partOf,
  partOfPath,
  readPage,
  readQuery,
  type SignedIn,
  secrets,
  viewerOf,
} from '../../visit.ts'
import { accountApp } from './app_view.tsx'
import { accountApps, type ConnectedApp } from './apps_view.tsx'

/** Apps, or places of one, on one page. */
const pageSize = 20

/** Whoever has connected the app that the address names. */
const connected = further(signedIn, (visit) => requireConnectedApp(visit, partOfPath(visit, 'id')))

export const accountAppsPages = [
  page({
    path: paths.accountApps,
    guard: signedIn,
    get: async (visit) => {
      const shown = readPage(visit)
      return accountApps({
        ...secrets(visit),
        viewer: viewerOf(visit),
        ...(await shownApps(visit, shown)),
        page: shown,
        invitations: await listInvitations(visit.context, visit.by.account.id),
        ended: shown === 1 ? await listEndedApps(visit.context, visit.by.account.id) : [],
        toldFor: endsToldFor(visit.context),
        notice: await removalOf(visit),
      })
    },
  }),

  page({
    path: `${paths.accountApps}/:id`,
    guard: connected,
    get: async (visit) => {
      const { context, app, client, seats, stays } = visit
      const scopes = await readScopes(context)
      const scope = stays && !app.scope.includes('offline_access') ? [...app.scope, 'offline_access'] : app.scope
      return accountApp({
        viewer: viewerOf(visit),
        server: new URL(context.settings.issuer).host,
        ...shownApp({ ...app, scope }, scopes),
        services: await describeServices(context, scopes, scope),
        app: await describeApp(context, client),
        uses: context.settings.dataApi ? await listAppUses(context, visit.by.account.id, client.id) : undefined,
        places: seats.slice(0, pageSize),
        morePlaces: Math.max(0, seats.length - pageSize),
      })
    },
  }),

  page({ path: `${paths.accountApps}/:id/remove`, guard: connected, get: (visit) => askFirst(visit, visit.app) }),

  page({
    path: paths.removeApp,
    guard: signedIn,
    post: async (visit) => {
      const { context, form, by } = visit
      const clientId = form.get('client_id')
      if (clientId === undefined) throw new PageProblem('form_refused')
      if (form.has('ask')) return askFirst(visit, (await requireConnectedApp(visit, clientId)).app)
      const client = await context.clients.find(clientId)
      const removed = await disconnectApp(context, { userId: by.account.id, clientId }, by.caller)
      if (removed && client !== undefined) leaveFlash(visit, paths.accountApps, client.name)
      return goTo(visit, `${paths.accountApps}?removed=1`)
    },
  }),

  page({
    path: paths.invitations,
    guard: signedIn,
    post: async (visit) => {
      const [clientId, answer] = [visit.form.get('client_id'), visit.form.get('answer')]
      if (clientId === undefined || (answer !== 'accepted' && answer !== 'declined')) {
        throw new PageProblem('request_unclear')
      }
      if (!(await answerInvitation(visit.context, visit.by, clientId, answer))) throw new PageProblem('not_found')
      return goTo(visit, `${paths.accountApps}?done=${answer}`)
    },
  }),
]

/** The question before an app is removed. */
function askFirst(visit: SignedIn, app: Connected): Page {
  return confirm({
    ...secrets(visit),
    id: 'app-remove',
    ...visit.words.account.removal,
    name: app.name,
    action: paths.removeApp,
    fields: { client_id: app.clientId },
    backHref: connectedAppPath(app.clientId),
  })
}

async function requireConnectedApp({ context, by }: SignedIn, clientId: string) {
  const found = await findConnectedApp(context, by.account.id, clientId)
  if (found === undefined) throw new PageProblem('not_found')
  return found
}

/** What was just done, in a sentence. The name of an app that was removed comes sealed, never from the address. */
async function removalOf(visit: SignedIn): Promise<string | undefined> {
  const name = await takeFlash(visit, paths.accountApps, z.string())
  const say = visit.words.account
  if (name !== undefined) return say.removed(name)
  return readQuery(visit).has('removed') ? say.someRemoved : noticeOf(visit, say.invitationNotices)
}

/** The apps on one page of the list. */
export async function shownApps(
  { context, by }: SignedIn,
  shown: number,
): Promise<{ apps: readonly ConnectedApp[]; more: boolean }> {
  const { items, more } = await listConnectedApps(context, by.account.id, partOf(shown, pageSize))
  const scopes = await readScopes(context)
  return { apps: items.map((app) => shownApp(app, scopes)), more }
}

/** An app with its permissions in words, and what its holder should know of. */
function shownApp({ networks, scope, disabled, ...app }: Connected, { shown }: ScopeCatalogue): ConnectedApp {
  return { ...app, scopes: shown(scope), disabled, networks: networks < 2 ? undefined : networks }
}

/** /account and /account/apps: who one is here, which apps may use the account, and taking that back. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import {
  type ConnectedApp as Connected,
  disconnectApp,
  findConnectedApp,
  listConnectedApps,
} from '../../engine/account/connected_apps.ts'
import { listSessions } from '../../engine/account/sessions.ts'
import { answerInvitation, listInvitations } from '../../engine/developer/app_testers.ts'
import { isOperator } from '../../engine/developer/developer_apps.ts'
import { readScopes } from '../../engine/grant/scopes.ts'
import { sendPage } from '../../http/browser/page_headers.ts'
import { wordsOf } from '../../http/browser/words.ts'
import type { UserId } from '../../protocol/names.ts'
import type { ScopeMeaning } from '../../protocol/scope.ts'
import type { Context } from '../../runtime/context.ts'
import { describeApp, describeServices } from '../describe_app.ts'
import { appConfirm } from '../developer/app_overview_view.tsx'
import { leaveFlash, takeFlash } from '../flash.ts'
import { connectedAppPath, paths } from '../kit/paths.ts'
import {
  goTo,
  noticeOf,
  PageProblem,
  partOf,
  readPage,
  readQuery,
  readSignedForm,
  requireSignedIn,
  type SignedIn,
  secrets,
  viewerOf,
} from '../page.ts'
import { account as view } from './account_view.tsx'
import { accountApp } from './app_view.tsx'
import { accountApps, type ConnectedApp } from './apps_view.tsx'

export function registerAccount(app: FastifyInstance, context: Context): void {
  registerInvitations(app, context)
  app.get(paths.account, async (request, reply) => {
    const browser = await requireSignedIn(context, request, reply)
    if (browser === undefined) return reply
    const { account } = browser.live
    const sessions = await listSessions(context, browser.live)
    const last = sessions.reduce((newest, one) => (one.createdAt > newest.createdAt ? one : newest))
    const html = view({
      ...secrets(context, browser, 'account'),
      account: { ...account, name: typeof account.claims.name === 'string' ? account.claims.name : undefined },
      lastSignIn: { at: last.createdAt, userAgent: last.userAgent },
      checklistHref: isOperator(account) ? paths.checklist : undefined,
      ...(await shownApps(context, account.id, 1)),
    })
    return sendPage(reply, 200, html)
  })

  app.get(paths.accountApps, async (request, reply) => {
    const browser = await requireSignedIn(context, request, reply)
    if (browser === undefined) return reply
    const page = readPage(request)
    const html = accountApps({
      ...secrets(context, browser, 'account'),
      viewer: viewerOf(browser.live),
      ...(await shownApps(context, browser.live.account.id, page)),
      page,
      invitations: await listInvitations(context, browser.live.account.id),
      notice: await removalOf(context, request, reply, browser),
    })
    return sendPage(reply, 200, html)
  })

  app.get<AppRoute>(`${paths.accountApps}/:id`, async (request, reply) => {
    const browser = await requireSignedIn(context, request, reply)
    if (browser === undefined) return reply
    const { app, client, seats, stays } = await requireConnectedApp(context, browser, request.params.id)
    const scopes = await readScopes(context.storage)
    const scope = stays && !app.scope.includes('offline_access') ? [...app.scope, 'offline_access'] : app.scope
    const html = accountApp({
      viewer: viewerOf(browser.live),
      server: new URL(context.settings.issuer).host,
      ...shownApp({ ...app, scope }, scopes.meaning),
      services: await describeServices(context, scopes, scope),
      app: await describeApp(context, client),
      places: seats.slice(0, pageSize),
      morePlaces: Math.max(0, seats.length - pageSize),
    })
    return sendPage(reply, 200, html)
  })

  app.get<AppRoute>(`${paths.accountApps}/:id/remove`, async (request, reply) => {
    const browser = await requireSignedIn(context, request, reply)
    if (browser === undefined) return reply
    return askFirst(context, reply, browser, request.params.id)
  })

  app.post(paths.removeApp, async (request, reply) => {
    const { browser, form, by } = await readSignedForm(context, request, reply)
    const clientId = form.get('client_id')
    if (clientId === undefined) throw new PageProblem('form_refused')
    if (form.has('ask')) return askFirst(context, reply, browser, clientId)
    const client = await context.clients.find(clientId)
    const removed = await disconnectApp(context, { userId: by.account.id, clientId }, by.caller)
    if (removed && client !== undefined) {
      leaveFlash(context, reply, browser, { place: paths.accountApps, value: client.name })
    }
    return goTo(reply, `${paths.accountApps}?removed=1`)
  })
}

interface AppRoute {
  Params: { id: string }
}

/** The question before an app is removed. */
async function askFirst(context: Context, reply: FastifyReply, browser: SignedIn, clientId: string) {
  const { app } = await requireConnectedApp(context, browser, clientId)
  const html = appConfirm({
    ...secrets(context, browser, 'account'),
    id: 'app-remove',
    ...wordsOf(reply.request).account.removal,
    name: app.name,
    action: paths.removeApp,
    fields: { client_id: app.clientId },
    backHref: connectedAppPath(app.clientId),
  })
  return sendPage(reply, 200, html)
}

async function requireConnectedApp(context: Context, { live }: SignedIn, clientId: string) {
  const found = await findConnectedApp(context, live.account.id, clientId)
  if (found === undefined) throw new PageProblem('not_found')
  return found
}

/** What was just done, in a sentence. The name of an app that was removed comes sealed, never from the address. */
async function removalOf(
  context: Context,
  request: FastifyRequest,
  reply: FastifyReply,
  browser: SignedIn,
): Promise<string | undefined> {
  const name = await takeFlash(context, request, reply, { browser, place: paths.accountApps, shape: z.string() })
  const say = wordsOf(request).account
  if (name !== undefined) return say.removed(name)
  return readQuery(request).has('removed') ? say.someRemoved : noticeOf(request, say.invitationNotices)
}

function registerInvitations(app: FastifyInstance, context: Context): void {
  app.post(paths.invitations, async (request, reply) => {
    const { form, by } = await readSignedForm(context, request, reply)
    const [clientId, answer] = [form.get('client_id'), form.get('answer')]
    if (clientId === undefined || (answer !== 'accepted' && answer !== 'declined')) {
      throw new PageProblem('request_unclear')
    }
    if (!(await answerInvitation(context, by, clientId, answer))) throw new PageProblem('not_found')
    return goTo(reply, `${paths.accountApps}?done=${answer}`)
  })
}

/** Apps on one page. */
const pageSize = 20

async function shownApps(
  context: Context,
  userId: UserId,
  page: number,
): Promise<{ apps: readonly ConnectedApp[]; more: boolean }> {
  const { items, more } = await listConnectedApps(context, userId, partOf(page, pageSize))
  const { meaning } = await readScopes(context.storage)
  return { apps: items.map((app) => shownApp(app, meaning)), more }
}

/** An app with its permissions in words, and what its holder should know of. */
function shownApp({ networks, scope, ...app }: Connected, meaning: (name: string) => ScopeMeaning): ConnectedApp {
  return { ...app, scopes: scope.map(meaning), networks: networks < 2 ? undefined : networks }
}

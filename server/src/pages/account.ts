/** /account and /account/apps: who one is here, which apps may use the account, and taking that back. */
import type { FastifyInstance } from 'fastify'
import { answerInvitation, listInvitations } from '../engine/app_testers.ts'
import { disconnectApp, listConnectedApps } from '../engine/connected_apps.ts'
import type { Context } from '../engine/context.ts'
import { readScopes } from '../engine/scopes.ts'
import { sendPage } from '../http/page_headers.ts'
import type { UserId } from '../protocol/names.ts'
import { paths } from './kit/paths.ts'
import {
  goTo,
  noticeOf,
  PageProblem,
  partOf,
  readPage,
  readQuery,
  readSignedForm,
  requireSignedIn,
  secrets,
  viewerOf,
} from './page.ts'
import { account as view } from './views/account.tsx'
import { accountApps, type ConnectedApp } from './views/account_apps.tsx'

export function registerAccount(app: FastifyInstance, context: Context): void {
  registerInvitations(app, context)
  app.get(paths.account, async (request, reply) => {
    const browser = await requireSignedIn(context, request, reply)
    if (browser === undefined) return reply
    const { account } = browser.live
    const html = view({
      ...secrets(context, browser, 'account'),
      account: { ...account, name: typeof account.claims.name === 'string' ? account.claims.name : undefined },
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
      notice: readQuery(request).has('removed') ? 'The app has been removed.' : noticeOf(request, notices),
    })
    return sendPage(reply, 200, html)
  })

  app.post(paths.removeApp, async (request, reply) => {
    const { form, by } = await readSignedForm(context, request, reply)
    const clientId = form.get('client_id')
    if (clientId === undefined) throw new PageProblem('form_refused')
    await disconnectApp(context, by.account.id, clientId, by.caller)
    return goTo(reply, `${paths.accountApps}?removed=1`)
  })
}

const notices = {
  accepted: 'You can use the app now. It will still ask for your permission.',
  declined: 'You do not test the app, and it has no access to your account.',
} as const

function registerInvitations(app: FastifyInstance, context: Context): void {
  app.post(paths.invitations, async (request, reply) => {
    const { form, by } = await readSignedForm(context, request, reply)
    const [clientId, answer] = [form.get('client_id'), form.get('answer')]
    if (clientId === undefined || (answer !== 'accepted' && answer !== 'declined')) {
      throw new PageProblem('request_unclear')
    }
    if (!(await answerInvitation(context, by.account.id, clientId, answer, by.caller)))
      throw new PageProblem('not_found')
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
  const apps = items.map((app) => ({
    ...app,
    scopes: app.scope.map(meaning),
    warning:
      app.networks < 2
        ? undefined
        : `It repeats its refreshes from ${app.networks} networks. If that is not you travelling, remove it.`,
  }))
  return { apps, more }
}

/** /developer/apps/ID/settings: what people read of an app, its kind and its permissions. */
import type { FastifyInstance } from 'fastify'
import { type AppDetails, detailsOf } from '../../../engine/developer/app_details.ts'
import { registrationFor } from '../../../engine/developer/developer_apps.ts'
import { accessOf, renameApp, saveAccess, saveDetails, withdrawChange } from '../../../engine/developer/edit_app.ts'
import { offeredScopes } from '../../../engine/grant/scopes.ts'
import { sendPage } from '../../../http/browser/page_headers.ts'
import type { Context } from '../../../runtime/context.ts'
import type { Client } from '../../../runtime/kept/clients.ts'
import type { Page } from '../../../words/index.ts'
import { appPath, secretsPath, settingsPath } from '../../kit/paths.ts'
import { goTo, noticeOf, readSignedForm, requireSignedIn, type SignedIn } from '../../page.ts'
import { frame, requireOwnApp } from '../apps.ts'
import { type AppSettingsProps, appSettings, scopesFor } from './settings_view.tsx'

type AppRoute = { Params: { id: string } }

const notices = {
  saved: 'The settings are saved.',
  renamed: 'The name is saved.',
  waits: 'The operator of this server has to approve this change. Until then the app works as it is.',
} as const

export function registerDeveloperSettings(app: FastifyInstance, context: Context): void {
  async function page(browser: SignedIn, client: Client, more: Partial<AppSettingsProps>): Promise<Page> {
    const access = accessOf(client)
    return appSettings({
      ...frame(context, browser, client),
      details: detailsOf(client),
      ...access,
      scopes: scopesFor(await offeredScopes(context, client), access.scope),
      needsApproval: client.status === 'enabled' && registrationFor(context, browser.live.account) !== 'open',
      ...more,
    })
  }

  const done = (client: Client, waits: boolean | undefined) =>
    `${settingsPath(client.id)}?done=${waits === true ? 'waits' : 'saved'}`

  app.get<AppRoute>('/developer/apps/:id/settings', async (request, reply) => {
    const browser = await requireSignedIn(context, request, reply)
    if (browser === undefined) return reply
    const client = await requireOwnApp(context, browser.live, request.params.id)
    return sendPage(reply, 200, await page(browser, client, { notice: noticeOf(request, notices) }))
  })

  app.post<AppRoute>('/developer/apps/:id/settings/name', async (request, reply) => {
    const { browser, form, by } = await readSignedForm(context, request, reply)
    const client = await requireOwnApp(context, browser.live, request.params.id)
    const name = form.get('name') ?? ''
    const { problem, waits } = { problem: undefined, waits: false, ...(await renameApp(context, by, client.id, name)) }
    if (problem !== undefined) return sendPage(reply, 400, await page(browser, client, { rename: { name, problem } }))
    return goTo(reply, `${settingsPath(client.id)}?done=${waits ? 'waits' : 'renamed'}`)
  })

  app.post<AppRoute>('/developer/apps/:id/settings/details', async (request, reply) => {
    const { browser, form, by } = await readSignedForm(context, request, reply)
    const client = await requireOwnApp(context, browser.live, request.params.id)
    const details: AppDetails = {
      publisher: form.get('publisher') ?? '',
      website: form.get('website') ?? '',
      policy: form.get('policy') ?? '',
      terms: form.get('terms') ?? '',
      logo: form.get('logo') ?? '',
    }
    const saved = await saveDetails(context, by, client.id, details)
    if (saved.problems !== undefined) {
      return sendPage(reply, 400, await page(browser, client, { details, detailProblems: saved.problems }))
    }
    if (saved.problem !== undefined) {
      return sendPage(
        reply,
        400,
        await page(browser, client, { details, detailProblems: { publisher: saved.problem } }),
      )
    }
    return goTo(reply, done(client, saved.waits))
  })

  app.post<AppRoute>('/developer/apps/:id/settings/access', async (request, reply) => {
    const { browser, form, by } = await readSignedForm(context, request, reply, 'scope')
    const client = await requireOwnApp(context, browser.live, request.params.id)
    const scope = form.all('scope').filter((name, at, all) => all.indexOf(name) === at)
    const access = { kind: form.get('kind') ?? '', scope }
    const saved = await saveAccess(context, by, client, access)
    if (saved.problem !== undefined) {
      const accessProblem = { field: saved.field, problem: saved.problem }
      return sendPage(reply, 400, await page(browser, client, { ...access, accessProblem }))
    }
    const after = await requireOwnApp(context, browser.live, client.id)
    // An app that keeps a secret from now on has none yet.
    if (after.confidential && !client.confidential) return goTo(reply, `${secretsPath(client.id)}?done=needed`)
    return goTo(reply, done(client, saved.waits))
  })

  app.post<AppRoute>('/developer/apps/:id/settings/withdraw', async (request, reply) => {
    const { browser, by } = await readSignedForm(context, request, reply)
    const client = await requireOwnApp(context, browser.live, request.params.id)
    await withdrawChange(context, by, client.id)
    return goTo(reply, `${appPath(client.id)}?done=withdrawn`)
  })
}

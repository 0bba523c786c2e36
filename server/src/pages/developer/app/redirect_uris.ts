/** /developer/apps/ID/redirect-uris: where people may return to. Every rule is the engine's; here are forms and answers. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { LiveSession } from '../../../engine/account/sessions.ts'
import { addRedirectUri, changeRedirectUri, removeRedirectUri } from '../../../engine/developer/edit_app.ts'
import { sendPage } from '../../../http/browser/page_headers.ts'
import type { Context } from '../../../runtime/context.ts'
import type { Client } from '../../../runtime/kept/clients.ts'
import type { Page } from '../../../words/index.ts'
import { redirectUriPath, redirectUrisPath } from '../../kit/paths.ts'
import {
  goTo,
  noticeOf,
  PageProblem,
  readQuery,
  readSignedForm,
  requireSignedIn,
  type SignedIn,
  secrets,
} from '../../page.ts'
import { appConfirm } from '../app_overview_view.tsx'
import { frame, requireOwnApp } from '../apps.ts'
import { appRedirectUriEdit, appRedirectUris } from './redirect_uris_view.tsx'

type AppRoute = { Params: { id: string } }

const notices = {
  added: 'The redirect URI is registered.',
  changed: 'The redirect URI is changed.',
  removed: 'The redirect URI is removed.',
  waits: 'The operator of this server has to approve this change. Until then the app works as it is.',
} as const

export function registerDeveloperRedirectUris(app: FastifyInstance, context: Context): void {
  function page(
    browser: SignedIn,
    client: Client,
    more: { notice?: string | undefined; problem?: string; add?: { uri: string; problem: string } },
  ): Page {
    const { redirect_uris: redirectUris, application_type: type } = client.metadata
    return appRedirectUris({ ...frame(context, browser, client), redirectUris, native: type === 'native', ...more })
  }

  app.get<AppRoute>('/developer/apps/:id/redirect-uris', async (request, reply) => {
    const browser = await requireSignedIn(context, request, reply)
    if (browser === undefined) return reply
    const client = await requireOwnApp(context, browser.live, request.params.id)
    return sendPage(reply, 200, page(browser, client, { notice: noticeOf(request, notices) }))
  })

  app.post<AppRoute>('/developer/apps/:id/redirect-uris', async (request, reply) => {
    const { browser, form, by } = await readSignedForm(context, request, reply)
    const client = await requireOwnApp(context, browser.live, request.params.id)
    const uri = (form.get('uri') ?? '').trim()
    const added = await addRedirectUri(context, by, client, uri)
    if (added.problem === undefined) {
      return goTo(reply, `${redirectUrisPath(client.id)}?done=${added.waits ? 'waits' : 'added'}`)
    }
    return sendPage(reply, 400, page(browser, client, { add: { uri, problem: added.problem } }))
  })

  /** The registered address that a page is about. Throws PageProblem. */
  async function registered(live: LiveSession, request: FastifyRequest<AppRoute>) {
    const client = await requireOwnApp(context, live, request.params.id)
    const uri = readQuery(request).get('uri') ?? ''
    if (!client.metadata.redirect_uris.includes(uri)) throw new PageProblem('not_found')
    return { client, uri }
  }

  app.get<AppRoute>('/developer/apps/:id/redirect-uris/edit', async (request, reply) => {
    const browser = await requireSignedIn(context, request, reply)
    if (browser === undefined) return reply
    const { client, uri } = await registered(browser.live, request)
    return sendPage(reply, 200, appRedirectUriEdit({ ...frame(context, browser, client), uri, to: uri }))
  })

  app.post<AppRoute>('/developer/apps/:id/redirect-uris/edit', async (request, reply) => {
    const { browser, form, by } = await readSignedForm(context, request, reply)
    const { client, uri } = await registered(browser.live, request)
    const to = (form.get('to') ?? '').trim()
    const changed = await changeRedirectUri(context, by, client, { from: uri, to })
    if (changed.problem === undefined) {
      return goTo(reply, `${redirectUrisPath(client.id)}?done=${changed.waits ? 'waits' : 'changed'}`)
    }
    const { problem } = changed
    return sendPage(reply, 400, appRedirectUriEdit({ ...frame(context, browser, client), uri, to, problem }))
  })

  app.get<AppRoute>('/developer/apps/:id/redirect-uris/remove', async (request, reply) => {
    const browser = await requireSignedIn(context, request, reply)
    if (browser === undefined) return reply
    const { client, uri } = await registered(browser.live, request)
    const html = appConfirm({
      ...secrets(context, browser, 'account'),
      id: 'redirect-uri-remove',
      heading: 'Remove this redirect URI?',
      name: uri,
      text: `Requests of ${client.name} that use it are refused immediately.`,
      submit: 'Remove',
      fields: { uri },
      action: redirectUriPath(client.id, 'remove'),
      backHref: redirectUrisPath(client.id),
    })
    return sendPage(reply, 200, html)
  })

  app.post<AppRoute>('/developer/apps/:id/redirect-uris/remove', async (request, reply) => {
    const { browser, form, by } = await readSignedForm(context, request, reply)
    const client = await requireOwnApp(context, browser.live, request.params.id)
    const { problem } = await removeRedirectUri(context, by, client.id, form.get('uri') ?? '')
    if (problem === undefined) return goTo(reply, `${redirectUrisPath(client.id)}?done=removed`)
    return sendPage(reply, 400, page(browser, client, { problem }))
  })
}

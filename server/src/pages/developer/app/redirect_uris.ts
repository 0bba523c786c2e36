/** /developer/apps/ID/redirect-uris: where people may return to. Every rule is the engine's; here are forms and answers. */
import {
  addRedirectUri,
  changeRedirectUri,
  isKindForPeople,
  movesSubjects,
  removeRedirectUri,
} from '../../../engine/developer/edit_app.ts'
import { sendPage } from '../../../http/browser/page_headers.ts'
import { kindOf } from '../../../runtime/kept/app_form.ts'
import type { Page, Words } from '../../../words/index.ts'
import { confirm } from '../../confirm_view.tsx'
import { further } from '../../guards.ts'
import { redirectUriPath, redirectUrisPath } from '../../kit/paths.ts'
import { page } from '../../page.ts'
import { goTo, noticeOf, PageProblem, readQuery, secrets } from '../../visit.ts'
import { frame, type OwnApp, ownApp } from '../own_app.ts'
import { moveSubjects } from './move_subjects.tsx'
import { type AppRedirectUrisProps, appRedirectUriEdit, appRedirectUris } from './redirect_uris_view.tsx'

/** Who may come to a page about one redirect URI, which the query names and the app has registered. */
const registered = further(ownApp, (visit) => {
  const uri = readQuery(visit).get('uri') ?? ''
  if (!visit.client.metadata.redirect_uris.includes(uri)) throw new PageProblem('not_found')
  return { uri }
})

export const redirectUrisPages = [
  page({
    path: '/developer/apps/:id/redirect-uris',
    guard: ownApp,
    get: (visit) => draw(visit, { notice: noticeOf(visit, visit.words.redirectUris.notices) }),
    post: async (visit) => {
      const { context, reply, client, form, by } = visit
      const uri = (form.get('uri') ?? '').trim()
      const kind = form.get('kind') ?? ''
      const becomes = isKindForPeople(kind) ? kind : 'web'
      const added = await addRedirectUri(context, by, client, { uri, becomes })
      if (added.problem === undefined) return done(visit, added.waits ? 'waits' : 'added')
      return sendPage(reply, 400, draw(visit, { add: { uri, problem: added.problem }, becomes }))
    },
  }),

  page({
    path: '/developer/apps/:id/redirect-uris/edit',
    guard: registered,
    get: (visit) => appRedirectUriEdit({ ...frame(visit), uri: visit.uri, to: visit.uri }),
    post: async (visit) => {
      const { context, reply, client, form, by, uri } = visit
      const to = (form.get('to') ?? '').trim()
      const mayMoveSubjects = form.has(moveSubjects)
      const changed = await changeRedirectUri(context, by, client, { from: uri, to, mayMoveSubjects })
      if (changed.problem === undefined) return done(visit, changed.waits ? 'waits' : 'changed')
      const { problem } = changed
      return sendPage(reply, 400, appRedirectUriEdit({ ...frame(visit), uri, to, problem }))
    },
  }),

  page({
    path: '/developer/apps/:id/redirect-uris/remove',
    guard: registered,
    get: (visit) => {
      const { client, uri } = visit
      const say = visit.words.redirectUris.removing
      const moves = movesSubjects(client, uri)
      return confirm({
        ...secrets(visit),
        id: 'redirect-uri-remove',
        ...say,
        text: moves ? `${say.text(client.name)} ${say.movesSubjects}` : say.text(client.name),
        name: uri,
        fields: { uri, ...(moves ? { [moveSubjects]: 'yes' } : {}) },
        action: redirectUriPath(client.id, 'remove'),
        backHref: redirectUrisPath(client.id),
      })
    },
  }),

  page({
    path: '/developer/apps/:id/redirect-uris/remove',
    guard: ownApp,
    post: async (visit) => {
      const { context, reply, client, form, by } = visit
      const { problem } = await removeRedirectUri(context, by, client.id, {
        uri: form.get('uri') ?? '',
        mayMoveSubjects: form.has(moveSubjects),
      })
      if (problem === undefined) return done(visit, 'removed')
      return sendPage(reply, 400, draw(visit, { problem }))
    },
  }),
]

function draw(visit: OwnApp, more: Pick<AppRedirectUrisProps, 'notice' | 'problem' | 'add' | 'becomes'>): Page {
  const { metadata } = visit.client
  const kind = kindOf(metadata)
  return appRedirectUris({ ...frame(visit), redirectUris: metadata.redirect_uris, kind, ...more })
}

function done(visit: OwnApp, what: keyof Words['redirectUris']['notices']) {
  return goTo(visit, `${redirectUrisPath(visit.client.id)}?done=${what}`)
}

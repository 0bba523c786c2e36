/** /developer/apps/ID/secrets: an app's client secrets, made, shown once, replaced and removed. */
import type { FastifyReply } from 'fastify'
import { z } from 'zod'
import {
  addSecret,
  canRemoveSecret,
  nextSecretName,
  removeSecret,
  replaceSecret,
  type SecretOverlap,
  secretLimit,
  secretOverlaps,
  usesSecrets,
} from '../../../engine/developer/developer_apps.ts'
import { sendPage } from '../../../http/browser/page_headers.ts'
import type { Client } from '../../../runtime/kept/clients.ts'
import type { Page } from '../../../words/index.ts'
import { confirm } from '../../confirm_view.tsx'
import { showOnce, takeFlash } from '../../flash.ts'
import { newSecretPath, secretPath, secretsPath } from '../../kit/paths.ts'
import { page } from '../../page.ts'
import { goTo, noticeOf, PageProblem, partOfPath, secrets } from '../../visit.ts'
import { frame, type OwnApp, ownApp } from '../own_app.ts'
import { appSecretReplace, appSecretShown } from './secret_view.tsx'
import { type AppSecretsProps, appSecrets } from './secrets_view.tsx'

/** A secret on the way from the form that made it to the page that shows it. */
const newSecret = z.object({
  secret: z.string(),
  name: z.string(),
  /** The one that it replaces, and when that ends (milliseconds); left out where it replaces none. */
  replaces: z.object({ name: z.string(), ends: z.number() }).optional(),
})
type NewSecret = Readonly<z.infer<typeof newSecret>>

export const appSecretsPages = [
  page({
    path: '/developer/apps/:id/secrets',
    guard: ownApp,
    get: (visit) => draw(visit, { notice: noticeOf(visit, visit.words.secrets.notices) }),
    post: async (visit) => {
      const { context, reply, client, form, by } = visit
      const name = form.get('name') ?? ''
      const added = await addSecret(context, by, client.id, name)
      if (added.problem === undefined) return show(visit, { secret: added.secret, name: name.trim() })
      const { problem } = added
      // Where there is no room there is no field to show it beside.
      const field = usesSecrets(client) && client.secrets.length < secretLimit
      return sendPage(reply, 400, draw(visit, field ? { add: { name, problem } } : { problem }))
    },
  }),

  page({
    path: '/developer/apps/:id/secret',
    guard: ownApp,
    head: false,
    get: async (visit) => {
      const { context, client } = visit
      const shown = await takeFlash(visit, newSecretPath(client.id), newSecret)
      if (shown === undefined) return goTo(visit, secretsPath(client.id))
      const { replaces: old, ...made } = shown
      const worksUntil = old !== undefined && old.ends > context.clock.now() ? old.ends : undefined
      const replaces = old === undefined ? undefined : { name: old.name, worksUntil }
      return appSecretShown({ ...frame(visit), ...made, replaces })
    },
  }),

  page({
    path: '/developer/apps/:id/secrets/:secret/replace',
    guard: ownApp,
    get: (visit) => {
      const secret = requireSecret(visit)
      return appSecretReplace({ ...frame(visit), secret, name: nextSecretName(visit.client.secrets, secret.name) })
    },
    post: async (visit) => {
      const { context, reply, client, form, by } = visit
      const overlap = form.get('overlap') ?? ''
      if (!isOverlap(overlap)) throw new PageProblem('request_unclear')
      const name = form.get('name') ?? ''
      const id = partOfPath(visit, 'secret')
      const secret = client.secrets.find((one) => one.id === id)
      const added = await replaceSecret(context, by, client.id, { id, overlap, name })
      if (added.problem === undefined) {
        const replaces = secret && { name: secret.name, ends: added.oldEnds }
        return show(visit, { secret: added.secret, name: name.trim(), replaces })
      }
      const { problem } = added
      if (added.field !== 'name' || secret === undefined) return sendPage(reply, 400, draw(visit, { problem }))
      return sendPage(reply, 400, appSecretReplace({ ...frame(visit), secret, name, problem, overlap }))
    },
  }),

  page({
    path: '/developer/apps/:id/secrets/:secret/remove',
    guard: ownApp,
    get: (visit) => {
      const { client } = visit
      const say = visit.words.secrets.removing
      const secret = requireSecret(visit)
      return confirm({
        ...secrets(visit),
        id: 'secret-remove',
        ...say,
        text: say.text(client.name),
        name: secret.name,
        action: secretPath(client.id, secret.id, 'remove'),
        backHref: secretsPath(client.id),
      })
    },
    post: async (visit) => {
      const { context, reply, client, by } = visit
      const { problem } = await removeSecret(context, by, client.id, partOfPath(visit, 'secret'))
      if (problem === undefined) return goTo(visit, `${secretsPath(client.id)}?done=removed`)
      return sendPage(reply, 400, draw(visit, { problem }))
    },
  }),
]

function draw(visit: OwnApp, more: Pick<AppSecretsProps, 'notice' | 'problem' | 'add'>): Page {
  const { context, client } = visit
  const now = context.clock.now()
  return appSecrets({
    ...frame(visit),
    usesSecrets: usesSecrets(client),
    limit: secretLimit,
    secrets: client.secrets.map(({ id, name, createdAt, expiresAt }) => ({
      id,
      name,
      createdAt,
      expiresAt,
      expired: expiresAt !== null && expiresAt <= now,
      removable: canRemoveSecret(client.secrets, id, now),
    })),
    ...more,
  })
}

/** Sends the browser to the page that shows a new secret, once. */
function show(visit: OwnApp, made: NewSecret): FastifyReply {
  return showOnce(visit, newSecretPath(visit.client.id), made)
}

/** The secret that the address names. Throws PageProblem. */
function requireSecret(visit: OwnApp): Client['secrets'][number] {
  const found = visit.client.secrets.find(({ id }) => id === partOfPath(visit, 'secret'))
  if (found === undefined) throw new PageProblem('not_found')
  return found
}

function isOverlap(text: string): text is SecretOverlap {
  return Object.hasOwn(secretOverlaps, text)
}

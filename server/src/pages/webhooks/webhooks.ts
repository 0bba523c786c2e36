/**
 * /developer/apps/ID/webhooks and /admin/webhooks: the same pages for the webhooks of an app and for those of the operator.
 * Not here: who may do what (`engine/developer/app_webhooks.ts`, `engine/operator/webhooks.ts`). Neighbours: `../developer/` and
 * `../admin/` have the pages around them. To add: something that is done with a webhook, its `act` below and in both rooms.
 */
import type { FastifyReply } from 'fastify'
import { z } from 'zod'
import { listMessages, listWebhooks, ownWebhook, webhookLimit } from '../../engine/deliveries/webhooks.ts'
import {
  addAppWebhook,
  removeAppWebhook,
  repeatAppMessage,
  rotateAppWebhook,
  switchAppWebhook,
  testAppWebhook,
} from '../../engine/developer/app_webhooks.ts'
import {
  addAuditWebhook,
  removeAuditWebhook,
  repeatAuditMessage,
  rotateAuditWebhook,
  switchAuditWebhook,
  testAuditWebhook,
} from '../../engine/operator/webhooks.ts'
import { sendPage } from '../../http/browser/page_headers.ts'
import { appEventTypes } from '../../protocol/audit/webhook_events.ts'
import type { ClientId } from '../../protocol/names.ts'
import type { FormProblem } from '../../words/form_problem.ts'
import type { Page } from '../../words/index.ts'
import { confirm } from '../confirm_view.tsx'
import { frame, type OwnApp, ownApp } from '../developer/own_app.ts'
import { showOnce, takeFlash } from '../flash.ts'
import { type Guard, operating } from '../guards.ts'
import { paths, webhooksPath } from '../kit/paths.ts'
import { page, type Route, type WithForm } from '../page.ts'
import {
  goTo,
  noticeOf,
  operatorOf,
  PageProblem,
  partOfPath,
  readQuery,
  type SignedIn,
  secrets,
  viewerOf,
} from '../visit.ts'
import type { WebhookPlace } from './frame.tsx'
import { type ShownMessage, webhookShown } from './webhook_view.tsx'
import { type ShownWebhook, type WebhooksProps, webhookSecret, webhooksList } from './webhooks_view.tsx'

/** What differs between the webhooks of an app and those of the operator. */
interface Room<V extends SignedIn> {
  /** As routes name it. */
  readonly path: string
  readonly guard: Guard<V>
  readonly clientId: (visit: V) => ClientId | null
  /** Where this one's stand. */
  readonly pathOf: (visit: V) => string
  readonly place: (visit: V) => WebhookPlace
  readonly chosen: (visit: V & WithForm) => readonly string[]
  readonly add: (
    visit: V,
    webhook: { readonly uri: string; readonly events: readonly string[] },
  ) => Promise<{ readonly id: string; readonly secret: string } | { readonly problem: FormProblem }>
  readonly rotate: (visit: V, id: string) => Promise<string | undefined>
  readonly remove: (visit: V, id: string) => Promise<boolean>
  readonly turn: (visit: V, id: string, on: boolean) => Promise<boolean>
  readonly test: (visit: V, id: string) => Promise<boolean>
  readonly again: (visit: V, id: string, delivery: string) => Promise<boolean>
}

const newSecret = z.object({ id: z.string(), secret: z.string() })

function webhookPages<V extends SignedIn>(room: Room<V>): readonly Route[] {
  const { guard, path } = room
  const one = async (visit: V): Promise<ShownWebhook> => {
    const found = await ownWebhook(visit.context, room.clientId(visit), partOfPath(visit, 'webhook'))
    if (found === undefined) throw new PageProblem('not_found')
    return found
  }
  const reveal = (visit: V, made: { readonly id: string; readonly secret: string }) =>
    showOnce(visit, `${room.pathOf(visit)}/secret`, made)
  return [
    page({
      path,
      guard,
      repeatable: 'event',
      get: (visit) => drawList(room, visit, { notice: noticeOf(visit, visit.words.webhooks.notices) }),
      post: async (visit) => {
        const [uri, events] = [(visit.form.get('uri') ?? '').trim(), room.chosen(visit)]
        const added = await room.add(visit, { uri, events })
        if ('secret' in added) return reveal(visit, added)
        const { problem } = added
        return sendPage(visit.reply, 400, await drawList(room, visit, { add: { uri, events, problem } }))
      },
    }),
    page({
      path: `${path}/secret`,
      guard,
      head: false,
      get: async (visit) => {
        const at = room.pathOf(visit)
        const shown = await takeFlash(visit, `${at}/secret`, newSecret)
        if (shown === undefined) return goTo(visit, at)
        return webhookSecret({ place: room.place(visit), path: at, ...shown })
      },
    }),
    page({
      path: `${path}/:webhook`,
      guard,
      get: async (visit) => drawOne(room, visit, await one(visit)),
      post: async (visit) => {
        const { id } = await one(visit)
        if (visit.form.get('act') !== 'rotate') return carryOut(room, visit, id)
        const secret = await room.rotate(visit, id)
        if (secret === undefined) throw new PageProblem('not_found')
        return reveal(visit, { id, secret })
      },
    }),
    page({
      path: `${path}/:webhook/remove`,
      guard,
      get: async (visit) => {
        const { id, uri } = await one(visit)
        const at = `${room.pathOf(visit)}/${id}`
        const say = visit.words.webhooks.removing
        const action = `${at}/remove`
        return confirm({ ...secrets(visit), id: 'webhook-remove', ...say, name: uri, action, backHref: at })
      },
      post: async (visit) => {
        if (!(await room.remove(visit, partOfPath(visit, 'webhook')))) throw new PageProblem('not_found')
        return goTo(visit, `${room.pathOf(visit)}?done=removed`)
      },
    }),
  ]
}

async function carryOut<V extends SignedIn>(room: Room<V>, visit: V & WithForm, id: string): Promise<FastifyReply> {
  const done = (what: string) => goTo(visit, `${room.pathOf(visit)}/${id}?done=${what}`)
  switch (visit.form.get('act')) {
    case 'test':
      return done((await room.test(visit, id)) ? 'tested' : 'is_off')
    case 'again':
      return done((await room.again(visit, id, visit.form.get('delivery') ?? '')) ? 'again' : 'not_again')
    case 'on':
    case 'off': {
      const act = visit.form.get('act') === 'on'
      await room.turn(visit, id, act)
      return done(act ? 'on' : 'off')
    }
    default:
      throw new PageProblem('request_unclear')
  }
}

async function drawList<V extends SignedIn>(
  room: Room<V>,
  visit: V,
  more: Pick<WebhooksProps, 'add' | 'notice'>,
): Promise<Page> {
  return webhooksList({
    ...secrets(visit),
    ...more,
    place: room.place(visit),
    path: room.pathOf(visit),
    webhooks: await listWebhooks(visit.context, room.clientId(visit)),
    limit: webhookLimit,
    offered: appEventTypes,
  })
}

/** Messages on one page. */
const size = 25

async function drawOne<V extends SignedIn>(room: Room<V>, visit: V, webhook: ShownWebhook): Promise<Page> {
  const found = await listMessages(visit.context, webhook.id, size + 1, readBefore(visit))
  const deliveries = found.slice(0, size)
  const last = found.length > size ? deliveries.at(-1) : undefined
  const own = `${room.pathOf(visit)}/${webhook.id}`
  return webhookShown({
    ...secrets(visit),
    place: room.place(visit),
    path: room.pathOf(visit),
    webhook,
    deliveries,
    older: last && `${own}?before=${last.createdAt}.${last.id}`,
    notice: noticeOf(visit, visit.words.webhooks.notices),
  })
}

/** Where another page of messages begins. Throws PageProblem. */
function readBefore(visit: SignedIn): Pick<ShownMessage, 'createdAt' | 'id'> | undefined {
  const text = readQuery(visit).get('before')
  if (text === undefined) return undefined
  const read = /^([0-9]{1,15})\.(msg_[A-Za-z0-9_-]{16})$/.exec(text)
  if (read === null) throw new PageProblem('request_unclear')
  return { createdAt: Number(read[1]), id: read[2] ?? '' }
}

const ofApps: Room<OwnApp> = {
  path: '/developer/apps/:id/webhooks',
  guard: ownApp,
  clientId: ({ client }) => client.id,
  pathOf: ({ client }) => webhooksPath(client.id),
  place: (visit) => {
    const { viewer, app, legacy } = frame(visit)
    return { of: 'app', viewer, app, legacy }
  },
  chosen: ({ form }) => form.all('event'),
  add: ({ context, by, client }, webhook) => addAppWebhook(context, by, { clientId: client.id, ...webhook }),
  rotate: ({ context, by, client }, id) => rotateAppWebhook(context, by, { clientId: client.id, id }),
  remove: ({ context, by, client }, id) => removeAppWebhook(context, by, { clientId: client.id, id }),
  turn: ({ context, by, client }, id, on) => switchAppWebhook(context, by, { clientId: client.id, id, on }),
  test: ({ context, by, client }, id) => testAppWebhook(context, by, { clientId: client.id, id }),
  again: ({ context, by, client }, id, delivery) =>
    repeatAppMessage(context, by, { clientId: client.id, id, delivery }),
}

const ofOperator: Room<SignedIn> = {
  path: paths.consoleWebhooks,
  guard: operating('run_server'),
  clientId: () => null,
  pathOf: () => paths.consoleWebhooks,
  place: (visit) => ({ of: 'operator', viewer: viewerOf(visit) }),
  chosen: ({ form }) => (form.get('events') ?? '').split(/\s+/).filter((type) => type !== ''),
  add: (visit, webhook) => addAuditWebhook(visit.context, operatorOf(visit), webhook),
  rotate: (visit, id) => rotateAuditWebhook(visit.context, operatorOf(visit), id),
  remove: (visit, id) => removeAuditWebhook(visit.context, operatorOf(visit), id),
  turn: (visit, id, on) => switchAuditWebhook(visit.context, operatorOf(visit), id, on),
  test: (visit, id) => testAuditWebhook(visit.context, operatorOf(visit), id),
  again: (visit, id, delivery) => repeatAuditMessage(visit.context, operatorOf(visit), id, delivery),
}

export const webhooksPages: readonly Route[] = [...webhookPages(ofApps), ...webhookPages(ofOperator)]

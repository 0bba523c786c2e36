/** Webhooks of the operator, which get the events of the audit log, and what was sent to them. */
import { z } from 'zod'
import { listMessages, listWebhooks, ownWebhook } from '../../../engine/deliveries/webhooks.ts'
import {
  type AuditWebhook,
  addAuditWebhook,
  changeAuditWebhook,
  findAuditMessage,
  removeAuditWebhook,
  repeatAuditMessage,
  rotateAuditWebhook,
  switchAuditWebhook,
  testAuditWebhook,
  type WebhookMessage,
} from '../../../engine/operator/webhooks.ts'
import { Problem } from '../../../http/problem_details.ts'
import type { Context } from '../../../runtime/context.ts'
import { en } from '../../../words/en/index.ts'
import { type FormProblem, sayProblem } from '../../../words/form_problem.ts'
import { byId, type Operation, operation, type Thing, text } from '../operation.ts'
import { keysOf, pageFrom, pageOf, pageQuery } from '../pages.ts'
import { moment, momentOf, momentOrNull } from '../shapes.ts'

const webhook = z.object({
  id: z.string().meta({ examples: ['whk_4mQx2T9hWk1a'] }),
  uri: z.string(),
  events: z.array(z.string()).meta({ description: 'Types of events; none for all.' }),
  enabled: z.boolean(),
  off_at: moment.nullable(),
  off_reason: z
    .string()
    .nullable()
    .meta({ description: 'Why nothing is sent: by hand, or because nothing was taken.' }),
  failing_since: moment.nullable().meta({ description: 'Since when nothing has been taken.' }),
  created_at: moment,
})

function shown(one: AuditWebhook): z.output<typeof webhook> {
  return {
    id: one.id,
    uri: one.uri,
    events: [...one.events],
    enabled: one.offAt === null,
    off_at: momentOrNull(one.offAt),
    off_reason: one.offReason,
    failing_since: momentOrNull(one.failingSince),
    created_at: momentOf(one.createdAt),
  }
}

const aWebhook: Thing<z.output<typeof byId>> = {
  kind: 'webhook',
  key: ({ id }) => id,
  read: async ({ context }, id) => {
    const found = await ownWebhook(context, null, id)
    return found && shown(found)
  },
}

const uri = text.max(2000)
const events = z.array(text.max(200)).max(500).meta({ description: 'Types of events; none for all.' })

const delivery = z.object({
  id: z.string().meta({ description: 'The `webhook-id` of the message, which stays over all attempts.' }),
  type: z.string(),
  state: z.string(),
  attempts: z.int(),
  last_at: moment.nullable(),
  status: z.int().nullable().meta({ description: 'HTTP status of the last answer.' }),
  error: z.string().nullable(),
  created_at: moment,
})

function shownDelivery(one: WebhookMessage): z.output<typeof delivery> {
  return {
    id: one.id,
    type: one.type,
    state: one.state,
    attempts: one.attempts,
    last_at: momentOrNull(one.lastAt),
    status: one.status,
    error: one.error,
    created_at: momentOf(one.createdAt),
  }
}

const secret = z
  .string()
  .optional()
  .meta({ description: 'What messages are signed with (`whsec_…`). In the first answer alone.' })

/** Throws Problem where the operator has no such webhook. */
async function requireWebhook(context: Context, id: string): Promise<AuditWebhook> {
  const found = await ownWebhook(context, null, id)
  if (found === undefined) throw new Problem('not_found')
  return found
}

function notAdded(problem: FormProblem): Problem {
  const detail = sayProblem(en, problem)
  if (typeof problem !== 'string') return new Problem('conflict', detail)
  const member = problem === 'webhook_event_unknown' ? 'events' : 'uri'
  return new Problem('bad_request', { detail, errors: [{ pointer: `#/${member}`, detail }] })
}

const off = 'The webhook is switched off.'

export const webhookOperations: readonly Operation[] = [
  operation({
    id: 'listWebhooks',
    method: 'GET',
    path: '/webhooks',
    tag: 'webhooks',
    summary: 'List the webhooks of the operator',
    right: 'read',
    answer: pageOf(webhook),
    run: async ({ context }) => ({ body: { items: (await listWebhooks(context, null)).map(shown), next: null } }),
  }),
  operation({
    id: 'createWebhook',
    method: 'POST',
    path: '/webhooks',
    tag: 'webhooks',
    summary: 'Have events of the audit log sent to an address',
    right: 'run_server',
    status: 201,
    body: z.strictObject({
      uri,
      events: events.default([]),
    }),
    answer: webhook.extend({ secret }),
    thing: { ...aWebhook, key: () => '' },
    problems: ['conflict'],
    examples: { body: { uri: 'https://siem.example.com/consentry', events: [] } },
    async run({ context, by, body }) {
      const added = await addAuditWebhook(context, by, body)
      if ('problem' in added) throw notAdded(added.problem)
      return { location: `/webhooks/${added.id}`, once: { secret: added.secret } }
    },
  }),
  operation({
    id: 'getWebhook',
    method: 'GET',
    path: '/webhooks/{id}',
    tag: 'webhooks',
    summary: 'Read one webhook',
    right: 'read',
    params: byId,
    answer: webhook,
    thing: aWebhook,
  }),
  operation({
    id: 'changeWebhook',
    method: 'PATCH',
    path: '/webhooks/{id}',
    tag: 'webhooks',
    summary: 'Switch a webhook on or off, or change its address or its events',
    description: 'What happens while it is off is not sent. `enabled` is changed alone.',
    right: 'run_server',
    params: byId,
    body: z.union([
      z.strictObject({ enabled: z.boolean() }),
      z.strictObject({ uri: uri.optional(), events: events.optional() }),
    ]),
    answer: webhook,
    thing: aWebhook,
    examples: { body: { enabled: true } },
    async run({ context, by, params, body }) {
      if ('enabled' in body) {
        if (!(await switchAuditWebhook(context, by, params.id, body.enabled))) throw new Problem('not_found')
        return undefined
      }
      const outcome = await changeAuditWebhook(context, by, params.id, body)
      if (outcome === 'unknown') throw new Problem('not_found')
      if (outcome !== 'changed') throw notAdded(outcome.problem)
      return undefined
    },
  }),
  operation({
    id: 'rotateWebhookSecret',
    method: 'POST',
    path: '/webhooks/{id}/secret',
    tag: 'webhooks',
    summary: 'Give a webhook another secret; messages are signed with both for a day',
    right: 'run_server',
    params: byId,
    answer: webhook.extend({ secret }),
    thing: aWebhook,
    async run({ context, by, params }) {
      const made = await rotateAuditWebhook(context, by, params.id)
      if (made === undefined) throw new Problem('not_found')
      return { once: { secret: made } }
    },
  }),
  operation({
    id: 'testWebhook',
    method: 'POST',
    path: '/webhooks/{id}/test',
    tag: 'webhooks',
    summary: 'Send a webhook a message that says nothing',
    right: 'run_server',
    status: 202,
    params: byId,
    answer: webhook,
    thing: aWebhook,
    problems: ['conflict'],
    async run({ context, by, params }) {
      await requireWebhook(context, params.id)
      if (!(await testAuditWebhook(context, by, params.id))) throw new Problem('conflict', off)
      return undefined
    },
  }),
  operation({
    id: 'deleteWebhook',
    method: 'DELETE',
    path: '/webhooks/{id}',
    tag: 'webhooks',
    summary: 'Remove a webhook with all that was sent to it',
    right: 'run_server',
    status: 204,
    params: byId,
    thing: aWebhook,
    async run({ context, by, params }) {
      if (!(await removeAuditWebhook(context, by, params.id))) throw new Problem('not_found')
      return undefined
    },
  }),
  operation({
    id: 'listWebhookDeliveries',
    method: 'GET',
    path: '/webhooks/{id}/deliveries',
    tag: 'webhooks',
    summary: 'List what was sent to a webhook, the newest first',
    right: 'read',
    params: byId,
    query: z.strictObject(pageQuery),
    answer: pageOf(delivery),
    async run({ context, params, query: { limit, cursor } }) {
      const [createdAt, id] = keysOf(cursor, z.tuple([z.int(), text.max(100)])) ?? []
      await requireWebhook(context, params.id)
      const before = createdAt === undefined || id === undefined ? undefined : { createdAt, id }
      const found = await listMessages(context, params.id, limit + 1, before)
      return pageFrom(found, limit, shownDelivery, (last) => [last.createdAt, last.id])
    },
  }),
  operation({
    id: 'replayWebhookDelivery',
    method: 'POST',
    path: '/webhooks/{id}/deliveries/{delivery}/replay',
    tag: 'webhooks',
    summary: 'Send a message once more, with its ID',
    right: 'run_server',
    status: 202,
    params: byId.extend({ delivery: text.max(100) }),
    answer: delivery,
    problems: ['conflict'],
    async run({ context, by, params }) {
      const { id } = await requireWebhook(context, params.id)
      const message = () => findAuditMessage(context, id, params.delivery)
      if ((await message()) === undefined) throw new Problem('not_found')
      if (!(await repeatAuditMessage(context, by, id, params.delivery))) throw new Problem('conflict', off)
      const repeated = await message()
      if (repeated === undefined) throw new Problem('not_found')
      return { body: shownDelivery(repeated) }
    },
  }),
]

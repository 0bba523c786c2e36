/** Pages of webhooks. */
import { webhookShown } from '../server/dist/pages/webhooks/webhook_view.js'
import { webhookSecret, webhooksList } from '../server/dist/pages/webhooks/webhooks_view.js'
import { appEventTypes } from '../server/dist/protocol/audit/webhook_events.js'
import { viewer as person } from './screenshot_values.mjs'

const day = 86_400_000
const now = Date.UTC(2027, 5, 30, 8, 12)
const place = { of: 'app', viewer: person, app: { clientId: 'meadow', name: 'Meadow Journal' } }
const path = '/developer/apps/meadow/webhooks'
const operator = { place: { of: 'operator', viewer: { ...person, role: 'owner' } }, path: '/admin/webhooks' }
const webhook = {
  id: 'whk_4kQ',
  uri: 'https://hooks.meadow.example/events',
  events: ['access.removed', 'app.disabled'],
  createdAt: now - 40 * day,
  failingSince: null,
  offReason: null,
}
const long = {
  ...webhook,
  id: 'whk_5',
  uri: `https://a-rather-long-name-of-a-host.internal.meadow.example/${'events/'.repeat(12)}`,
  events: [],
  failingSince: now - 2 * day,
}
const off = { ...webhook, id: 'whk_6', uri: 'https://old.meadow.example/', offReason: 'failed' }
const sent = { webhookId: 'whk_4kQ', type: 'access.removed', body: '{}', lastAt: now }
const deliveries = [
  { ...sent, id: 'msg_Jw8dPz2f0Lq1yTgk', createdAt: now, state: 'waiting', attempts: 2, status: 500, error: null },
  {
    ...sent,
    id: 'msg_b1V9m3Xc7RtQe0Zu',
    createdAt: now - day,
    state: 'delivered',
    attempts: 1,
    status: 204,
    error: null,
  },
  {
    ...sent,
    id: 'msg_n4K2hYw8sDfGaP5i',
    createdAt: now - 2 * day,
    state: 'failed',
    attempts: 12,
    status: null,
    error: 'no_answer',
  },
]
const list = { csrf: 'token', place, path, limit: 5, offered: appEventTypes }

export const webhookSamples = {
  webhooks: { html: webhooksList({ ...list, webhooks: [webhook, long, off] }) },
  'webhooks-none': { html: webhooksList({ ...list, webhooks: [] }) },
  'webhooks-refused': {
    html: webhooksList({
      ...list,
      webhooks: [],
      add: { uri: 'http://hooks.example', events: ['app.enabled'], problem: 'webhook_uri_not_https' },
    }),
  },
  'webhooks-operator': { html: webhooksList({ ...list, ...operator, webhooks: [webhook] }) },
  'webhook-secret': {
    html: webhookSecret({ place, path, id: 'whk_4kQ', secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo=' }),
  },
  webhook: {
    html: webhookShown({ csrf: 'token', place, path, webhook, deliveries, older: `${path}/whk_4kQ?before=1.msg` }),
  },
  'webhook-off': { html: webhookShown({ csrf: 'token', ...operator, webhook: off, deliveries: [] }) },
}

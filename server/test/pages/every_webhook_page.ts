/** The pages of webhooks, for the tests that look at every page. */
import type { WebhookPlace } from '../../src/pages/webhooks/frame.tsx'
import { webhookShown } from '../../src/pages/webhooks/webhook_view.tsx'
import { webhookSecret, webhooksList } from '../../src/pages/webhooks/webhooks_view.tsx'
import { appEventTypes } from '../../src/protocol/audit/webhook_events.ts'
import type { Page } from '../../src/words/index.ts'

const at = Date.UTC(2026, 2, 3, 14, 2, 11)

export function webhookViews(text: (usual: string) => string): Record<string, Page> {
  const secrets = { csrf: text('token') }
  const viewer = { username: text('dana'), role: 'owner' } as const
  const place: WebhookPlace = { of: 'app', viewer, app: { clientId: text('meadow'), name: text('Meadow Journal') } }
  const path = '/developer/apps/meadow/webhooks'
  const operator = { place: { of: 'operator', viewer }, path: '/admin/webhooks' } as const
  const webhook = {
    id: 'whk_1',
    uri: text('https://hooks.meadow.example/events'),
    events: [text('access.removed')],
    createdAt: at,
    failingSince: null,
    offReason: null,
  }
  const failing = { ...webhook, id: 'whk_2', events: [], failingSince: at }
  const off = { ...webhook, id: 'whk_3', offReason: 'failed' } as const
  const sent = { webhookId: 'whk_1', type: text('access.removed'), body: '{}', createdAt: at, lastAt: at }
  const deliveries = [
    { ...sent, id: 'msg_1', state: 'delivered', attempts: 1, status: 204, error: null },
    { ...sent, id: 'msg_2', state: 'waiting', attempts: 2, status: 500, error: null },
    { ...sent, id: 'msg_3', state: 'failed', attempts: 12, status: null, error: 'no_answer' },
  ] as const
  const list = { ...secrets, place, path, limit: 5, offered: appEventTypes }
  return {
    webhooks: webhooksList({ ...list, webhooks: [webhook, failing, off] }),
    'webhooks none': webhooksList({ ...list, webhooks: [] }),
    'webhooks refused': webhooksList({
      ...list,
      webhooks: [webhook],
      add: { uri: text('http://hooks'), events: ['access.removed'], problem: 'webhook_uri_not_https' },
    }),
    'webhooks of the operator': webhooksList({ ...list, ...operator, webhooks: [failing] }),
    'webhook secret': webhookSecret({
      place,
      path,
      id: 'whk_1',
      secret: text('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'),
    }),
    webhook: webhookShown({ ...secrets, place, path, webhook, deliveries, older: `${path}/whk_1?before=1.msg_3` }),
    'webhook off': webhookShown({ ...secrets, ...operator, webhook: off, deliveries: [] }),
  }
}

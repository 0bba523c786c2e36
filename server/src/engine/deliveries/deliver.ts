/** Sends one message to a webhook: signed (Standard Webhooks), guarded, and noted. */
import { day, type Millis } from '../../lib/clock.ts'
import type { WebhookOffReason } from '../../protocol/audit/webhook_events.ts'
import { act } from '../../runtime/act.ts'
import type { Context } from '../../runtime/context.ts'
import type { JobHandler } from '../../runtime/jobs/job.ts'
import { jobKinds } from '../../runtime/jobs/kinds.ts'
import { addJob } from '../../runtime/jobs/queue.ts'
import { openSecret } from '../../runtime/keys/secrets_at_rest.ts'
import { webhookPlace } from '../../runtime/keys/webhook_secrets.ts'
import { callOut, outboundTo, signedHeaders } from '../../runtime/outbound.ts'
import type { StoredWebhook, WebhookDelivery } from '../../storage/contract.ts'

/** After so long without one message that was taken, a webhook is switched off. */
const patience: Millis = 5 * day

class NotTaken extends Error {
  override readonly name = 'WebhookNotTaken'
}

/** A webhook that has gone or is off gets nothing. Whatever else goes wrong is tried again later, with the same ID. */
export const deliverMessage: JobHandler<'webhooks.deliver'> = async (context, { payload, attempts }) => {
  const { storage, clock } = context
  const message = await storage.webhooks.findDelivery(payload.delivery)
  const webhook = message && (await storage.webhooks.find(message.webhookId))
  if (message === undefined || webhook === undefined || message.state === 'delivered') return
  const note = (told: Pick<WebhookDelivery, 'state' | 'status' | 'error'>) =>
    storage.webhooks.noteAttempt(message.id, { ...told, lastAt: clock.now() })
  if (webhook.offAt !== null) return void (await note({ state: 'failed', status: null, error: 'webhook_off' }))
  const answer = await send(context, webhook, message)
  if (answer.status !== null && answer.status >= 200 && answer.status <= 299) {
    await note({ state: 'delivered', ...answer })
    if (webhook.failingSince !== null) await storage.webhooks.update(webhook.id, { failingSince: null })
    return
  }
  const last = attempts >= jobKinds['webhooks.deliver'].attempts
  await note({ state: last ? 'failed' : 'waiting', ...answer })
  await noteFailure(context, webhook, answer.status)
  throw new NotTaken(`a webhook answered with ${answer.status ?? answer.error}`)
}

async function send(
  context: Context,
  webhook: StoredWebhook,
  { id, body }: WebhookDelivery,
): Promise<Pick<WebhookDelivery, 'status' | 'error'>> {
  const secrets = secretsOf(context, webhook)
  if (secrets.length === 0) return { status: null, error: 'secret_unreadable' }
  const headers = {
    'content-type': 'application/json',
    'user-agent': 'Consentry-Webhooks',
    ...signedHeaders({ id, at: context.clock.now(), body }, secrets),
  }
  try {
    const writtenBy = webhook.clientId === null ? 'operator' : 'stranger'
    const outbound = outboundTo(context.outbound, context.settings, writtenBy)
    const answer = await callOut('webhook', webhook.uri, { method: 'POST', headers, body }, outbound)
    // A redirect is not followed, and nothing of the answer is kept but its status.
    return { status: answer.status, error: null }
  } catch {
    return { status: null, error: 'no_answer' }
  }
}

/** The secrets that count now, the newest first. */
function secretsOf({ keyring, clock }: Context, { id, secrets }: StoredWebhook): string[] {
  const now = clock.now()
  return secrets
    .filter(({ endsAt }) => endsAt === null || endsAt > now)
    .flatMap(({ secret }) => openSecret(keyring, secret, webhookPlace(id)) ?? [])
}

async function noteFailure(context: Context, { id, clientId, failingSince }: StoredWebhook, status: number | null) {
  const now = context.clock.now()
  const since = failingSince ?? now
  const reason: WebhookOffReason | undefined = status === 410 ? 'gone' : now - since >= patience ? 'failed' : undefined
  if (reason === undefined) {
    if (failingSince === null) await context.storage.webhooks.update(id, { failingSince: now })
    return
  }
  await act(context, {}, async (acting, record) => {
    await acting.webhooks.update(id, { failingSince: since, offAt: now, offReason: reason })
    await record('webhook_switched_off', { clientId, detail: { webhook: id, reason } })
    await addJob(context, acting, 'webhooks.tell', { payload: { webhook: id } })
  })
}

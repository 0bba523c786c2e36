/**
 * Webhooks (standardwebhooks.com): where an app's developer, or the operator, wants events to be sent. The room has the acts on
 * them, what becomes of an event (`gather.ts`) and how a message leaves (`deliver.ts`). The audit log is the outbox: an event is
 * committed with its act, and its messages are made of the log behind it, so that none is lost and no act waits.
 * Not here: who may do so (`developer/`, `operator/`), and logout tokens (`logout/`). Neighbours: `account/` is beside and unknown.
 * To add: an event for apps, its row in `protocol/audit/webhook_events.ts`.
 */
import { isDeepStrictEqual } from 'node:util'
import { day, type Millis } from '../../lib/clock.ts'
import { randomBytes, randomText } from '../../lib/random.ts'
import { appEventTypes, auditEventType, sealedEventType, testEventType } from '../../protocol/audit/webhook_events.ts'
import { auditEvents } from '../../protocol/audit_events.ts'
import type { ClientId } from '../../protocol/names.ts'
import type { ActRecorder } from '../../runtime/act.ts'
import type { Context } from '../../runtime/context.ts'
import { addJob } from '../../runtime/jobs/queue.ts'
import { sealSecret } from '../../runtime/keys/secrets_at_rest.ts'
import { webhookPlace } from '../../runtime/keys/webhook_secrets.ts'
import type { Acting, StoredWebhook, WebhookDelivery } from '../../storage/contract.ts'
import type { FormProblem } from '../../words/form_problem.ts'

/** How many webhooks an app may have, and the operator. */
export const webhookLimit = 5

/** The seals are looked through beside the chains. No process has this name. */
export const sealCursor = 'audit seals'

/** How long messages are signed with a former secret, too. */
const secretOverlap: Millis = day

const longestUri = 2000

type Keys = Pick<Context, 'keyring' | 'clock'>

/** An act on webhooks, within its transaction. */
export interface WebhookAct {
  readonly acting: Acting
  readonly record: ActRecorder
}

/** Types that a webhook may choose. */
function offeredEvents(clientId: ClientId | null): readonly string[] {
  return clientId === null ? [sealedEventType, ...Object.keys(auditEvents).map(auditEventType)] : appEventTypes
}

/** Why this server would not send to the address; undefined where it would try. */
function addressProblem(
  { settings }: Pick<Context, 'settings'>,
  uri: string,
  clientId: ClientId | null,
): FormProblem | undefined {
  const url = URL.canParse(uri) && uri.length <= longestUri ? new URL(uri) : undefined
  if (url === undefined || url.username !== '' || url.password !== '' || url.hash !== '') return 'webhook_uri_unclear'
  const mayAllow = clientId === null || settings.development
  const allowed = mayAllow && url.protocol === 'http:' && settings.outboundAllowed.has(url.origin)
  return url.protocol === 'https:' || allowed ? undefined : 'webhook_uri_not_https'
}

export interface NewWebhook {
  readonly clientId: ClientId | null
  readonly uri: string
  /** None for all. */
  readonly events: readonly string[]
}

/** Adds a webhook; answers its secret, which is never shown again, or why there is none. */
export async function addWebhook(
  context: Keys & Pick<Context, 'settings'>,
  { acting, record }: WebhookAct,
  { clientId, uri, events }: NewWebhook,
): Promise<{ readonly id: string; readonly secret: string } | { readonly problem: FormProblem }> {
  const problem = addressProblem(context, uri, clientId)
  if (problem !== undefined) return { problem }
  const offered = offeredEvents(clientId)
  if (events.some((type) => !offered.includes(type))) return { problem: 'webhook_event_unknown' }
  if ((await acting.webhooks.list(clientId)).length >= webhookLimit) {
    return { problem: { key: 'webhooks_too_many', limit: webhookLimit } }
  }
  const id = `whk_${randomText(12)}`
  const secret = newSecret()
  await beginGathering(context, acting)
  await acting.webhooks.insert({
    id,
    clientId,
    uri: new URL(uri).href,
    events,
    secrets: [{ secret: sealSecret(context.keyring, secret, webhookPlace(id)), endsAt: null }],
    createdAt: context.clock.now(),
    failingSince: null,
    offAt: null,
    offReason: null,
  })
  await record('webhook_added', { clientId, detail: { webhook: id } })
  return { id, secret }
}

/**
 * The audit log is looked through while a webhook is on, so the first one begins it again, behind what came before. The job comes
 * first: of two acts at once that add a webhook, the second waits here until it can see that of the first.
 */
async function beginGathering(context: Keys, acting: Acting): Promise<void> {
  await addJob(context, acting, 'webhooks.gather', { payload: {}, once: { id: 'webhooks.gather', pause: 0 } })
  const on = (await acting.webhooks.all()).some(({ offAt }) => offAt === null)
  if (!on) await acting.webhooks.skipToEnd(sealCursor)
}

/** `whsec_` and 32 random bytes (Standard Webhooks, "Signature scheme"). */
function newSecret(): string {
  return `whsec_${randomBytes(32).toString('base64')}`
}

/** The webhooks of an app, or of the operator (null), the oldest first. */
export function listWebhooks({ storage }: Pick<Context, 'storage'>, clientId: ClientId | null) {
  return storage.webhooks.list(clientId)
}

/** One of them; undefined where there is none. */
export function ownWebhook({ storage }: Pick<Context, 'storage'>, clientId: ClientId | null, id: string) {
  return findWebhook(storage, clientId, id)
}

/** What was sent to one, the newest first; `before` is the last one of the page before. */
export function listMessages(
  { storage }: Pick<Context, 'storage'>,
  id: string,
  limit: number,
  before?: { readonly createdAt: Millis; readonly id: string },
) {
  return storage.webhooks.deliveries(id, limit, before)
}

/** The webhook, where it is one of the app, or of the operator. */
async function findWebhook(
  { webhooks }: Pick<Acting, 'webhooks'>,
  clientId: ClientId | null,
  id: string,
): Promise<StoredWebhook | undefined> {
  const found = await webhooks.find(id)
  return found?.clientId === clientId ? found : undefined
}

/** Makes another secret; messages are signed with both for a day. Answers it once; undefined where there is no such webhook. */
export async function rotateSecret(
  { keyring, clock }: Keys,
  { acting, record }: WebhookAct,
  clientId: ClientId | null,
  id: string,
): Promise<string | undefined> {
  const webhook = await findWebhook(acting, clientId, id)
  if (webhook === undefined) return undefined
  const secret = newSecret()
  const sealed = sealSecret(keyring, secret, webhookPlace(id))
  const former = webhook.secrets.slice(0, 1).map((one) => ({ ...one, endsAt: clock.now() + secretOverlap }))
  await acting.webhooks.update(id, { secrets: [{ secret: sealed, endsAt: null }, ...former] })
  await record('webhook_secret_rotated', { clientId, detail: { webhook: id } })
  return secret
}

/** Removes a webhook with all that was sent to it; false where there is none. */
export async function removeWebhook(
  { acting, record }: WebhookAct,
  clientId: ClientId | null,
  id: string,
): Promise<boolean> {
  if ((await findWebhook(acting, clientId, id)) === undefined) return false
  await acting.webhooks.delete(id)
  await record('webhook_removed', { clientId, detail: { webhook: id } })
  return true
}

/** Switches a webhook on or off; what happens while it is off is not sent. False where there is none. */
export async function switchWebhook(
  { keyring, clock }: Keys,
  { acting, record }: WebhookAct,
  { clientId, id, on }: { readonly clientId: ClientId | null; readonly id: string; readonly on: boolean },
): Promise<boolean> {
  const webhook = await findWebhook(acting, clientId, id)
  if (webhook === undefined) return false
  if (on === (webhook.offAt === null)) return true
  if (on) await beginGathering({ keyring, clock }, acting)
  await acting.webhooks.update(id, on ? switchedOn : { offAt: clock.now(), offReason: 'by_hand' })
  if (on) await record('webhook_switched_on', { clientId, detail: { webhook: id } })
  else await record('webhook_switched_off', { clientId, detail: { webhook: id, reason: 'by_hand' } })
  return true
}

/** Changes where a webhook's messages go, or which it gets. Answers why nothing was changed, or 'changed'. */
export async function changeWebhook(
  context: Pick<Context, 'settings'>,
  { acting, record }: WebhookAct,
  { clientId, id, uri, events }: WebhookWish,
): Promise<'changed' | 'unknown' | { readonly problem: FormProblem }> {
  const webhook = await findWebhook(acting, clientId, id)
  if (webhook === undefined) return 'unknown'
  const problem = uri === undefined ? undefined : addressProblem(context, uri, clientId)
  if (problem !== undefined) return { problem }
  const offered = offeredEvents(clientId)
  if (events?.some((type) => !offered.includes(type))) return { problem: 'webhook_event_unknown' }
  const wanted = {
    ...(uri === undefined ? {} : { uri: new URL(uri).href }),
    ...(events === undefined ? {} : { events }),
  }
  const members = Object.entries(wanted).flatMap(([name, value]) =>
    isDeepStrictEqual(value, webhook[name as keyof typeof wanted]) ? [] : [name],
  )
  if (members.length === 0) return 'changed'
  await acting.webhooks.update(id, wanted)
  await record('webhook_changed', { clientId, detail: { webhook: id, members } })
  return 'changed'
}

/** What shall be otherwise of a webhook; what is left out stays. */
export interface WebhookWish {
  readonly clientId: ClientId | null
  readonly id: string
  readonly uri?: string | undefined
  readonly events?: readonly string[] | undefined
}

const switchedOn = { offAt: null, offReason: null, failingSince: null }

/** Sends a message that says nothing; false where there is no such webhook, or it is off. */
export async function sendTest(
  context: Keys,
  { acting }: Pick<WebhookAct, 'acting'>,
  clientId: ClientId | null,
  id: string,
): Promise<boolean> {
  const webhook = await findWebhook(acting, clientId, id)
  if (webhook === undefined || webhook.offAt !== null) return false
  const at = context.clock.now()
  const data = clientId === null ? {} : { client_id: clientId }
  await queueMessages(context, acting, [{ webhookId: id, type: testEventType, at, data }])
  return true
}

/** Sends a message once more, with its ID; false if this webhook has no such message. */
export async function sendAgain(
  context: Keys,
  { acting }: Pick<WebhookAct, 'acting'>,
  { clientId, id, delivery }: { readonly clientId: ClientId | null; readonly id: string; readonly delivery: string },
): Promise<boolean> {
  const webhook = await findWebhook(acting, clientId, id)
  const message = await acting.webhooks.findDelivery(delivery)
  if (webhook === undefined || webhook.offAt !== null || message?.webhookId !== id) return false
  if (message.state === 'waiting') return true
  await acting.webhooks.sendAgain(delivery)
  await queueDelivery(context, acting, message.id)
  return true
}

export interface Message {
  readonly webhookId: string
  readonly type: string
  readonly at: Millis
  /** IDs alone: no address, name or token. */
  readonly data: Readonly<Record<string, unknown>>
}

/** Stores messages and the jobs that send them. */
export async function queueMessages(context: Keys, acting: Acting, messages: readonly Message[]): Promise<void> {
  const now = context.clock.now()
  const deliveries = messages.map(({ webhookId, type, at, data }) => ({
    id: `msg_${randomText(12)}`,
    webhookId,
    type,
    body: JSON.stringify({ type, timestamp: new Date(at).toISOString(), data }),
    createdAt: now,
  }))
  await acting.webhooks.addDeliveries(deliveries)
  for (const { id } of deliveries) await queueDelivery(context, acting, id)
}

function queueDelivery(context: Keys, acting: Acting, delivery: WebhookDelivery['id']): Promise<void> {
  return addJob(context, acting, 'webhooks.deliver', { payload: { delivery } })
}

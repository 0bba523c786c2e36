/** What the operator does with the webhooks that get the events of the audit log. */
import type { Context } from '../../runtime/context.ts'
import type { StoredWebhook, WebhookDelivery } from '../../storage/contract.ts'
import type { FormProblem } from '../../words/form_problem.ts'
import {
  addWebhook,
  changeWebhook,
  removeWebhook,
  rotateSecret,
  sendAgain,
  sendTest,
  switchWebhook,
  type WebhookAct,
} from '../deliveries/webhooks.ts'
import { type Operator, operate } from './operator.ts'

export type { StoredWebhook as AuditWebhook, WebhookDelivery as WebhookMessage }

type WebhookContext = Pick<Context, 'storage' | 'clock' | 'keyring' | 'settings'>

function as<T>(context: WebhookContext, by: Operator, work: (done: WebhookAct) => Promise<T>): Promise<T> {
  return operate(context, by, (acting, record) => work({ acting, record }))
}

/** Answers the secret, once, or why nothing was added. `events`: none for all. */
export function addAuditWebhook(
  context: WebhookContext,
  by: Operator,
  webhook: { readonly uri: string; readonly events: readonly string[] },
): Promise<{ readonly id: string; readonly secret: string } | { readonly problem: FormProblem }> {
  return as(context, by, (done) => addWebhook(context, done, { clientId: null, ...webhook }))
}

/** Changes the address or the events of one; what is left out stays. */
export function changeAuditWebhook(
  context: WebhookContext,
  by: Operator,
  id: string,
  wish: { readonly uri?: string | undefined; readonly events?: readonly string[] | undefined },
): Promise<'changed' | 'unknown' | { readonly problem: FormProblem }> {
  return as(context, by, (done) => changeWebhook(context, done, { clientId: null, id, ...wish }))
}

/** Answers the new secret, once; undefined where there is no such webhook. */
export function rotateAuditWebhook(context: WebhookContext, by: Operator, id: string): Promise<string | undefined> {
  return as(context, by, (done) => rotateSecret(context, done, null, id))
}

/** False where there is none. */
export function removeAuditWebhook(context: WebhookContext, by: Operator, id: string): Promise<boolean> {
  return as(context, by, (done) => removeWebhook(done, null, id))
}

/** False where there is none. */
export function switchAuditWebhook(context: WebhookContext, by: Operator, id: string, on: boolean): Promise<boolean> {
  return as(context, by, (done) => switchWebhook(context, done, { clientId: null, id, on }))
}

/** False where there is none, or it is off. */
export function testAuditWebhook(context: WebhookContext, by: Operator, id: string): Promise<boolean> {
  return as(context, by, (done) => sendTest(context, done, null, id))
}

/** False where there is no such message, or the webhook is off. */
export function repeatAuditMessage(
  context: WebhookContext,
  by: Operator,
  id: string,
  delivery: string,
): Promise<boolean> {
  return as(context, by, (done) => sendAgain(context, done, { clientId: null, id, delivery }))
}

/** A message that was sent to a webhook, or waits to be; undefined if this webhook has no such message. */
export async function findAuditMessage(
  { storage }: Pick<Context, 'storage'>,
  id: string,
  delivery: string,
): Promise<WebhookDelivery | undefined> {
  const found = await storage.webhooks.findDelivery(delivery)
  return found?.webhookId === id ? found : undefined
}

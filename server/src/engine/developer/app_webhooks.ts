/** What an app's people do with its webhooks. Who is asked for here owns the app or works on it. */
import type { ClientId } from '../../protocol/names.ts'
import { act } from '../../runtime/act.ts'
import type { Context } from '../../runtime/context.ts'
import type { FormProblem } from '../../words/form_problem.ts'
import {
  addWebhook,
  removeWebhook,
  rotateSecret,
  sendAgain,
  sendTest,
  switchWebhook,
  type WebhookAct,
} from '../deliveries/webhooks.ts'
import { type Developer, findOwnApp } from './developer_apps.ts'

/** An app, and one of its webhooks. */
interface OfApp {
  readonly clientId: ClientId
  readonly id: string
}

/** Undefined where it is no app of theirs. */
async function as<T>(
  context: Context,
  by: Developer,
  clientId: ClientId,
  work: (done: WebhookAct) => Promise<T>,
): Promise<T | undefined> {
  if ((await findOwnApp(context, by.account, clientId)) === undefined) return undefined
  return act(context, { actor: by.account.id, caller: by.caller }, (acting, record) => work({ acting, record }))
}

/** Answers the secret, once, or why nothing was added. `events`: none for all. */
export async function addAppWebhook(
  context: Context,
  by: Developer,
  webhook: { readonly clientId: ClientId; readonly uri: string; readonly events: readonly string[] },
): Promise<{ readonly id: string; readonly secret: string } | { readonly problem: FormProblem }> {
  const added = await as(context, by, webhook.clientId, (done) => addWebhook(context, done, webhook))
  return added ?? { problem: 'webhook_event_unknown' }
}

/** Answers the new secret, once; undefined where there is no such webhook. */
export function rotateAppWebhook(
  context: Context,
  by: Developer,
  { clientId, id }: OfApp,
): Promise<string | undefined> {
  return as(context, by, clientId, (done) => rotateSecret(context, done, clientId, id))
}

/** False where there is none. */
export async function removeAppWebhook(context: Context, by: Developer, { clientId, id }: OfApp): Promise<boolean> {
  return (await as(context, by, clientId, (done) => removeWebhook(done, clientId, id))) === true
}

/** False where there is none. */
export async function switchAppWebhook(
  context: Context,
  by: Developer,
  of: OfApp & { readonly on: boolean },
): Promise<boolean> {
  return (await as(context, by, of.clientId, (done) => switchWebhook(context, done, of))) === true
}

/** False where there is none, or it is off. */
export async function testAppWebhook(context: Context, by: Developer, { clientId, id }: OfApp): Promise<boolean> {
  return (await as(context, by, clientId, (done) => sendTest(context, done, clientId, id))) === true
}

/** False where there is no such message, or the webhook is off. */
export async function repeatAppMessage(
  context: Context,
  by: Developer,
  of: OfApp & { readonly delivery: string },
): Promise<boolean> {
  return (await as(context, by, of.clientId, (done) => sendAgain(context, done, of))) === true
}

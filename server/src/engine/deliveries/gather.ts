/** Makes messages of what came into the audit log since it was last looked through, chain by chain. */

import { appEvents, auditEventType, sealedEventType } from '../../protocol/audit/webhook_events.ts'
import type { ClientId, UserId } from '../../protocol/names.ts'
import { act } from '../../runtime/act.ts'
import type { Context } from '../../runtime/context.ts'
import type { JobHandler } from '../../runtime/jobs/job.ts'
import { subjectOf } from '../../runtime/keys/subjects.ts'
import type { ChainRow, StoredSeal, StoredWebhook } from '../../storage/contract.ts'
import { type Message, queueMessages, sealCursor } from './webhooks.ts'

/** Events looked at in one transaction. */
const page = 200

/** Where the cursor of a chain moves, its messages are stored, both or neither. Without a webhook that is on, it rests. */
export const gatherMessages: JobHandler<'webhooks.gather'> = async (context, { signal, rest }) => {
  const { storage } = context
  const webhooks = (await storage.webhooks.all()).filter(({ offAt }) => offAt === null)
  if (webhooks.length === 0) return rest()
  const cursors = await storage.webhooks.cursors()
  for (const { node, number } of await storage.auditChain.heads()) {
    let from = cursors.get(node) ?? 0
    while (from < number && !signal.aborted) {
      const rows = await storage.auditChain.rows(node, from, page)
      const to = rows.at(-1)?.number ?? number
      const messages: Message[] = []
      for (const row of rows) messages.push(...(await messagesOf(context, webhooks, row)))
      if (!(await store(context, { node, from, to }, messages))) return
      from = to
    }
  }
  await gatherSeals(context, webhooks, cursors.get(sealCursor) ?? 0)
}

async function gatherSeals(context: Context, webhooks: readonly StoredWebhook[], from: number): Promise<void> {
  const sealed = await context.storage.auditChain.seals(from, page)
  const last = sealed.at(-1)
  if (last === undefined) return
  const messages = sealed.flatMap((seal) => sealMessages(webhooks, seal))
  await store(context, { node: sealCursor, from, to: last.number }, messages)
}

function sealMessages(webhooks: readonly StoredWebhook[], seal: StoredSeal): Message[] {
  const { sealed_at: text } = JSON.parse(seal.body) as { readonly sealed_at: string }
  const at = Date.parse(text)
  return webhooks
    .filter((webhook) => webhook.clientId === null && wants(webhook, sealedEventType, at))
    .map(({ id }) => ({ webhookId: id, type: sealedEventType, at, data: { seal } }))
}

/** False where another node was first. */
function store(
  context: Context,
  { node, from, to }: { readonly node: string; readonly from: number; readonly to: number },
  messages: readonly Message[],
): Promise<boolean> {
  return act(context, {}, async (acting) => {
    if (!(await acting.webhooks.moveCursor(node, from, to))) return false
    if (messages.length > 0) await queueMessages(context, acting, messages)
    return true
  })
}

function wants({ events, createdAt }: StoredWebhook, type: string, at: number): boolean {
  return at >= createdAt && (events.length === 0 || events.includes(type))
}

async function messagesOf(context: Context, webhooks: readonly StoredWebhook[], row: ChainRow): Promise<Message[]> {
  const messages: Message[] = []
  for (const webhook of webhooks) {
    const message = webhook.clientId === null ? auditMessage(row) : await appMessage(context, webhook.clientId, row)
    if (message === undefined || !wants(webhook, message.type, row.at)) continue
    messages.push({ webhookId: webhook.id, at: row.at, ...message })
  }
  return messages
}

/** IDs alone: what an event tells beside may hold names. */
function auditMessage({
  node,
  number,
  type,
  actor,
  subject,
  client_id,
  request_id,
}: ChainRow): Pick<Message, 'type' | 'data'> {
  return { type: auditEventType(type), data: { node, number, actor, subject, client_id, request_id } }
}

async function appMessage(
  context: Context,
  clientId: ClientId,
  { client_id, type, actor, subject }: ChainRow,
): Promise<Pick<Message, 'type' | 'data'> | undefined> {
  if (client_id !== clientId || !Object.hasOwn(appEvents, type)) return undefined
  const { type: named, ofPerson } = appEvents[type as keyof typeof appEvents]
  const person = subject ?? actor
  if (!ofPerson || person === null) return { type: named, data: { client_id } }
  const client = await context.clients.find(clientId)
  if (client === undefined) return undefined
  return { type: named, data: { client_id, subject: subjectOf(context, client, person as UserId) } }
}

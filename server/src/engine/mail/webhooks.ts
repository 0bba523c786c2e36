/** Tells that a webhook was switched off: the owner of the app, or everybody who runs the server. */
import type { UserId } from '../../protocol/names.ts'
import type { Context } from '../../runtime/context.ts'
import type { JobHandler } from '../../runtime/jobs/job.ts'
import { sendMail } from '../../runtime/jobs/queue.ts'
import type { StoredWebhook } from '../../storage/contract.ts'
import { isOperator } from '../developer/developer_apps.ts'
import type { MailBuilder } from './mail.ts'
import { appName, toHolder } from './notices.ts'

/** A mail for each; where this is done twice, one that waits stands for both. */
export const tellOfWebhookOff: JobHandler<'webhooks.tell'> = async (context, job) => {
  const { webhook } = job.payload
  const found = await context.storage.webhooks.find(webhook)
  if (found === undefined || found.offAt === null) return
  const people = await lookingAfter(context, found)
  await job.act({}, async (acting) => {
    for (const userId of people) {
      const once = { id: `webhook_off ${webhook} ${userId}`, pause: 0 }
      await sendMail(context, acting, 'webhook_off', { ids: { userId, webhook }, once })
    }
  })
}

async function lookingAfter({ storage }: Context, { clientId }: StoredWebhook): Promise<readonly UserId[]> {
  if (clientId === null) return (await storage.accounts.listWithRoles()).filter(isOperator).map(({ id }) => id)
  const owner = (await storage.clients.find(clientId))?.ownerId ?? null
  return owner === null ? [] : [owner]
}

/** Not sent to somebody who no longer looks after it, nor where it is on again or was switched off by hand meanwhile. */
export const webhookOff: MailBuilder<'webhook_off'> = (context, { ids }) =>
  toHolder(context, ids.userId, async ({ mail }) => {
    const found = await context.storage.webhooks.find(ids.webhook)
    if (found === undefined || found.offReason === null || found.offReason === 'by_hand') return undefined
    if (!(await lookingAfter(context, found)).includes(ids.userId)) return undefined
    const { clientId, uri, offReason } = found
    const of = clientId === null ? '/admin' : `/developer/apps/${encodeURIComponent(clientId)}`
    return mail.webhookOff({
      app: clientId === null ? undefined : ((await appName(context, clientId)) ?? clientId),
      // The rest of the address may be a secret.
      at: new URL(uri).origin,
      why: offReason,
      href: `${context.settings.issuer}${of}/webhooks/${found.id}`,
    })
  })

/** Mails about apps that the operator decides on: to those who run the server, and to the developer. */
import type { ClientId, UserId } from '../../protocol/names.ts'
import type { Context } from '../../runtime/context.ts'
import type { JobHandler } from '../../runtime/jobs/job.ts'
import { sendMail } from '../../runtime/jobs/queue.ts'
import type { Words } from '../../words/index.ts'
import type { MailWords } from '../../words/mail.ts'
import { isOperator } from '../developer/developer_apps.ts'
import { waitingApps } from '../operator/apps.ts'
import type { Mail, MailBuilder } from './mail.ts'
import { appName, toHolder } from './notices.ts'

/** How many apps a digest names. */
const named = 10

/** Tells everybody who runs the server of the apps and requests for access that wait by now, in a mail each. */
export const tellOperators: JobHandler<'apps.digest'> = async (context, job) => {
  const waiting = (await waitingApps(context)).length + (await context.storage.accessRequests.countWaiting())
  if (waiting === 0) return
  const operators = (await context.storage.accounts.listWithRoles()).filter(isOperator)
  await job.act({}, async (acting) => {
    // Where this is done twice, a mail that waits stands for both.
    for (const { id: userId } of operators) {
      await sendMail(context, acting, 'apps_waiting', { ids: { userId }, once: { id: `digest ${userId}`, pause: 0 } })
    }
  })
}

export const appsWaiting: MailBuilder<'apps_waiting'> = (context, { ids }) =>
  toHolder(context, ids.userId, async ({ mail }, account) => {
    const waiting = await waitingApps(context)
    const requests = await context.storage.accessRequests.countWaiting()
    if (waiting.length + requests === 0 || !isOperator(account)) return undefined
    const names = await Promise.all(waiting.slice(0, named).map((id) => appName(context, id)))
    const apps = waiting.slice(0, named).map((id, i): [string, string] => [names[i] ?? id, id])
    const [consoleApps, access] = ['/admin/apps?show=waiting', '/admin/access']
    const page = requests === 0 ? consoleApps : waiting.length === 0 ? access : '/admin'
    return mail.appsWaiting({ count: waiting.length, apps, requests, href: `${context.settings.issuer}${page}` })
  })

/** A mail to the developer about their app, with a link to its page. */
function toDeveloper(
  context: Context,
  { userId, clientId }: { readonly userId: UserId; readonly clientId: ClientId },
  write: (say: Words['mail'], of: { readonly app: string; readonly href: string }) => MailWords,
): Promise<Mail | undefined> {
  return toHolder(context, userId, async ({ mail }) => {
    const app = await appName(context, clientId)
    const href = `${context.settings.issuer}/developer/apps/${encodeURIComponent(clientId)}`
    return app === undefined ? undefined : write(mail, { app, href })
  })
}

export const appApproved: MailBuilder<'app_approved'> = (context, { ids }) =>
  toDeveloper(context, ids, (say, of) => say.appApproved(of))

export const appNotApproved: MailBuilder<'app_not_approved'> = (context, { ids, secret }) =>
  toDeveloper(context, ids, (say, of) => say.appNotApproved({ ...of, reason: secret }))

export const appRefused: MailBuilder<'app_refused'> = (context, { ids, secret }) =>
  toDeveloper(context, ids, (say, of) => say.appRefused({ ...of, reason: secret }))

export const appChangesWanted: MailBuilder<'app_changes_wanted'> = (context, { ids, secret }) =>
  toDeveloper(context, ids, (say, of) => say.appChangesWanted({ ...of, wanted: secret ?? '' }))

/** Builds the mail of a job and sends it. */

import { GiveUp, type JobHandler } from '../../runtime/jobs/job.ts'
import { type MailIds, type MailName, mailKinds } from '../../runtime/jobs/kinds.ts'
import { MailRefused } from '../../runtime/mailer/mailer.ts'
import type { MailBuilder } from './mail.ts'
import { mails } from './mails.ts'

export function deliver(name: MailName): JobHandler<`mail.${MailName}`> {
  const { life } = mailKinds[name]
  const build = mails[name] as MailBuilder<MailName>
  return async (context, { id, payload, secret, createdAt, signal, act }) => {
    if (context.clock.now() - createdAt > life) throw new GiveUp('too_late')
    const order = { ids: payload as MailIds<MailName>, secret, jobId: id, createdAt }
    const mail = await build(context, order)
    if (mail === undefined) return
    try {
      const { to, language, words } = mail
      await context.mailer.send({ id: `${id}.${createdAt.toString(36)}`, to, language, words }, signal)
    } catch (error) {
      if (!(error instanceof MailRefused)) throw error
      await act({}, ({ accounts }) => accounts.noteEmailRefused(mail.to))
      throw new GiveUp('address_refused')
    }
  }
}

/** Tells developers that a legacy protocol goes by which their apps were seen lately. */
import { day, dayOf } from '../../lib/clock.ts'
import type { ClosableDialect } from '../../protocol/dialects.ts'
import type { JobHandler } from '../../runtime/jobs/job.ts'
import { addJob, sendMail } from '../../runtime/jobs/queue.ts'
import { readNotices } from '../../runtime/kept/legacy_dialects.ts'
import { findProtocol, whomToTell } from '../operator/protocols.ts'
import type { MailBuilder } from './mail.ts'
import { appName, toHolder } from './notices.ts'

/**
 * Queues a mail for each developer who has not had it, keeps that it was queued, and comes again a day later for apps that are
 * first seen then, until the end is another one or has come.
 */
export const tellOfProtocolEnd: JobHandler<'protocols.tell'> = async (context, job) => {
  const protocol = findProtocol(job.payload.protocol)
  const { sunset } = job.payload
  if (protocol === undefined || !(await isAnnounced(context, protocol, sunset))) return
  const before = await context.storage.dialectTellings.list(protocol)
  const told = new Set(before.filter((one) => one.sunset === sunset).map(nameOf))
  for (const whom of await whomToTell(context, protocol)) {
    if (told.has(nameOf(whom))) continue
    await job.act({}, async (acting) => {
      await acting.dialectTellings.add({ dialect: protocol, ...whom, sunset, at: context.clock.now() })
      const once = { id: `protocol_ends ${protocol} ${dayOf(sunset)} ${nameOf(whom)}`, pause: day }
      await sendMail(context, acting, 'protocol_ends', { ids: { ...whom, protocol, sunset }, once })
    })
  }
  await job.act({}, (acting) =>
    addJob(context, acting, 'protocols.tell', { payload: job.payload, once: { id: job.id, pause: day } }),
  )
}

function nameOf({ clientId, userId }: { readonly clientId: string; readonly userId: string }): string {
  return `${clientId} ${userId}`
}

type Reading = Parameters<typeof whomToTell>[0] & { readonly storage: Parameters<typeof readNotices>[0] }

async function isAnnounced({ storage, clock }: Reading, protocol: ClosableDialect, sunset: number): Promise<boolean> {
  const notice = (await readNotices(storage)).get(protocol)
  return notice?.sunset === sunset && !notice.closed && sunset > clock.now()
}

export const protocolEnds: MailBuilder<'protocol_ends'> = (context, { ids }) =>
  toHolder(context, ids.userId, async ({ mail, time, protocols }) => {
    const protocol = findProtocol(ids.protocol)
    if (protocol === undefined || !(await isAnnounced(context, protocol, ids.sunset))) return undefined
    const app = await appName(context, ids.clientId)
    const link = (await readNotices(context.storage)).get(protocol)?.link
    return mail.protocolEnds({
      app: app ?? ids.clientId,
      protocol: protocols.name(protocol),
      on: time.day(ids.sunset),
      href: link ?? `${context.settings.issuer}/developer`,
    })
  })

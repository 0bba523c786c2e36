/** Tells developers that a legacy protocol goes by which their apps were seen lately, and that it stays after all. */
import { day, dayOf } from '../../lib/clock.ts'
import type { ClosableDialect } from '../../protocol/dialects.ts'
import type { JobHandler } from '../../runtime/jobs/job.ts'
import { addJob, sendMail } from '../../runtime/jobs/queue.ts'
import { readNotices } from '../../runtime/kept/legacy_dialects.ts'
import { findProtocol, whomToTell } from '../operator/protocols.ts'
import type { MailBuilder } from './mail.ts'
import { appName, toHolder } from './notices.ts'

/**
 * Queues a mail for each developer who has not had it, and for each who was told of another end before; keeps that it was queued,
 * and comes again a day later for apps that are first seen then, until the end is another one or has come.
 */
export const tellOfProtocolEnd: JobHandler<'protocols.tell'> = async (context, job) => {
  const protocol = findProtocol(job.payload.protocol)
  const { sunset } = job.payload
  if (protocol === undefined || !(await isAnnounced(context, protocol, sunset))) return
  const before = await context.storage.dialectTellings.list(protocol)
  const told = new Set(before.filter((one) => one.sunset === sunset).map(nameOf))
  const earlier = new Map(before.map(({ clientId, userId }) => [nameOf({ clientId, userId }), { clientId, userId }]))
  const seen = (await whomToTell(context, protocol)).map((whom) => [nameOf(whom), whom] as const)
  for (const [name, whom] of new Map([...earlier, ...seen])) {
    if (told.has(name)) continue
    const moved = earlier.has(name)
    await job.act({}, async (acting) => {
      await acting.dialectTellings.add({ dialect: protocol, ...whom, sunset, at: context.clock.now() })
      const once = { id: `protocol_ends ${protocol} ${dayOf(sunset)} ${name}`, pause: 0 }
      const ids = { ...whom, protocol, sunset, ...(moved && { moved }) }
      await sendMail(context, acting, 'protocol_ends', { ids, once })
    })
  }
  await job.act({}, (acting) =>
    addJob(context, acting, 'protocols.tell', { payload: job.payload, once: { id: job.id, pause: day } }),
  )
}

/**
 * Queues a mail for each developer whose app was seen there lately, or who was told of an end, unless it was of one that has come;
 * keeps that they were told.
 */
export const tellOfProtocolClosed: JobHandler<'protocols.closed'> = async (context, job) => {
  const protocol = findProtocol(job.payload.protocol)
  if (protocol === undefined || !(await isClosed(context, protocol))) return
  const before = await context.storage.dialectTellings.list(protocol)
  const knowing = new Set(before.filter(({ sunset }) => sunset <= context.clock.now()).map(nameOf))
  const all = [...before, ...(await whomToTell(context, protocol))].map(({ clientId, userId }) => ({
    clientId,
    userId,
  }))
  for (const [name, whom] of new Map(all.map((one) => [nameOf(one), one]))) {
    if (knowing.has(name)) continue
    await job.act({}, async (acting) => {
      const at = context.clock.now()
      await acting.dialectTellings.add({ dialect: protocol, ...whom, sunset: job.createdAt, at })
      const once = { id: `protocol_closed ${protocol} ${name}`, pause: 0 }
      await sendMail(context, acting, 'protocol_closed', { ids: { ...whom, protocol }, once })
    })
  }
}

/** Queues a mail for each who was told of an end, and forgets that they were: of a later one they hear anew. */
export const tellThatProtocolStays: JobHandler<'protocols.stay'> = async (context, job) => {
  const protocol = findProtocol(job.payload.protocol)
  if (protocol === undefined || !(await staysOpen(context, protocol))) return
  for (const { clientId, userId } of await context.storage.dialectTellings.list(protocol)) {
    await job.act({}, async (acting) => {
      if (!(await acting.dialectTellings.remove({ dialect: protocol, clientId, userId }))) return
      const once = { id: `protocol_stays ${protocol} ${nameOf({ clientId, userId })}`, pause: 0 }
      await sendMail(context, acting, 'protocol_stays', { ids: { userId, clientId, protocol }, once })
    })
  }
}

function nameOf({ clientId, userId }: { readonly clientId: string; readonly userId: string }): string {
  return `${clientId} ${userId}`
}

type Reading = Parameters<typeof whomToTell>[0] & { readonly storage: Parameters<typeof readNotices>[0] }

async function isAnnounced({ storage, clock }: Reading, protocol: ClosableDialect, sunset: number): Promise<boolean> {
  const notice = (await readNotices(storage)).get(protocol)
  return notice?.sunset === sunset && !notice.closed && sunset > clock.now()
}

async function isClosed({ storage }: Pick<Reading, 'storage'>, protocol: ClosableDialect): Promise<boolean> {
  return (await readNotices(storage)).get(protocol)?.closed === true
}

async function staysOpen({ storage }: Pick<Reading, 'storage'>, protocol: ClosableDialect): Promise<boolean> {
  const notice = (await readNotices(storage)).get(protocol)
  return notice === undefined || (!notice.closed && notice.sunset === undefined)
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
      moved: ids.moved === true,
      href: link ?? `${context.settings.issuer}/developer`,
    })
  })

export const protocolClosed: MailBuilder<'protocol_closed'> = (context, { ids }) =>
  toHolder(context, ids.userId, async ({ mail, protocols }) => {
    const protocol = findProtocol(ids.protocol)
    if (protocol === undefined || !(await isClosed(context, protocol))) return undefined
    const link = (await readNotices(context.storage)).get(protocol)?.link
    return mail.protocolClosed({
      app: (await appName(context, ids.clientId)) ?? ids.clientId,
      protocol: protocols.name(protocol),
      href: link ?? `${context.settings.issuer}/developer`,
    })
  })

export const protocolStays: MailBuilder<'protocol_stays'> = (context, { ids }) =>
  toHolder(context, ids.userId, async ({ mail, protocols }) => {
    const protocol = findProtocol(ids.protocol)
    if (protocol === undefined || !(await staysOpen(context, protocol))) return undefined
    return mail.protocolStays({
      app: (await appName(context, ids.clientId)) ?? ids.clientId,
      protocol: protocols.name(protocol),
      href: `${context.settings.issuer}/developer`,
    })
  })

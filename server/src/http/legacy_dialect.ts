/**
 * What every answer of an older door carries: that it is deprecated (RFC 9745) and when it goes (RFC 8594), once the
 * operator has set a date; and 410 with a sentence once it is closed.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { seconds } from '../lib/clock.ts'
import type { OlderDoor } from '../protocol/names.ts'
import type { Context } from '../runtime/context.ts'
import type { DoorNotice } from '../runtime/kept/legacy_dialects.ts'

/** Answers a request at a closed door, in the door's own envelope. */
export type ClosedAnswer = (request: FastifyRequest, reply: FastifyReply, text: string) => FastifyReply | Promise<void>

/** Puts the operator's decision in front of all routes of the scope. */
export function guardOlderDoor(app: FastifyInstance, context: Context, dialect: OlderDoor, closed: ClosedAnswer): void {
  app.addHook('onRequest', async (request, reply) => {
    const notice = await context.olderDoors.notice(dialect)
    // Somewhere to go on from, even where the operator named no page.
    const link = notice.link ?? `${context.settings.issuer}/developer`
    announce(reply, notice, link)
    if (!notice.closed) return
    const text = `This way of asking for tokens has been closed. What to use instead: ${link}`
    await closed(request, reply.code(410).header('cache-control', 'no-store'), text)
  })
}

function announce(reply: FastifyReply, notice: DoorNotice, link: string): void {
  if (notice.since === undefined) return
  reply.header('deprecation', `@${seconds(notice.since)}`).header('link', `<${link}>; rel="deprecation"`)
  if (notice.sunset !== undefined) reply.header('sunset', new Date(notice.sunset).toUTCString())
}

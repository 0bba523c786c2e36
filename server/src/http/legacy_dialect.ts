/**
 * What every answer of a legacy protocol carries: that it is deprecated (RFC 9745) and when it goes (RFC 8594), once the
 * operator has set a date; and 410 with a sentence once it is closed.
 */
import type { FastifyReply, onRequestAsyncHookHandler } from 'fastify'
import { seconds } from '../lib/clock.ts'
import { type ClosableDialect, isLegacy, versionOf } from '../protocol/dialects.ts'
import { Refusal } from '../protocol/refusal.ts'
import type { Context } from '../runtime/context.ts'
import type { DialectDecision } from '../runtime/kept/legacy_dialects.ts'
import type { Protocol } from './endpoint.ts'

/** What the operator can close of a protocol, the wider first; nothing of the standard one. */
export function closableOf({ dialect, version }: Protocol): readonly ClosableDialect[] {
  if (!isLegacy(dialect)) return []
  return version === undefined ? [dialect] : [dialect, versionOf(dialect, version)]
}

/** A hook that puts the operator's decision in front of a route. Throws dialect_closed. */
export function guardProtocol(context: Context, protocol: Protocol): onRequestAsyncHookHandler {
  const closable = closableOf(protocol)
  return async (_request, reply) => {
    if (protocol.deprecated !== undefined) reply.header('deprecation', protocol.deprecated)
    for (const part of closable) {
      const notice = await context.legacyDialects.notice(part)
      // Somewhere to go on from, even where the operator named no page.
      const link = notice.link ?? `${context.settings.issuer}/developer`
      announce(reply, notice, link)
      if (!notice.closed) continue
      throw new Refusal('dialect_closed', {
        text: `This way of asking for tokens has been closed. What to use instead: ${link}`,
      })
    }
  }
}

function announce(reply: FastifyReply, notice: DialectDecision, link: string): void {
  if (notice.since === undefined) return
  reply.header('deprecation', `@${seconds(notice.since)}`).header('link', `<${link}>; rel="deprecation"`)
  if (notice.sunset !== undefined) reply.header('sunset', new Date(notice.sunset).toUTCString())
}

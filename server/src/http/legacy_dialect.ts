/**
 * What every answer of a legacy protocol carries: that it is deprecated (RFC 9745), when it goes (RFC 8594) and where to go on
 *, once the operator has announced its end; and 410 with a sentence in a brown-out and once it is closed.
 */
import type { FastifyReply, FastifyRequest, onRequestAsyncHookHandler } from 'fastify'
import { seconds } from '../lib/clock.ts'
import { type ClosableDialect, isLegacy, versionOf } from '../protocol/dialects.ts'
import { Refusal } from '../protocol/refusal.ts'
import type { Context } from '../runtime/context.ts'
import { brownoutAt, type DialectDecision } from '../runtime/kept/legacy_dialects.ts'
import type { Protocol } from './endpoint.ts'

/** What the operator can retire of a protocol, the wider first, by the request; nothing of the standard one. */
export function closableOf({
  dialect,
  version,
}: Protocol): ((request: FastifyRequest) => readonly ClosableDialect[]) | undefined {
  if (!isLegacy(dialect)) return undefined
  if (version === undefined) return always([dialect])
  if (typeof version === 'string') return always([dialect, versionOf(dialect, version)])
  return (request) => [dialect, versionOf(dialect, version(request))]
}

function always(parts: readonly ClosableDialect[]) {
  return () => parts
}

/** A hook that puts the operator's decisions in front of a route. Throws dialect_closed and dialect_brown_out. */
export function guardProtocol(context: Context, protocol: Protocol): onRequestAsyncHookHandler | undefined {
  const closable = closableOf(protocol)
  if (closable === undefined) return undefined
  return async (request, reply) => {
    if (protocol.deprecated !== undefined) reply.header('deprecation', protocol.deprecated)
    const notices = await context.legacyDialects.notices()
    if (notices.size === 0) return
    for (const part of closable(request)) {
      const notice = notices.get(part)
      if (notice !== undefined) heed(context, notice, reply)
    }
  }
}

function heed({ clock, settings }: Context, notice: DialectDecision, reply: FastifyReply): void {
  // Somewhere to go on from, even where the operator named no page.
  const link = notice.link ?? `${settings.issuer}/developer`
  announce(reply, notice, link)
  if (notice.closed) {
    throw new Refusal('dialect_closed', {
      text: `This way of asking for tokens has been closed. What to use instead: ${link}`,
    })
  }
  const now = clock.now()
  const brownout = brownoutAt(notice, now)
  if (brownout === undefined) return
  const until = new Date(brownout.until).toISOString().slice(0, 16).replace('T', ' ')
  throw new Refusal('dialect_brown_out', {
    text: `This way of asking for tokens will be closed, and is switched off until ${until} UTC. What to use instead: ${link}`,
    retryAfter: Math.max(1, Math.ceil((brownout.until - now) / 1000)),
  })
}

function announce(reply: FastifyReply, notice: DialectDecision, link: string): void {
  if (notice.since === undefined) return
  reply
    .header('deprecation', `@${seconds(notice.since)}`)
    .header('link', `<${link}>; rel="deprecation", <${link}>; rel="successor-version"`)
  if (notice.sunset !== undefined) reply.header('sunset', new Date(notice.sunset).toUTCString())
}

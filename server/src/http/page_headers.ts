/** The headers of every HTML page of ours (OWASP ASVS 5 V3.4, RFC 9700 §4.16). */
import type { FastifyReply } from 'fastify'

/**
 * Sends a page. `endsAt` are the redirect URIs at which a form of the page may end: browsers hold the whole redirect chain
 * of a form against form-action.
 */
export function sendPage(
  reply: FastifyReply,
  status: number,
  html: string,
  ...endsAt: readonly (string | undefined)[]
): FastifyReply {
  // A door whose addresses hold what nobody else should read has chosen a stricter one.
  if (!reply.hasHeader('referrer-policy')) reply.header('referrer-policy', 'same-origin')
  const targets = endsAt.filter((uri) => uri !== undefined).map(formTarget)
  const formAction = ["'self'", ...new Set(targets)].join(' ')
  return reply
    .code(status)
    .header(
      'content-security-policy',
      `default-src 'none'; style-src 'self'; img-src 'self'; form-action ${formAction}; base-uri 'none'; frame-ancestors 'none'`,
    )
    .header('x-frame-options', 'DENY')
    .header('cross-origin-opener-policy', 'unsafe-none')
    .header('x-content-type-options', 'nosniff')
    .header('cache-control', 'no-store')
    .type('text/html; charset=utf-8')
    .send(html)
}

/** A redirect URI as a source expression: its origin, or its scheme where it has no origin that one can write. */
function formTarget(uri: string): string {
  const url = new URL(uri)
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return url.protocol
  // The grammar of source expressions has no IPv6 addresses (CSP 3 §2.3.1).
  return url.hostname.startsWith('[') ? url.protocol : url.origin
}

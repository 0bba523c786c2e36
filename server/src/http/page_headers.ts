/** The headers of every HTML page of ours (OWASP ASVS 5 V3.4, RFC 9700 §4.16). */
import type { FastifyReply } from 'fastify'

/**
 * Sends a page. `endsAt` is the redirect URI at which a form of the page may end: browsers hold the whole redirect
 * chain of a form against form-action.
 */
export function sendPage(reply: FastifyReply, status: number, html: string, endsAt?: string): FastifyReply {
  const formAction = endsAt === undefined ? "'self'" : `'self' ${formTargets(endsAt)}`
  return reply
    .code(status)
    .header(
      'content-security-policy',
      `default-src 'none'; style-src 'self'; img-src 'self'; form-action ${formAction}; base-uri 'none'; frame-ancestors 'none'`,
    )
    .header('x-frame-options', 'DENY')
    .header('referrer-policy', 'same-origin')
    .header('cross-origin-opener-policy', 'unsafe-none')
    .header('x-content-type-options', 'nosniff')
    .header('cache-control', 'no-store')
    .type('text/html; charset=utf-8')
    .send(html)
}

/**
 * The source expressions for a form that may end at an app: its redirect URI's origin (its scheme where it has no origin
 * that one can write), and wherever its callback sends the browser on to. That is still the same chain: with the origin
 * alone, an app whose pages have another origin than its callback, or that stands behind an identity broker, would end
 * in a blocked request. So any https address, and this machine's own where the app is on this machine.
 */
function formTargets(uri: string): string {
  const url = new URL(uri)
  if (url.protocol === 'https:') return `${url.origin} https:`
  if (url.protocol !== 'http:') return url.protocol
  // The grammar of source expressions has no IPv6 addresses (CSP 3 §2.3.1).
  if (url.hostname.startsWith('[')) return 'http: https:'
  return `${url.origin} http://localhost:* http://127.0.0.1:* https:`
}

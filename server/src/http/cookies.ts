/**
 * Our two cookies. One names the browser, so that requests under way and forms are bound to it; the other names the
 * session and changes at every sign-in. Both are `__Host-` and Secure on https; on a loopback http issuer neither.
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Context } from '../engine/context.ts'
import { findSession, type LiveSession } from '../engine/sessions.ts'
import { equalText, hmacSha256 } from '../lib/hash.ts'
import { randomText } from '../lib/random.ts'

type CookieName = 'browser' | 'session'

/** A browser as a request shows it. */
export interface Browser {
  /** The value of the browser's cookie. */
  readonly id: string
  readonly sessionToken: string | undefined
  readonly live: LiveSession | undefined
}

/** Reads both cookies, giving the browser a name where it has none yet. */
export async function readBrowser(context: Context, request: FastifyRequest, reply: FastifyReply): Promise<Browser> {
  const known = readCookie(context, request, 'browser')
  const id = known !== undefined && /^[A-Za-z0-9_-]{43}$/.test(known) ? known : randomText(32)
  if (id !== known) setCookie(context, reply, 'browser', id)
  const sessionToken = readCookie(context, request, 'session')
  return { id, sessionToken, live: await findSession(context, sessionToken) }
}

/** Makes the browser carry a session, or none. */
export function setSession(context: Context, reply: FastifyReply, token: string | undefined): void {
  if (token === undefined) setCookie(context, reply, 'session', '', 0)
  else setCookie(context, reply, 'session', token, context.settings.sessionTtl)
}

/**
 * The token that a form must bring back. Forms of signed-in people are bound to their session as well; sign-in itself
 * only to the browser, so that a second tab survives a sign-in in the first.
 */
export function csrfToken(context: Context, browser: Browser, bound: 'browser' | 'session'): string {
  return csrfTokenUnder(context.keyring.current('csrf'), browser, bound)
}

/** Whether a form's token is that of its browser; a form that was open while the root secret changed still counts. */
export function isCsrfToken(context: Context, browser: Browser, bound: 'browser' | 'session', text: string): boolean {
  return context.keyring.all('csrf').some((key) => equalText(csrfTokenUnder(key, browser, bound), text))
}

function csrfTokenUnder(key: Buffer, browser: Browser, bound: 'browser' | 'session'): string {
  const session = bound === 'session' ? (browser.sessionToken ?? '') : ''
  return hmacSha256(key, bound, '\0', browser.id, '\0', session).toString('base64url')
}

function cookieName(context: Context, name: CookieName): string {
  return `${isSecure(context) ? '__Host-' : ''}consentry-${name}`
}

function isSecure(context: Context): boolean {
  return context.settings.issuer.startsWith('https:')
}

/** The value of the one cookie of that name; a name that came twice is as good as none. */
function readCookie(context: Context, request: FastifyRequest, name: CookieName): string | undefined {
  const prefix = `${cookieName(context, name)}=`
  const found = (request.headers.cookie ?? '')
    .split(';')
    .map((part) => part.trim())
    .filter((part) => part.startsWith(prefix))
  return found.length === 1 ? found[0]?.slice(prefix.length) : undefined
}

function setCookie(context: Context, reply: FastifyReply, name: CookieName, value: string, maxAge?: number): void {
  const parts = [`${cookieName(context, name)}=${value}`, 'Path=/', 'HttpOnly', 'SameSite=Lax']
  if (isSecure(context)) parts.push('Secure')
  if (maxAge !== undefined) parts.push(`Max-Age=${maxAge}`)
  reply.header('set-cookie', parts.join('; '))
}

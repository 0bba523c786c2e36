/**
 * Our cookies. Some name the browser, so that requests under way and forms are bound to it; one names the session and
 * changes at every sign-in. All are `__Host-` and Secure on https; on a loopback http issuer neither.
 *
 * A browser gets its name at first sight. Two tabs that open at once each get one, so every name stands in a cookie of
 * its own, and a browser is the set of those that it sends. Nothing is ever bound anew to a name that it was not made for.
 *
 * Not here: what a session or a form token is worth (`engine/account/sessions.ts`, `../bodies/form_token.ts`).
 * Neighbours: `pages/` and `../authorize_flow.ts`, which know browsers; endpoints that apps call do not. To add: a
 * cookie, its use in `cookieName`; a header of pages, `page_headers.ts`.
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { findSignedIn, type SignedIn } from '../../engine/account/sessions.ts'
import { hour, type Millis, type Seconds, seconds } from '../../lib/clock.ts'
import { randomBytes, randomText } from '../../lib/random.ts'
import type { Context } from '../../runtime/context.ts'
import { heedChosen, heedSignedIn } from './words.ts'

/** A browser by the cookies that it sends. */
export interface Sender {
  /** The values of its cookies, the oldest first. What was bound to any of them opens. */
  readonly ids: readonly string[]
  /** The oldest of them, to which new things are bound. */
  readonly id: string
  /** Whether it has sent a cookie of ours; one that did not gets one with this answer. */
  readonly known: boolean
  readonly sessionToken: string | undefined
}

/** A browser, and who is signed in there. */
export interface Browser extends Sender, SignedIn {}

/** How many names a browser may have. */
const most = 8
/** How long the younger names of a browser last: as long as a request may be under way. */
const youngerLast: Millis = hour

/** Reads the cookies, giving the browser a name where it has none yet, and finds who is signed in. */
export async function readBrowser(context: Context, request: FastifyRequest, reply: FastifyReply): Promise<Browser> {
  const sender = readSender(context, request, reply)
  const signedIn = await findSignedIn(context, sender.sessionToken)
  heedSignedIn(request, signedIn)
  return { ...sender, ...signedIn }
}

/** Reads the cookies, giving the browser a name where it has none yet. */
export function readSender(context: Context, request: FastifyRequest, reply: FastifyReply): Sender {
  const cookies = readCookies(request)
  heedChosen(request, cookies.get(cookieName(context, 'language')))
  const sent = browserNames(context, reply, cookies)
  const ids = sent.length > 0 ? sent : [nameBrowser(context, request, reply)]
  const sessionToken = cookies.get(cookieName(context, 'session'))
  return { ids, id: ids[0] as string, known: sent.length > 0, sessionToken }
}

/** The names that a browser has sent, the oldest first; those that no longer count are taken from it. */
function browserNames(context: Context, reply: FastifyReply, cookies: ReadonlyMap<string, string>): readonly string[] {
  const prefix = cookieName(context, 'browser-')
  const found = [...cookies]
    .filter(([name, value]) => name.startsWith(prefix) && /^[A-Za-z0-9_-]{43}$/.test(value))
    .map(([name, value]) => ({ name, value, born: Buffer.from(value, 'base64url').readUInt32BE(0) }))
    .sort((a, b) => a.born - b.born || (a.value < b.value ? -1 : 1))
  const earliest = seconds(context.clock.now() - youngerLast)
  const kept = found.filter(({ born }, at) => at === 0 || born >= earliest).slice(-most)
  for (const one of found) if (!kept.includes(one)) takeCookie(context, reply, one.name)
  return kept.map(({ value }) => value)
}

const named = new WeakMap<FastifyRequest, string>()

/** Gives a browser its first name, once in a request: four bytes of the second at which it was made, then chance. */
function nameBrowser(context: Context, request: FastifyRequest, reply: FastifyReply): string {
  const known = named.get(request)
  if (known !== undefined) return known
  const value = Buffer.concat([Buffer.alloc(4), randomBytes(28)])
  value.writeUInt32BE(seconds(context.clock.now()))
  const name = value.toString('base64url')
  named.set(request, name)
  setCookie(context, reply, { name: cookieName(context, `browser-${randomText(6)}`), value: name })
  return name
}

/** Makes the browser carry a session, or none. */
export function setSession(context: Context, reply: FastifyReply, token: string | undefined): void {
  const name = cookieName(context, 'session')
  if (token === undefined) takeCookie(context, reply, name)
  else setCookie(context, reply, { name, value: token, maxAge: context.settings.sessionTtl })
}

/** How long a browser remembers the language that was chosen in it. */
const languageLasts: Seconds = 365 * 86_400

/** Makes the browser remember a language. The cookie holds its tag and nothing else. */
export function setLanguage(context: Context, reply: FastifyReply, language: string): void {
  setCookie(context, reply, { name: cookieName(context, 'language'), value: language, maxAge: languageLasts })
}

/** Notes which language was chosen in the browser, for a page that reads none of its other cookies. */
export function heedLanguageCookie(context: Context, request: FastifyRequest): void {
  heedChosen(request, readCookies(request).get(cookieName(context, 'language')))
}

/** The full name of one of our cookies. */
export function cookieName(context: Context, name: string): string {
  return `${isSecure(context) ? '__Host-' : ''}consentry-${name}`
}

function isSecure(context: Context): boolean {
  return context.settings.issuer.startsWith('https:')
}

/**
 * The cookies of a request by name. A name that came twice counts as none: which of the two is ours cannot be told.
 */
export function readCookies(request: FastifyRequest): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  const twice = new Set<string>()
  for (const part of (request.headers.cookie ?? '').split(';')) {
    const cut = part.indexOf('=')
    if (cut < 0) continue
    const name = part.slice(0, cut).trim()
    if (found.has(name)) twice.add(name)
    else found.set(name, part.slice(cut + 1).trim())
  }
  for (const name of twice) found.delete(name)
  return found
}

interface Cookie {
  /** The full name. */
  readonly name: string
  readonly value: string
  /** In seconds; without it the cookie goes with the browser's own session. */
  readonly maxAge?: number
}

export function setCookie(context: Context, reply: FastifyReply, { name, value, maxAge }: Cookie): void {
  const parts = [`${name}=${value}`, 'Path=/', 'HttpOnly', 'SameSite=Lax']
  if (isSecure(context)) parts.push('Secure')
  if (maxAge !== undefined) parts.push(`Max-Age=${maxAge}`)
  reply.header('set-cookie', parts.join('; '))
}

/** Takes a cookie from the browser by its full name. */
export function takeCookie(context: Context, reply: FastifyReply, name: string): void {
  setCookie(context, reply, { name, value: '', maxAge: 0 })
}

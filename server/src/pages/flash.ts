/**
 * What a page shows once after a form was sent, such as a new secret. The form is answered by a redirect, so that loading
 * the page again sends nothing twice; meanwhile the value travels in a cookie, sealed to the session and the place where it
 * is shown, for five minutes, and is claimed when it is. It never stands in an address, nor in a row.
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { cookieName, readCookies, setCookie, takeCookie } from '../http/browser/cookies.ts'
import { neverCompress } from '../http/connection/compression.ts'
import { type Millis, minute, seconds } from '../lib/clock.ts'
import { sha256 } from '../lib/hash.ts'
import { randomText } from '../lib/random.ts'
import type { Context } from '../runtime/context.ts'
import { openText, sealText } from '../runtime/keys/sealed.ts'
import { goTo, type SignedIn, type Visit } from './page.ts'

const life: Millis = 5 * minute

interface Flash {
  readonly value: unknown
  readonly nonce: string
  readonly until: Millis
}

/** Leaves a value for the page at `place` (its path), for the session that is signed in. */
export function leaveFlash(
  context: Context,
  reply: FastifyReply,
  browser: SignedIn,
  { place, value }: { readonly place: string; readonly value: unknown },
): void {
  const flash: Flash = { value, nonce: randomText(16), until: context.clock.now() + life }
  const sealed = sealText(context, 'flash', JSON.stringify(flash), `${browser.live.session.id} ${place}`)
  setCookie(context, reply, { name: cookieName(context, 'flash'), value: sealed, maxAge: seconds(life) })
}

/** Sends the browser to the page at `place`, which shows the value once. */
export function showOnce(
  { context, reply, browser }: Omit<Visit<SignedIn>, 'request'>,
  place: string,
  value: unknown,
): FastifyReply {
  leaveFlash(context, reply, browser, { place, value })
  return goTo(reply, place)
}

/**
 * The value that was left for the page at `place`; undefined where there is none, or no longer, or it was shown before. The
 * answer that shows it is never compressed.
 */
export async function takeFlash<T>(
  context: Context,
  request: FastifyRequest,
  reply: FastifyReply,
  { browser, place }: { readonly browser: SignedIn; readonly place: string },
): Promise<T | undefined> {
  const name = cookieName(context, 'flash')
  const sealed = readCookies(request).get(name)
  const opened = sealed && openText(context, 'flash', sealed, [`${browser.live.session.id} ${place}`])
  if (!opened) return undefined
  takeCookie(context, reply, name)
  const { value, nonce, until } = JSON.parse(opened.text) as Flash
  if (context.clock.now() > until) return undefined
  if ((await context.storage.claims.claimOnce('flash', sha256(nonce), until + minute)) === 'seen') return undefined
  neverCompress(reply)
  return value as T
}

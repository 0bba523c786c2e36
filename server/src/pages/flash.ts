/**
 * What a page shows once after a form was sent, such as a new secret. The form is answered by a redirect, so that loading
 * the page again sends nothing twice; meanwhile the value travels in a cookie, sealed to the session and the place where it
 * is shown, for five minutes, and is claimed when it is. It never stands in an address, nor in a row.
 */
import type { FastifyReply } from 'fastify'
import type { z } from 'zod'
import { openFlash, sealFlash } from '../engine/account/flash.ts'
import { cookieName, readCookies, setCookie, takeCookie } from '../http/browser/cookies.ts'
import { neverCompress } from '../http/connection/compression.ts'
import { goTo, type SignedIn } from './visit.ts'

/** Leaves a value for the page at `place` (its path), for the session that is signed in. */
export function leaveFlash(
  { context, reply, live }: Pick<SignedIn, 'context' | 'reply' | 'live'>,
  place: string,
  value: unknown,
): void {
  const { text, maxAge } = sealFlash(context, live, place, value)
  setCookie(context, reply, { name: cookieName(context, 'flash'), value: text, maxAge })
}

/** Sends the browser to the page at `place`, which shows the value once. */
export function showOnce(visit: SignedIn, place: string, value: unknown): FastifyReply {
  leaveFlash(visit, place, value)
  return goTo(visit, place)
}

/**
 * The value that was left for the page at `place`, where it is of that `shape`; undefined where there is none, or no longer,
 * or it was shown before. The answer that shows it is never compressed.
 */
export async function takeFlash<Value>(
  { context, request, reply, live }: SignedIn,
  place: string,
  shape: z.ZodType<Value>,
): Promise<Value | undefined> {
  const name = cookieName(context, 'flash')
  const flash = await openFlash(context, live, place, readCookies(request).get(name) ?? '')
  if (flash === 'unknown') return undefined
  takeCookie(context, reply, name)
  if (flash === 'over') return undefined
  neverCompress(reply)
  return shape.safeParse(flash.value).data
}

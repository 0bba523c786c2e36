/**
 * What a page shows once after a form was sent, such as a new secret. The form is answered by a redirect, so that loading
 * the page again sends nothing twice; meanwhile the value travels in a cookie, sealed to the session and the place where it
 * is shown, for five minutes, and is claimed when it is. It never stands in an address, nor in a row.
 */
import type { FastifyReply } from 'fastify'
import { z } from 'zod'
import { cookieName, readCookies, setCookie, takeCookie } from '../http/browser/cookies.ts'
import { neverCompress } from '../http/connection/compression.ts'
import { type Millis, minute, seconds } from '../lib/clock.ts'
import { sha256 } from '../lib/hash.ts'
import { randomText } from '../lib/random.ts'
import { sealed } from '../runtime/keys/sealed.ts'
import { goTo, type SignedIn } from './visit.ts'

const life: Millis = 5 * minute

const schema = z.object({ value: z.unknown(), nonce: z.string() })
const flashes = sealed({ purpose: 'flash', schema, life, version: 1 })

/** Leaves a value for the page at `place` (its path), for the session that is signed in. */
export function leaveFlash({ context, reply, live }: SignedIn, place: string, value: unknown): void {
  const text = flashes.seal(context, { value, nonce: randomText(16) }, { place: `${live.session.id} ${place}` })
  setCookie(context, reply, { name: cookieName(context, 'flash'), value: text, maxAge: seconds(life) })
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
  const places = [`${live.session.id} ${place}`]
  const opened = flashes.open(context, readCookies(request).get(name) ?? '', { places })
  if (opened.outcome === 'unknown') return undefined
  takeCookie(context, reply, name)
  if (opened.outcome === 'expired') return undefined
  const { value, nonce } = opened.value
  const kept = opened.since + life + minute
  if ((await context.storage.claims.claimOnce('flash', sha256(nonce), kept)) === 'seen') return undefined
  neverCompress(reply)
  return shape.safeParse(value).data
}

/** A value that is shown once: sealed to a session and the place where it is shown, and claimed when it is. */
import { z } from 'zod'
import { type Millis, minute, seconds } from '../../lib/clock.ts'
import { sha256 } from '../../lib/hash.ts'
import { randomText } from '../../lib/random.ts'
import type { Context } from '../../runtime/context.ts'
import { sealed } from '../../runtime/keys/sealed.ts'
import type { LiveSession } from './sessions.ts'

const life: Millis = 5 * minute

const schema = z.object({ value: z.unknown(), nonce: z.string() })
const flashes = sealed({ purpose: 'flash', schema, life, version: 1 })

/** Seals a value for one showing at `place`; the text is good for `maxAge` seconds. */
export function sealFlash(
  context: Context,
  live: LiveSession,
  place: string,
  value: unknown,
): { readonly text: string; readonly maxAge: number } {
  const text = flashes.seal(context, { value, nonce: randomText(16) }, { place: placeOf(live, place) })
  return { text, maxAge: seconds(life) }
}

/** The value in a sealed text, once; that it was shown before or too long has passed; or that the text is not for this. */
export async function openFlash(
  context: Context,
  live: LiveSession,
  place: string,
  text: string,
): Promise<{ readonly value: unknown } | 'over' | 'unknown'> {
  const opened = flashes.open(context, text, { places: [placeOf(live, place)] })
  if (opened.outcome === 'unknown') return 'unknown'
  if (opened.outcome === 'expired') return 'over'
  const { value, nonce } = opened.value
  const kept = opened.since + life + minute
  return (await context.storage.claims.claimOnce('flash', sha256(nonce), kept)) === 'seen' ? 'over' : { value }
}

function placeOf({ session }: LiveSession, place: string): string {
  return `${session.id} ${place}`
}

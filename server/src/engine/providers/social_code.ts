/**
 * The code of the social endpoints: what an app gets at its redirectUrl after a person has signed in through a provider,
 * and brings to authorizeCode for a sign-in ticket. It holds no rights and lives for a minute, once.
 */
import { z } from 'zod'
import { decodePaddedBase62, encodePaddedBase62 } from '../../lib/base62.ts'
import { type Millis, minute, second } from '../../lib/clock.ts'
import { sha256 } from '../../lib/hash.ts'
import { Refusal } from '../../protocol/refusal.ts'
import type { Context } from '../../runtime/context.ts'
import { sealed } from '../../runtime/keys/sealed.ts'

const codeSchema = z.object({
  userId: z.templateLiteral(['usr_', z.string()]),
  providerId: z.string(),
  /** Where it was sent, and to which app where that is known. */
  redirectUrl: z.string(),
  clientId: z.string().optional(),
  /** The browser in which the person signed in (`browserDigest`): the ticket is for that one. */
  browser: z.string(),
})

export interface SocialCode extends Readonly<z.infer<typeof codeSchema>> {
  readonly issuedAt: Millis
}

const codeLife: Millis = minute
const codes = sealed({
  purpose: 'social code',
  schema: codeSchema,
  life: codeLife,
  version: 1,
  // Letters and digits alone, because old apps cut addresses by hand.
  spelling: { write: encodePaddedBase62, read: decodePaddedBase62 },
})
const place = 'social code'

export function makeSocialCode(context: Context, of: Omit<SocialCode, 'issuedAt'>): string {
  return codes.seal(context, of, { place })
}

/** What a code stands for, which is spent by that. Throws social_code_invalid. */
export async function redeemSocialCode(context: Context, text: string, providerId: string): Promise<SocialCode> {
  const opened = codes.open(context, text, { places: [place] })
  if (opened.outcome === 'expired') {
    throw new Refusal('social_code_invalid', { cause: 'The code is older than a minute.' })
  }
  if (opened.outcome === 'unknown') throw new Refusal('social_code_invalid')
  const code = { ...opened.value, issuedAt: opened.since }
  if (code.providerId !== providerId) {
    throw new Refusal('social_code_invalid', { cause: 'The code belongs to a sign-in through another provider.' })
  }
  const kept = code.issuedAt + codeLife + 30 * second
  if ((await context.storage.claims.claimOnce('social_code', sha256(text), kept)) === 'seen') {
    throw new Refusal('social_code_invalid', { cause: 'This code was already used.' })
  }
  return code
}

/** Codes of an authenticator app (RFC 6238): SHA-1, six digits, a new one every 30 seconds, as all apps know them. */

import { z } from 'zod'
import { type Millis, minute } from '../../../lib/clock.ts'
import type { Context } from '../../../runtime/context.ts'
import { sealed } from '../../../runtime/keys/sealed.ts'
import type { LiveSession } from '../sessions.ts'

const digits = 6
const period = 30
/** Bytes of a seed: as long as the digest (RFC 4226 §4, R6). */
const seedBytes = 20
/** Steps by which the clock of the app may be off, to either side (RFC 6238 §5.2). */
const drift = 1

/** Loaded for the first code, which most processes of the command line never see. */
const otpauth = () => import('otpauth')

/** A new seed in base32, as people type it into an app. */
export async function newSeed(): Promise<string> {
  const { Secret } = await otpauth()
  return new Secret({ size: seedBytes }).base32
}

/** The current time step that this code belongs to. Undefined if the code is wrong. */
export async function stepOf(seed: string, code: string, now: Millis): Promise<number | undefined> {
  const { TOTP } = await otpauth()
  const delta = TOTP.validate({
    token: code,
    secret: await secretOf(seed),
    digits,
    period,
    timestamp: now,
    window: drift,
  })
  return delta === null ? undefined : Math.floor(now / (period * 1000)) + delta
}

/** What an app reads off the picture: `otpauth://totp/…`. */
export async function appUri(context: Context, { account }: LiveSession, seed: string): Promise<string> {
  const { TOTP } = await otpauth()
  const { brand, issuer: server } = context.settings
  const issuer = brand?.name ?? new URL(server).hostname
  const label = account.email ?? account.username
  return new TOTP({ issuer, label, secret: await secretOf(seed), digits, period }).toString()
}

async function secretOf(seed: string) {
  const { Secret } = await otpauth()
  return Secret.fromBase32(seed)
}

/** A seed that is being added lies in the page that shows it, so that one that is never proved is stored nowhere. */
const newFactors = sealed({ purpose: 'new factor', schema: z.string(), life: 30 * minute, version: 1 })

export function sealNewSeed(context: Context, live: LiveSession, seed: string): string {
  return newFactors.seal(context, seed, { place: live.session.id })
}

/** The seed that this session was shown; undefined where it was not, or too long ago. */
export function openNewSeed(context: Context, live: LiveSession, text: string): string | undefined {
  const opened = newFactors.open(context, text, { places: [live.session.id] })
  return opened.outcome === 'open' ? opened.value : undefined
}

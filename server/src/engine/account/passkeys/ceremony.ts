/**
 * Ceremonies of WebAuthn: what a page hands to the browser, and what comes back from it. A challenge is used once. It is
 * bound to the browser, the ceremony and the account, and travels sealed, so that strangers' pages store nothing.
 */
import { z } from 'zod'
import { hour, type Millis, minute } from '../../../lib/clock.ts'
import { sha256 } from '../../../lib/hash.ts'
import { randomBytes } from '../../../lib/random.ts'
import type { UserId } from '../../../protocol/names.ts'
import type { Context } from '../../../runtime/context.ts'
import { sealed } from '../../../runtime/keys/sealed.ts'
import type { Passkey } from '../../../storage/contract.ts'

/** A page offers a passkey from the moment that it is shown, so a challenge lasts as long as its request may be under way. */
const life: Millis = hour

/** How long the browser waits for the person. */
export const ceremonyTimeout: Millis = 5 * minute

export type CeremonyKind = 'add' | 'sign_in' | 'factor'

/** Where a ceremony belongs; nobody's account while nobody is known yet. */
export interface CeremonyPlace {
  readonly kind: CeremonyKind
  readonly account: UserId | undefined
}

const schema = z.object({
  /** 32 random bytes as base64url. */
  challenge: z.string(),
  /** By which authenticators are to know the account that a passkey is added to. */
  userHandle: z.string().optional(),
})
export type Ceremony = Readonly<z.infer<typeof schema>>

const ceremonies = sealed({ purpose: 'passkey ceremony', schema, life, version: 1 })

/** A ceremony as a page carries it: what the browser is asked, as JSON of WebAuthn, and what comes back with its answer. */
export interface StartedCeremony {
  readonly options: Readonly<Record<string, unknown>>
  readonly state: string
}

/** Starts a ceremony in a browser, which `browser` names. */
export function startCeremony(
  context: Context,
  place: CeremonyPlace,
  browser: string,
  userHandle?: string,
): { readonly challenge: string; readonly state: string } {
  const challenge = randomBytes(32).toString('base64url')
  const state = ceremonies.seal(context, { challenge, userHandle }, { place: placeOf(place, browser) })
  return { challenge, state }
}

/** Opens a ceremony and uses its challenge up, whatever the answer is; undefined where there is none to answer any more. */
export async function takeCeremony(
  context: Context,
  place: CeremonyPlace,
  { state, browsers }: { readonly state: string; readonly browsers: readonly string[] },
): Promise<Ceremony | undefined> {
  const opened = ceremonies.open(context, state, { places: browsers.map((browser) => placeOf(place, browser)) })
  if (opened.outcome !== 'open') return undefined
  const kept = opened.since + life + minute
  const claimed = await context.storage.claims.claimOnce('passkey_challenge', sha256(opened.value.challenge), kept)
  return claimed === 'first' ? opened.value : undefined
}

function placeOf({ kind, account = '' as UserId }: CeremonyPlace, browser: string): string {
  return `${browser} ${kind} ${account}`
}

/** Passkeys as a browser is told of them. */
export function descriptorsOf(passkeys: readonly Passkey[]): readonly unknown[] {
  return passkeys.map(({ credentialId, transports }) => ({ type: 'public-key', id: credentialId, transports }))
}

/** The origin at which our pages run, and for which alone an answer may have been made. */
export function pagesOrigin({ settings }: Context): string {
  return new URL(settings.issuer).origin
}

/** An ID as authenticators give it, at most 1,023 bytes (WebAuthn Level 3 §4), in its one spelling as base64url. */
export const credentialIdSchema = z
  .string()
  .max(1364)
  .refine((text) => text !== '' && Buffer.from(text, 'base64url').toString('base64url') === text)

/** What the browser says of where it was asked (WebAuthn Level 3 §5.8.1). Never inside of another site's page. */
export function isOwnPage(clientDataJSON: string): boolean {
  const data: unknown = parseJson(Buffer.from(clientDataJSON, 'base64url').toString())
  return typeof data === 'object' && data !== null && (!('crossOrigin' in data) || data.crossOrigin === false)
}

/** The value of a JSON text; undefined where it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

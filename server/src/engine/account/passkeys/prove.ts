/** Proving who somebody is by a passkey: to sign in, or as a second factor (WebAuthn Level 3 §7.2). */
import { z } from 'zod'
import type { UserId } from '../../../protocol/names.ts'
import { act } from '../../../runtime/act.ts'
import type { Caller, Context } from '../../../runtime/context.ts'
import { networkUnit } from '../../../runtime/limits/network.ts'
import type { Account, Passkey } from '../../../storage/contract.ts'
import { mayEnter } from '../sessions.ts'
import {
  type CeremonyPlace,
  ceremonyTimeout,
  credentialIdSchema,
  descriptorsOf,
  isOwnPage,
  pagesOrigin,
  parseJson,
  type StartedCeremony,
  startCeremony,
  takeCeremony,
} from './ceremony.ts'
import { passkeyHandle, passkeysOf } from './passkeys.ts'

/** What an answer to a ceremony is judged by. */
export interface PasskeyAnswer {
  /** What the page carried of the ceremony, sealed. */
  readonly state: string
  /** The browser's answer, as JSON of WebAuthn. */
  readonly credential: string
  /** The values of the browser's cookies. */
  readonly browsers: readonly string[]
}

/** Why a passkey did not prove anybody. */
export type PasskeyFailure =
  /** The challenge has expired, was used before, or is of another browser, ceremony or account. */
  | { readonly outcome: 'stale' }
  /** No passkey of an account here, or the answer was not its. */
  | { readonly outcome: 'refused' }
  /** Its counter has not risen, as that of a copy would not. */
  | { readonly outcome: 'count_fell' }
  | { readonly outcome: 'throttled'; readonly retryAfter: number }

const signInPlace: CeremonyPlace = { kind: 'sign_in', account: undefined }

/** What the sign-in page asks of the browser: any passkey that it has of this server. Undefined where there are none. */
export function startPasskeySignIn(context: Context, browser: string): StartedCeremony | undefined {
  return startProof(context, signInPlace, browser, [])
}

/** Signs in whom the passkey names. */
export function signInByPasskey(
  context: Context,
  answer: PasskeyAnswer,
  caller: Caller,
): Promise<{ readonly outcome: 'signed_in'; readonly account: Account } | PasskeyFailure> {
  return prove(context, signInPlace, answer, caller)
}

/** What is asked of the browser of somebody whose first factor was right: one of their own passkeys. */
export async function startPasskeyFactor(
  context: Context,
  account: Account,
  browser: string,
): Promise<StartedCeremony | undefined> {
  const passkeys = await passkeysOf(context, account)
  if (passkeys.length === 0) return undefined
  return startProof(context, { kind: 'factor', account: account.id }, browser, passkeys)
}

/** Whether the answer proves that the holder of the account has one of its passkeys. */
export async function proveByPasskey(
  context: Context,
  account: Account,
  answer: PasskeyAnswer,
  caller: Caller,
): Promise<{ readonly outcome: 'proved' } | PasskeyFailure> {
  const proved = await prove(context, { kind: 'factor', account: account.id }, answer, caller)
  return proved.outcome === 'signed_in' ? { outcome: 'proved' } : proved
}

function startProof(
  context: Context,
  place: CeremonyPlace,
  browser: string,
  allowed: readonly Passkey[],
): StartedCeremony | undefined {
  const { passkeyRpId } = context.settings
  if (passkeyRpId === undefined) return undefined
  const { challenge, state } = startCeremony(context, place, browser)
  const options = {
    challenge,
    rpId: passkeyRpId,
    allowCredentials: descriptorsOf(allowed),
    userVerification: 'required',
    timeout: ceremonyTimeout,
  }
  return { options, state }
}

async function prove(
  context: Context,
  place: CeremonyPlace,
  answer: PasskeyAnswer,
  caller: Caller,
): Promise<{ readonly outcome: 'signed_in'; readonly account: Account } | PasskeyFailure> {
  const ceremony = await takeCeremony(context, place, answer)
  if (ceremony === undefined) return { outcome: 'stale' }
  const guesses = [['address', networkUnit(caller.address)]] as const
  const result = await context.throttle.guard(guesses, async () => {
    const value = await judge(context, place, { challenge: ceremony.challenge, credential: answer.credential }, caller)
    return { ok: value.outcome === 'signed_in', value }
  })
  return result ?? { outcome: 'throttled', retryAfter: context.throttle.retryAfter(guesses) }
}

async function judge(
  context: Context,
  place: CeremonyPlace,
  asked: { readonly challenge: string; readonly credential: string },
  caller: Caller,
): Promise<{ readonly outcome: 'signed_in'; readonly account: Account } | PasskeyFailure> {
  const { storage, audit, log } = context
  const refused = (subject: UserId | null): PasskeyFailure => {
    audit.record('passkey_refused', { subject, caller })
    return { outcome: 'refused' }
  }
  const read = assertionSchema.safeParse(parseJson(asked.credential))
  if (!read.success) return refused(null)
  const assertion = read.data
  const found = await storage.passkeys.find(assertion.id)
  if (found === undefined) return refused(null)
  const { account, passkey } = found
  if (!mayEnter(context, account) || !isOf(place, account, passkey, assertion)) return refused(account.id)
  const signCount = await verify(context, passkey, assertion, asked.challenge)
  if (signCount === undefined) return refused(account.id)
  const noted = await act(context, { actor: account.id, caller }, async ({ passkeys }, record) => {
    const outcome = await passkeys.use(passkey.credentialId, signCount)
    if (outcome === 'count_fell') await record('passkey_counter_fell', { detail: { passkey: passkeyHandle(passkey) } })
    return outcome
  })
  if (noted === 'not_found') return refused(account.id)
  if (noted === 'noted') return { outcome: 'signed_in', account }
  log.warn({ user: account.id, kept: passkey.signCount, got: signCount }, 'the counter of a passkey has not risen')
  return { outcome: 'count_fell' }
}

/**
 * Whether the passkey is the one that the ceremony asked for. Where nobody was known before, the authenticator has to name
 * the account by its user handle, and rightly (WebAuthn Level 3 §7.2, step 6).
 */
function isOf(place: CeremonyPlace, account: Account, passkey: Passkey, { response }: Assertion): boolean {
  const { userHandle } = response
  if (userHandle != null && userHandle !== passkey.userHandle.toString('base64url')) return false
  return place.account === undefined ? userHandle != null : account.id === place.account
}

const base64url = z.string().regex(/^[A-Za-z0-9_-]+$/)
const assertionSchema = z.object({
  id: credentialIdSchema,
  rawId: z.string(),
  type: z.literal('public-key'),
  response: z.object({
    clientDataJSON: base64url,
    authenticatorData: base64url,
    signature: base64url,
    userHandle: z.string().nullish(),
  }),
})
type Assertion = z.infer<typeof assertionSchema>

/** The counter in an assertion that is right in all else; undefined where it is not. */
async function verify(
  { settings, ...context }: Context,
  passkey: Passkey,
  { id, rawId, type, response }: Assertion,
  challenge: string,
): Promise<number | undefined> {
  if (passkey.rpId !== settings.passkeyRpId || !isOwnPage(response.clientDataJSON)) return undefined
  // It takes a third of a second to load, which no start should wait for.
  const { verifyAuthenticationResponse } = await import('@simplewebauthn/server')
  const { clientDataJSON, authenticatorData, signature } = response
  try {
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response: {
        id,
        rawId,
        type,
        response: { clientDataJSON, authenticatorData, signature },
        clientExtensionResults: {},
      },
      expectedChallenge: challenge,
      expectedOrigin: pagesOrigin({ settings, ...context }),
      expectedRPID: passkey.rpId,
      expectedType: 'webauthn.get',
      requireUserVerification: true,
      // The counter is compared where it is kept, on the locked row.
      credential: { id, publicKey: new Uint8Array(passkey.publicKey), counter: 0 },
    })
    return verified && authenticationInfo.userVerified ? authenticationInfo.newCounter : undefined
  } catch {
    // What strangers send can be broken in any way.
    return undefined
  }
}

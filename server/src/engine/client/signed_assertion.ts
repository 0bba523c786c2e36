/**
 * Reading a signed assertion (RFC 7521 §4, RFC 7523 §3), whoever made it: a client to prove itself, or an issuer that the
 * operator trusts to say who somebody is. What it has to say, and to whom, is for whoever asks.
 */
import type { JWTPayload, JWTVerifyGetKey } from 'jose'
import { sha256 } from '../../lib/hash.ts'
import { capabilities } from '../../protocol/capabilities.ts'
import { endpoints } from '../../protocol/endpoints.ts'
import type { Context } from '../../runtime/context.ts'
import { KeysUnusable } from '../../runtime/kept/client_keys.ts'
import type { ClaimKind } from '../../storage/contract.ts'

/** Seconds by which clocks may differ, and the longest life of an assertion. */
const tolerance = 60
const longestLife = 600
const longestText = 8192

/** What is wrong with an assertion, for the log. */
export interface Unsound {
  readonly cause: string
  readonly expected?: string
  readonly got?: string
}

export interface ReadAssertion {
  readonly claims: JWTPayload
  readonly typ: string | undefined
}

/** By what an assertion is judged. */
export interface Judging {
  /** The keys of its maker; `afresh` asks for them anew, as they may have been rotated since. */
  readonly keys: (afresh: boolean) => Promise<JWTVerifyGetKey>
  /** The one algorithm that its maker is registered for; undefined: any that is as good. */
  readonly algorithm?: string | undefined
  /** Whether RS256 is not as good (FAPI 2.0 §5.4.1). */
  readonly strong?: boolean | undefined
  /** The types (`typ`) that it may say it is. A token of ours, or one made for another use, is none (RFC 8725 §3.11). */
  readonly types: RegExp
}

/** The claims of an assertion that its maker has signed and that is good now; what is wrong with it otherwise. */
export async function readAssertion(
  context: Context,
  assertion: string,
  { keys, algorithm, strong = false, types }: Judging,
): Promise<ReadAssertion | Unsound> {
  if (assertion.length > longestText) return { cause: 'The assertion is too long.' }
  // Few servers are sent one, and none is at its start.
  const { decodeProtectedHeader, errors, jwtVerify } = await import('jose')
  const algorithms = capabilities.assertionAlgorithms.filter(
    (alg) => (algorithm === undefined || alg === algorithm) && !(strong && alg === 'RS256'),
  )
  try {
    const { typ } = decodeProtectedHeader(assertion)
    if (typ !== undefined && !types.test(typ)) {
      return { cause: 'typ of the assertion is that of another kind of token.', expected: 'JWT', got: typ }
    }
    const options = { algorithms, clockTolerance: tolerance, currentDate: new Date(context.clock.now()) }
    const proved = async (afresh: boolean) => {
      const { payload } = await jwtVerify(assertion, await keys(afresh), options)
      return whyOutOfTime(context, payload) ?? { claims: payload, typ }
    }
    try {
      return await proved(false)
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error
      return await proved(true)
    }
  } catch (error) {
    if (error instanceof KeysUnusable) return { cause: error.message }
    if (error instanceof errors.JWTExpired) return { cause: 'The assertion has expired.' }
    if (error instanceof errors.JOSEError) return { cause: `The assertion could not be verified: ${error.message}.` }
    // Whatever else a key or a token of somebody else makes the library throw is not a fault of ours.
    if (error instanceof TypeError || error instanceof DOMException)
      return { cause: 'The assertion could not be verified.' }
    throw error
  }
}

function whyOutOfTime({ clock }: Context, { exp, iat, jti }: JWTPayload): Unsound | undefined {
  const now = clock.now() / 1000
  if (exp === undefined || exp > now + longestLife + tolerance) {
    return { cause: `exp of the assertion must lie within the next ${longestLife / 60} minutes.` }
  }
  if (iat !== undefined && iat > now + tolerance) return { cause: 'iat of the assertion lies in the future.' }
  if (typeof jti !== 'string' || jti === '' || jti.length > 200) {
    return { cause: 'The assertion needs a jti of at most 200 characters.' }
  }
  return undefined
}

/** What is wrong with the aud of an assertion: it is the issuer, as one string, or where that may be the token endpoint's URL. */
export function whyElsewhere(
  issuer: string,
  aud: JWTPayload['aud'],
  { mayNameEndpoint }: { readonly mayNameEndpoint: boolean },
): Unsound | undefined {
  if (aud === issuer) return undefined
  const tokenEndpoint = `${issuer}${endpoints.token_endpoint}`
  if (mayNameEndpoint && aud === tokenEndpoint) return undefined
  const cause = mayNameEndpoint
    ? 'aud of the assertion must be the issuer or the token endpoint, as one string.'
    : 'aud of the assertion must be the issuer, as one string.'
  return { cause, expected: issuer, got: Array.isArray(aud) ? JSON.stringify(aud) : String(aud) }
}

/** Uses an assertion of this maker up; what is wrong where it was used before. */
export async function claimAssertion(
  { storage }: Context,
  kind: ClaimKind & ('client_assertion' | 'grant_assertion'),
  maker: string,
  { exp = 0, jti }: JWTPayload,
): Promise<Unsound | undefined> {
  const hash = sha256(JSON.stringify([maker, jti]))
  const claimed = await storage.claims.claimOnce(kind, hash, Math.ceil((exp + 2 * tolerance) * 1000))
  return claimed === 'seen' ? { cause: 'The assertion was used before: its jti came a second time.' } : undefined
}

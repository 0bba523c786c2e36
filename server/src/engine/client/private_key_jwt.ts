/**
 * Client authentication by a signed assertion (RFC 7523 §3, OIDC Core §9 private_key_jwt). The audience is this server's
 * issuer, as one string, at every endpoint: an array or an endpoint URL is how assertions for one server are replayed at
 * another (draft-ietf-oauth-rfc7523bis §4). The operator may let a client name the token endpoint instead.
 */
import type { JWTPayload } from 'jose'
import { sha256 } from '../../lib/hash.ts'
import { capabilities } from '../../protocol/capabilities.ts'
import { endpoints } from '../../protocol/endpoints.ts'
import { Refusal } from '../../protocol/refusal.ts'
import type { Context } from '../../runtime/context.ts'
import { KeysUnusable } from '../../runtime/kept/client_keys.ts'
import type { Client } from '../../runtime/kept/clients.ts'

export const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

/** Seconds by which clocks may differ, and the longest life of an assertion. */
const tolerance = 60
const longestLife = 600
const longestText = 8192

const newerType = 'client-authentication+jwt'

/** Proves the assertion to be this client's, and claims its jti; a Refusal where it is not. */
export async function proveAssertion(
  context: Context,
  client: Client,
  assertion: string,
): Promise<Refusal | undefined> {
  const verified = await verify(context, client, assertion)
  if (verified instanceof Refusal) return verified
  const { claims, typ } = verified
  if (claims.iss !== client.id || claims.sub !== client.id) {
    return invalid('iss and sub of the assertion must both be the client_id.', client.id, `${claims.iss} ${claims.sub}`)
  }
  const elsewhere = whyElsewhere(context.settings.issuer, client, claims.aud, typ)
  if (elsewhere !== undefined) return elsewhere
  const now = context.clock.now() / 1000
  if (claims.exp === undefined || claims.exp > now + longestLife + tolerance) {
    return invalid(`exp of the assertion must lie within the next ${longestLife / 60} minutes.`)
  }
  if (claims.iat !== undefined && claims.iat > now + tolerance)
    return invalid('iat of the assertion lies in the future.')
  if (typeof claims.jti !== 'string' || claims.jti === '' || claims.jti.length > 200) {
    return invalid('The assertion needs a jti of at most 200 characters.')
  }
  const hash = sha256(JSON.stringify([client.id, claims.jti]))
  const claimed = await context.storage.claims.claimOnce(
    'client_assertion',
    hash,
    Math.ceil((claims.exp + 2 * tolerance) * 1000),
  )
  return claimed === 'seen' ? invalid('The assertion was used before: its jti came a second time.') : undefined
}

/**
 * The issuer, as one string; for a client that is registered so, the token endpoint's URL as well. An assertion that says
 * it is made by the newer rules (`typ` client-authentication+jwt) has to keep them.
 */
function whyElsewhere(
  issuer: string,
  client: Client,
  aud: JWTPayload['aud'],
  typ: string | undefined,
): Refusal | undefined {
  if (aud === issuer) return undefined
  const lax = client.metadata.client_assertion_audience === 'token_endpoint' && typ?.toLowerCase() !== newerType
  const tokenEndpoint = `${issuer}${endpoints.token_endpoint}`
  if (lax && aud === tokenEndpoint) return undefined
  return invalid(
    lax
      ? 'aud of the assertion must be the issuer or the token endpoint, as one string.'
      : 'aud of the assertion must be the issuer, as one string.',
    issuer,
    Array.isArray(aud) ? JSON.stringify(aud) : String(aud),
  )
}

async function verify(
  context: Context,
  client: Client,
  assertion: string,
): Promise<{ readonly claims: JWTPayload; readonly typ: string | undefined } | Refusal> {
  if (assertion.length > longestText) return invalid('The assertion is too long.')
  // Few servers have a client of this kind, and none has one at its start.
  const { decodeProtectedHeader, errors, jwtVerify } = await import('jose')
  const registered = client.metadata.token_endpoint_auth_signing_alg
  const algorithms = capabilities.assertionAlgorithms.filter((alg) => registered === undefined || alg === registered)
  try {
    const header = decodeProtectedHeader(assertion)
    // A token of ours, or one made for another use, is no assertion (RFC 8725 §3.11).
    if (header.typ !== undefined && !/^(jwt|client-authentication\+jwt)$/i.test(header.typ)) {
      return invalid('typ of the assertion is that of another kind of token.', 'JWT', header.typ)
    }
    const options = { algorithms, clockTolerance: tolerance, currentDate: new Date(context.clock.now()) }
    const proved = async (afresh: boolean) => {
      const { payload } = await jwtVerify(assertion, await context.clientKeys.of(client, afresh), options)
      return { claims: payload, typ: header.typ }
    }
    try {
      return await proved(false)
    } catch (error) {
      // The client may have rotated its keys since they were fetched.
      if (!(error instanceof errors.JWKSNoMatchingKey) || client.metadata.jwks !== undefined) throw error
      return await proved(true)
    }
  } catch (error) {
    if (error instanceof KeysUnusable) return invalid(error.message)
    if (error instanceof errors.JWTExpired) return invalid('The assertion has expired.')
    if (error instanceof errors.JOSEError) return invalid(`The assertion could not be verified: ${error.message}.`)
    // Whatever else a key or a token of somebody else makes the library throw is not a fault of ours.
    if (error instanceof TypeError || error instanceof DOMException)
      return invalid('The assertion could not be verified.')
    throw error
  }
}

function invalid(cause: string, expected?: string, got?: string): Refusal {
  return new Refusal('client_assertion_invalid', {
    cause,
    ...(expected === undefined ? {} : { expected }),
    ...(got === undefined ? {} : { got }),
  })
}

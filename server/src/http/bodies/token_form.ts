/**
 * Reading a token request and the client that makes it off a form under the standard's names (RFC 6749 §2.3.1, §4.1.3,
 * §4.4.2, §6), and the members of its answer, for every protocol whose own spelling comes down to these.
 */
import type { PresentedClient } from '../../engine/client/client_authentication.ts'
import { assertionType } from '../../engine/client/private_key_jwt.ts'
import { grantTypeNamed, type TokenRequest } from '../../engine/token/grants/index.ts'
import type { Minted } from '../../engine/token/mint.ts'
import { missingParameter } from '../../engine/token/token_parameters.ts'
import { decode, type Form } from '../../lib/form.ts'
import { accessTokenType, type ClientId, tokenExchangeGrantType } from '../../protocol/names.ts'
import { Refusal } from '../../protocol/refusal.ts'

/** The parameters of a token request (RFC 6749 §4, §6, RFC 7521 §4.2, RFC 7636 §4.5) that may come once each. */
export const tokenParameters = [
  'client_id',
  'client_secret',
  'client_assertion',
  'client_assertion_type',
  'grant_type',
  'code',
  'code_verifier',
  'redirect_uri',
  'refresh_token',
  'device_code',
  'subject_token',
  'actor_token',
  'assertion',
  'scope',
] as const

/** The client that a request presents: by the Authorization header or in the body, never both. Throws Refusal. */
export function decodeClient(authorization: string | undefined, form: Form): PresentedClient {
  const presented = readClient(authorization, form)
  if (presented instanceof Refusal) throw presented
  return presented
}

/** The client_id of a request, where it says one that can be read. */
export function claimedClient(authorization: string | undefined, form: Form): ClientId | undefined {
  const presented = readClient(authorization, form)
  return presented instanceof Refusal ? undefined : presented.clientId
}

function readClient(authorization: string | undefined, form: Form): PresentedClient | Refusal {
  const clientId = form.get('client_id')
  const secret = form.get('client_secret')
  const assertion = form.get('client_assertion')
  if (assertion !== undefined) {
    if (authorization !== undefined || secret !== undefined) return new Refusal('client_authentication_ambiguous')
    return readAssertion(assertion, form)
  }
  if (authorization !== undefined) {
    const basic = readBasic(authorization)
    if (basic === undefined) return new Refusal('client_authentication_malformed')
    if (secret !== undefined || (clientId !== undefined && clientId !== basic.clientId)) {
      return new Refusal('client_authentication_ambiguous')
    }
    return basic
  }
  if (clientId === undefined) return new Refusal('client_authentication_missing')
  if (secret === undefined) return { method: 'none', clientId }
  return { method: 'client_secret_post', clientId, secret }
}

/**
 * An assertion with the client it speaks for: the parameter, or the subject, which is read here only to find whose keys
 * will prove it (RFC 7521 §4.2).
 */
function readAssertion(assertion: string, form: Form): PresentedClient | Refusal {
  if (form.get('client_assertion_type') !== assertionType) {
    return new Refusal('client_authentication_malformed', { cause: `client_assertion_type must be ${assertionType}.` })
  }
  const subject = readSubject(assertion)
  const named = form.get('client_id')
  if (named !== undefined && subject !== undefined && named !== subject) {
    return new Refusal('client_authentication_ambiguous')
  }
  const clientId = named ?? subject
  if (clientId === undefined) return new Refusal('client_authentication_malformed')
  return { method: 'private_key_jwt', clientId, assertion }
}

function readSubject(assertion: string): string | undefined {
  try {
    const claims: unknown = JSON.parse(Buffer.from(assertion.split('.')[1] ?? '', 'base64url').toString())
    if (typeof claims !== 'object' || claims === null || !('sub' in claims)) return undefined
    return typeof claims.sub === 'string' ? claims.sub : undefined
  } catch {
    return undefined
  }
}

/** Basic credentials, decoded exactly: anything loosely written is undefined rather than guessed at. */
function readBasic(authorization: string): PresentedClient | undefined {
  const encoded = /^Basic +([A-Za-z0-9+/]+={0,2})$/i.exec(authorization)?.[1]
  if (encoded === undefined) return undefined
  const bytes = Buffer.from(encoded, 'base64')
  const canonical = bytes.toString('base64')
  if (canonical !== encoded && canonical.replaceAll('=', '') !== encoded.replaceAll('=', '')) return undefined
  const text = bytes.toString('utf8')
  const cut = text.indexOf(':')
  if (cut < 1 || text.includes('\ufffd')) return undefined
  // "encoded using the application/x-www-form-urlencoded encoding algorithm" before they are joined (RFC 6749 §2.3.1).
  const clientId = decode(text.slice(0, cut))
  const secret = decode(text.slice(cut + 1))
  if (clientId === undefined || secret === undefined) return undefined
  return { method: 'client_secret_basic', clientId, secret }
}

/** The token request in a form. Throws Refusal where a parameter is missing or the grant type is unknown. */
export function decodeTokenRequest(form: Form, grantType = form.get('grant_type')): TokenRequest {
  if (grantType === undefined) throw missingParameter('grant_type')
  const type = grantTypeNamed(grantType)
  if (type.decode === undefined) throw new Refusal('grant_type_unknown')
  return type.decode(form)
}

/** The members of a successful answer (RFC 6749 §5.1, OIDC Core §3.1.3.3). */
export function tokenMembers({
  accessToken,
  tokenType,
  expiresIn,
  scope,
  refreshToken,
  idToken,
  grant,
}: Minted): object {
  return {
    access_token: accessToken,
    // What is undefined is left out (RFC 8693 §2.2.1 asks for it there alone).
    issued_token_type: grant.context.grantType === tokenExchangeGrantType ? accessTokenType : undefined,
    token_type: tokenType,
    expires_in: expiresIn,
    scope: scope.join(' '),
    refresh_token: refreshToken,
    id_token: idToken,
  }
}

/** What a refusal adds for a client that tried to authenticate by the Authorization header (RFC 6749 §5.2). */
export function basicChallenge({ error }: Refusal, authorization: string | undefined) {
  if (error !== 'invalid_client' || authorization === undefined) return undefined
  return { 'www-authenticate': 'Basic realm="Consentry", charset="UTF-8"' }
}

/** Finding the access token of a request (RFC 6750 §2) and answering for a missing or bad one (§3). */
import type { FastifyReply } from 'fastify'
import type { Form } from '../lib/form.ts'
import { Refusal } from '../protocol/refusal.ts'

/**
 * The one token of a request: in the Authorization header or, where the endpoint takes forms, in the body. Throws
 * Refusal where there is none, more than one, or one in the query string.
 */
export function findBearerToken(
  authorization: string | undefined,
  query: Form | undefined,
  body: Form | undefined,
): string {
  if (query === undefined) throw new Refusal('parameter_malformed')
  const inHeader = authorization === undefined ? undefined : decodeHeader(authorization)
  const inBody = body?.get('access_token')
  if (query.has('access_token')) throw new Refusal((inHeader ?? inBody) ? 'token_twice' : 'token_in_query')
  if (inHeader !== undefined && inBody !== undefined) throw new Refusal('token_twice')
  const token = inHeader ?? inBody
  if (token === undefined) throw new Refusal('token_missing')
  return token
}

function decodeHeader(authorization: string): string {
  const token = /^Bearer +([A-Za-z0-9\-._~+/]+=*)$/i.exec(authorization)?.[1]
  if (token !== undefined) return token
  // The scheme of the password token's clients, for the tokens of that door alone.
  const plain = /^[Tt]oken +([0-9a-f]{40})$/.exec(authorization)?.[1]
  if (plain !== undefined) return plain
  // Another scheme is not a broken bearer token but none at all.
  throw new Refusal(/^Bearer\b/i.test(authorization) ? 'token_scheme_unsupported' : 'token_missing')
}

/** The error code of a refusal where a token is presented: what is invalid_grant elsewhere is invalid_token here. */
export function bearerError(refusal: Refusal): { readonly error: string; readonly status: number } {
  if (refusal.error === 'invalid_grant' || refusal.error === 'invalid_client') {
    return { error: 'invalid_token', status: 401 }
  }
  return { error: refusal.error, status: refusal.status }
}

/** Sets `WWW-Authenticate` (RFC 6750 §3, RFC 9728 §5.1). Without a token there is no error to tell (§3.1). */
export function challenge(reply: FastifyReply, refusal: Refusal, resourceMetadata: string): void {
  const parts = []
  if (refusal.reason !== 'token_missing') {
    parts.push(`error="${bearerError(refusal).error}"`, `error_description="${refusal.text}"`)
  }
  if (refusal.detail.scope !== undefined) parts.push(`scope="${refusal.detail.scope}"`)
  parts.push(`resource_metadata="${resourceMetadata}"`)
  reply.header('www-authenticate', `Bearer ${parts.join(', ')}`)
}

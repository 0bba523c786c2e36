/** Finding the access token of a request (RFC 6750 §2, RFC 9449 §7.1) and answering for a missing or bad one. */
import type { FastifyRequest } from 'fastify'
import type { ShownToken, ShownTokens } from '../engine/access_tokens/bearer.ts'
import type { ShownProof } from '../engine/client/dpop.ts'
import { type Form, parseForm } from '../lib/form.ts'
import { capabilities } from '../protocol/capabilities.ts'
import { orThrow, Refusal } from '../protocol/refusal.ts'
import { queryForm, queryOf } from './caller.ts'
import { pathOf } from './endpoint.ts'

/**
 * The one token of a request: in the Authorization header or, where the endpoint takes forms, in the body. Throws
 * Refusal where there is none, more than one, or one in the query string. `issuer` is where this server is asked for.
 */
export function findToken(issuer: string, request: FastifyRequest, body?: Form): ShownToken {
  const query = queryForm(request)
  const { authorization } = request.headers
  const inHeader = authorization === undefined ? undefined : readHeader(authorization, shownProof(issuer, request))
  if (inHeader instanceof Refusal) throw inHeader
  const inBody = body?.get('access_token')
  if (query.has('access_token')) throw new Refusal((inHeader ?? inBody) ? 'token_twice' : 'token_in_query')
  if (inHeader !== undefined && inBody !== undefined) throw new Refusal('token_twice')
  if (inHeader !== undefined) return inHeader
  if (inBody === undefined) throw new Refusal('token_missing')
  return { text: inBody }
}

/** The token in the Authorization header, with the proof that goes with it. Throws Refusal. */
export function findHeaderToken(
  { headers: { authorization } }: Pick<FastifyRequest, 'headers'>,
  proof: ShownProof | undefined,
): ShownToken {
  return orThrow(authorization === undefined ? new Refusal('token_missing') : readHeader(authorization, proof))
}

/** The names under which the older clients send an access token outside of the header. */
const parameterNames = [
  'access_token',
  'accessToken',
  'quantimodo_access_token',
  'quantimodoAccessToken',
  'sessionToken',
] as const

/** What older clients write where they have no token, in place of leaving it out. */
const placeholders: ReadonlySet<string> = new Set(['undefined', 'null'])
const placeholderHeader = /^Bearer(?: +(?:undefined|null))? *$/i

/**
 * Every access token that a request of the resource API shows, or the Refusal of a header that shows none; `body` as its
 * scope has parsed it. What may stand where is the engine's.
 */
export function findShownTokens(issuer: string, request: FastifyRequest, body: unknown): ShownTokens | Refusal {
  const query = queryForm(request)
  const shown = [...parameterNames.flatMap((name) => query.all(name)), ...bodyTokens(body)]
  const elsewhere = new Set(shown.filter((text) => !placeholders.has(text)))
  const { authorization } = request.headers
  const none = authorization === undefined || placeholderHeader.test(authorization)
  const header = none ? undefined : readHeader(authorization, shownProof(issuer, request))
  if (!(header instanceof Refusal)) return { header, elsewhere: [...elsewhere] }
  // Beside a token elsewhere a header of another scheme is not about this API at all.
  if (elsewhere.size === 0 || header.reason !== 'token_missing') return header
  return { header: undefined, elsewhere: [...elsewhere] }
}

/** Whether the address of a request holds what may be an access token. */
export function showsTokenInAddress(request: FastifyRequest): boolean {
  const query = parseForm(queryOf(request))
  return query === undefined || parameterNames.some((name) => query.has(name))
}

/** Whether a request that shows no token has a body, not read yet, that could hold one. */
export function mayBeInBody(request: FastifyRequest, shown: ShownTokens): boolean {
  if (shown.header !== undefined || shown.elsewhere.length > 0) return false
  const { 'content-length': length, 'transfer-encoding': encoding } = request.headers
  return request.method !== 'GET' && (encoding !== undefined || (length !== undefined && length !== '0'))
}

/** The tokens in a body that is one object, placeholders among them. Throws Refusal where one is there and is not text. */
export function bodyTokens(body: unknown): readonly string[] {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return []
  const members = new Map(Object.entries(body))
  return parameterNames.flatMap((name) => {
    const values: unknown[] = [members.get(name)].flat()
    return values.flatMap((value) => {
      if (value === undefined || value === null || value === '') return []
      if (typeof value === 'string') return value
      throw new Refusal('parameter_malformed', { cause: `The ${name} in the body is not text.` })
    })
  })
}

/**
 * The proof that a request shows. It has to be made for the address at the issuer: whatever the request says of its host is
 * for the sender to choose.
 */
export function shownProof(issuer: string, request: FastifyRequest): ShownProof | undefined {
  return proofFor(request, { method: request.method, uri: issuer + pathOf(request) })
}

/** The proof that a request shows, and what it has to be made for. Of two headers Node makes one, which is no proof. */
export function proofFor(
  { headers: { dpop } }: Pick<FastifyRequest, 'headers'>,
  target: Omit<ShownProof, 'text'>,
): ShownProof | undefined {
  return dpop === undefined ? undefined : { text: String(dpop), ...target }
}

function readHeader(authorization: string, proof: ShownProof | undefined): ShownToken | Refusal {
  const [, scheme, text] = /^(Bearer|DPoP) +([A-Za-z0-9\-._~+/]+=*)$/i.exec(authorization) ?? []
  if (scheme !== undefined && text !== undefined) {
    return scheme.toLowerCase() === 'dpop' ? { text, dpop: { proof } } : { text }
  }
  // The scheme of the password token's clients, for the tokens of that protocol alone.
  const plain = /^[Tt]oken +([0-9a-f]{40})$/.exec(authorization)?.[1]
  if (plain !== undefined) return { text: plain }
  // Another scheme is not a broken bearer token but none at all.
  return new Refusal(/^(?:Bearer|DPoP)\b/i.test(authorization) ? 'token_scheme_unsupported' : 'token_missing')
}

/** The error code of a refusal where a token is presented: what is invalid_grant elsewhere is invalid_token here. */
export function bearerError(refusal: Refusal): { readonly error: string; readonly status: number } {
  if (refusal.error === 'invalid_grant' || refusal.error === 'invalid_client') {
    return { error: 'invalid_token', status: 401 }
  }
  if (isOfProof(refusal)) return { error: refusal.error, status: 401 }
  return { error: refusal.error, status: refusal.status }
}

/** Whether it is about the proof, of which RFC 9449 §7.1 says the same code at an API as §5 at the token endpoint. */
export function isOfProof({ error }: Refusal): boolean {
  return error === 'invalid_dpop_proof' || error === 'use_dpop_nonce'
}

/**
 * The WWW-Authenticate header (RFC 6750 §3, RFC 9449 §7.1, RFC 9470 §3, RFC 9728 §5.1). "If the request lacks any authentication information …,
 * the resource server SHOULD NOT include an error code or other error information" (RFC 6750 §3.1). `metadata` is the
 * address of the document of the API. Whoever came with the scheme DPoP, or should have, is answered with it.
 */
export function challenge(
  error: string,
  { reason, text, detail }: Refusal,
  metadata: string | undefined,
  { headers: { authorization } }: Pick<FastifyRequest, 'headers'>,
): string {
  const dpop = reason === 'token_bound' || /^DPoP\b/i.test(authorization ?? '')
  const more = [
    ...(detail.scope === undefined ? [] : [`scope="${quotable(detail.scope)}"`]),
    ...(detail.acrValues === undefined ? [] : [`acr_values="${quotable(detail.acrValues)}"`]),
    ...(detail.maxAge === undefined ? [] : [`max_age="${detail.maxAge}"`]),
    ...(metadata === undefined ? [] : [`resource_metadata="${metadata}"`]),
    ...(dpop ? [`algs="${capabilities.dpopAlgorithms.join(' ')}"`] : []),
  ]
  if (reason === 'token_missing') return more.length === 0 ? 'Bearer' : `Bearer ${more.join(', ')}`
  return [`${dpop ? 'DPoP' : 'Bearer'} error="${error}"`, `error_description="${quotable(text)}"`, ...more].join(', ')
}

/** The characters that RFC 6750 §3 allows in these values. */
function quotable(text: string): string {
  return text.replaceAll(/[^\x20\x21\x23-\x5b\x5d-\x7e]/g, '')
}

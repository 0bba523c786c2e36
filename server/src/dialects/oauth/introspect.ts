/** POST /oauth/introspect (RFC 7662 §2.1) and POST /oauth/revoke (RFC 7009 §2.1): a client asks about or ends a token. */
import type { FastifyRequest } from 'fastify'
import { introspect, introspectionJwtType, signIntrospection } from '../../engine/access_tokens/introspect.ts'
import { revoke } from '../../engine/access_tokens/revoke.ts'
import { holderClient } from '../../engine/access_tokens/token_as_credential.ts'
import { whyUnprotected } from '../../engine/client/capabilities.ts'
import { identify } from '../../engine/token/token.ts'
import { requireParameter } from '../../engine/token/token_parameters.ts'
import { findToken } from '../../http/bearer_token.ts'
import { decodeClient } from '../../http/bodies/token_form.ts'
import { type Endpoint, json, signedAnswer, type Visit } from '../../http/endpoint.ts'
import { endpoints } from '../../protocol/endpoints.ts'
import { orThrow, Refusal } from '../../protocol/refusal.ts'
import type { Context } from '../../runtime/context.ts'
import type { Client } from '../../runtime/kept/clients.ts'
import { readForm } from './envelope.ts'

export const introspectionEndpoint: Endpoint = {
  paths: [endpoints.introspection_endpoint],
  methods: ['POST'],
  async answer(visit) {
    const { form, client, holds } = await readAsking(visit)
    // "the introspection endpoint MUST also require some form of authorization" (§2.1): a public client has none.
    if (!holds && !client.confidential) throw new Refusal('client_auth_method_wrong', { got: 'none' })
    // It may count on answers that are signed otherwise than here.
    orThrow(whyUnprotected(client))
    const found = await introspect(visit.context, client, requireParameter(form, 'token'))
    if (!wantsJwt(visit.request)) return json(200, found)
    return signedAnswer(jwtMediaType, signIntrospection(visit.context, client, found))
  },
}

export const revocationEndpoint: Endpoint = {
  paths: [endpoints.revocation_endpoint],
  methods: ['POST'],
  pages: 'apps',
  async answer(visit) {
    const { form, client } = await readAsking(visit)
    await revoke(visit.context, client, requireParameter(form, 'token'), visit.trace.caller)
    // "The content of the response body is ignored by the client" (RFC 7009 §2.2), but simple-oauth2 insists on JSON.
    return json(200, {})
  },
}

const jwtMediaType = `application/${introspectionJwtType}`

/** Whether the answer is asked for as a JWT: the media type is named (RFC 9701 §4); one that any type would do for is not. */
function wantsJwt({ headers: { accept = '' } }: FastifyRequest): boolean {
  return accept.split(',').some((range) => range.split(';', 1)[0]?.trim().toLowerCase() === jwtMediaType)
}

/** The request, who makes it, and whether a token in hand says so. */
async function readAsking({ context, request, trace }: Visit) {
  const form = readForm(request)
  const holder = await findHolder(context, request)
  if (holder !== undefined) return { form, client: holder, holds: true }
  const { client } = await identify(context, decodeClient(request.headers.authorization, form), trace)
  return { form, client, holds: false }
}

/** The client of a password protocol whose token stands in the header; its apps have nothing else to authenticate with. */
async function findHolder(context: Context, request: FastifyRequest): Promise<Client | undefined> {
  const { authorization } = request.headers
  if (authorization === undefined || !/^(?:Bearer|Token) /i.test(authorization)) return undefined
  return holderClient(context, findToken(context.settings.issuer, request).text)
}

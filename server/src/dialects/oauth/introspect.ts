/** POST /oauth/introspect (RFC 7662 §2.1) and POST /oauth/revoke (RFC 7009 §2.1): a client asks about or ends a token. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { introspect } from '../../engine/access_tokens/introspect.ts'
import { revoke } from '../../engine/access_tokens/revoke.ts'
import { holderClient } from '../../engine/access_tokens/token_as_credential.ts'
import { identify } from '../../engine/token/token.ts'
import { findBearerToken } from '../../http/bearer_token.ts'
import { decodeClient } from '../../http/bodies/token_form.ts'
import { queryOf } from '../../http/caller.ts'
import { type Form, parseForm } from '../../lib/form.ts'
import { endpoints } from '../../protocol/endpoints.ts'
import { Refusal } from '../../protocol/refusal.ts'
import type { Context } from '../../runtime/context.ts'
import type { Client } from '../../runtime/kept/clients.ts'
import type { Trace } from '../../runtime/log/trace.ts'
import { answered, readForm } from './dialect.ts'

export function registerIntrospection(app: FastifyInstance, context: Context): void {
  app.post(endpoints.introspection_endpoint, (request, reply) =>
    answered(context, request, reply, async (trace) => {
      const form = readForm(request)
      const holder = await findHolder(context, request)
      const client = holder ?? (await identifyClient(context, request, form, trace))
      // "the introspection endpoint MUST also require some form of authorization" (§2.1): a public client has none.
      if (holder === undefined && !client.confidential) throw new Refusal('client_auth_method_wrong', { got: 'none' })
      const token = form.get('token')
      if (token === undefined) throw new Refusal('parameter_missing', { text: 'The parameter token is missing.' })
      return JSON.stringify(await introspect(context, client, token))
    }),
  )

  app.post(endpoints.revocation_endpoint, (request, reply) =>
    answered(context, request, reply, async (trace) => {
      const form = readForm(request)
      const client = (await findHolder(context, request)) ?? (await identifyClient(context, request, form, trace))
      const token = form.get('token')
      if (token === undefined) throw new Refusal('parameter_missing', { text: 'The parameter token is missing.' })
      await revoke(context, client, token, trace.caller)
      // "The content of the response body is ignored by the client" (RFC 7009 §2.2), but simple-oauth2 insists on JSON.
      return '{}'
    }),
  )
}

async function identifyClient(context: Context, request: FastifyRequest, form: Form, trace: Trace): Promise<Client> {
  return (await identify(context, decodeClient(request.headers.authorization, form), trace)).client
}

/** The client of a password door whose token stands in the header; its apps have nothing else to authenticate with. */
async function findHolder(context: Context, request: FastifyRequest): Promise<Client | undefined> {
  const { authorization } = request.headers
  if (authorization === undefined || !/^(?:Bearer|Token) /i.test(authorization)) return undefined
  return holderClient(context, findBearerToken(authorization, parseForm(queryOf(request)), undefined))
}

/** POST /oauth/introspect (RFC 7662 §2.1) and POST /oauth/revoke (RFC 7009 §2.1): a client asks about or ends a token. */
import type { FastifyInstance } from 'fastify'
import type { Context } from '../../engine/context.ts'
import { introspect } from '../../engine/introspect.ts'
import { revoke } from '../../engine/revoke.ts'
import { identify } from '../../engine/token.ts'
import { decodeClient } from '../../http/token_form.ts'
import { Refusal } from '../../protocol/refusal.ts'
import { answered, readForm } from './dialect.ts'
import { endpoints } from './endpoints.ts'

export function registerIntrospection(app: FastifyInstance, context: Context): void {
  app.post(endpoints.introspection_endpoint, (request, reply) =>
    answered(context, request, reply, undefined, async (trace) => {
      const form = readForm(request)
      const { client } = await identify(context, decodeClient(request.headers.authorization, form), trace)
      // "the introspection endpoint MUST also require some form of authorization" (§2.1): a public client has none.
      if (!client.confidential) throw new Refusal('client_auth_method_wrong', { got: 'none' })
      const token = form.get('token')
      if (token === undefined) throw new Refusal('parameter_missing', { text: 'The parameter token is missing.' })
      return JSON.stringify(await introspect(context, client, token))
    }),
  )

  app.post(endpoints.revocation_endpoint, (request, reply) =>
    answered(context, request, reply, undefined, async (trace) => {
      const form = readForm(request)
      const { client } = await identify(context, decodeClient(request.headers.authorization, form), trace)
      const token = form.get('token')
      if (token === undefined) throw new Refusal('parameter_missing', { text: 'The parameter token is missing.' })
      await revoke(context, client, token, trace.caller)
      // "The content of the response body is ignored by the client" (RFC 7009 §2.2), but simple-oauth2 insists on JSON.
      return '{}'
    }),
  )
}

/** POST /oauth/token (RFC 6749 §3.2, §5): decode → the pipeline → encode. */
import type { FastifyInstance } from 'fastify'
import type { Minted } from '../../engine/token/mint.ts'
import { exchange } from '../../engine/token/token.ts'
import { decodeClient, decodeTokenRequest } from '../../http/bodies/token_form.ts'
import { endpoints } from '../../protocol/endpoints.ts'
import { Refusal } from '../../protocol/refusal.ts'
import type { Context } from '../../runtime/context.ts'
import { answered, claimedClient, readForm } from './dialect.ts'

const logged = { ruleset: 'token', dialect: 'oauth' } as const

export function registerToken(app: FastifyInstance, context: Context): void {
  app.post(endpoints.token_endpoint, { config: { logged } }, (request, reply) =>
    answered(context, request, reply, async (trace) => {
      const form = readForm(request)
      const authorization = request.headers.authorization
      try {
        const presented = decodeClient(authorization, form)
        return encode(await exchange(context, presented, decodeTokenRequest(form), trace))
      } catch (error) {
        // A request that was refused before its client was looked at still finds its owner.
        if (error instanceof Refusal && trace.clientId === undefined) {
          trace.client(await claimedClient(context, authorization, form))
        }
        throw error
      }
    }),
  )
}

/** The successful answer (RFC 6749 §5.1, OIDC Core §3.1.3.3). */
function encode(minted: Minted): string {
  return JSON.stringify({
    access_token: minted.accessToken,
    token_type: 'Bearer',
    expires_in: minted.expiresIn,
    scope: minted.scope.join(' '),
    refresh_token: minted.refreshToken,
    id_token: minted.idToken,
  })
}

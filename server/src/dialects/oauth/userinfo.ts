/** GET and POST /oauth/userinfo (OIDC Core §5.3). */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { requireLiveToken } from '../../engine/access_tokens/bearer.ts'
import { userinfo } from '../../engine/access_tokens/userinfo.ts'
import { bearerError, challenge, findBearerToken } from '../../http/bearer_token.ts'
import { bodyText, queryOf } from '../../http/caller.ts'
import { parseForm } from '../../lib/form.ts'
import { endpoints } from '../../protocol/endpoints.ts'
import { Refusal } from '../../protocol/refusal.ts'
import type { Context } from '../../runtime/context.ts'
import { sendError } from './dialect.ts'

export function registerUserinfo(app: FastifyInstance, context: Context): void {
  const resourceMetadata = `${context.settings.issuer}/.well-known/oauth-protected-resource/api`

  async function answer(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    reply.header('cache-control', 'no-store')
    try {
      const body = parseForm(bodyText(request))
      if (body === undefined) throw new Refusal('parameter_malformed')
      if (body.repeated.length > 0) throw new Refusal('parameter_repeated')
      const text = findBearerToken(request.headers.authorization, parseForm(queryOf(request)), body)
      const claims = await userinfo(context, await requireLiveToken(context, text, { mark: true }))
      return reply.type('application/json').send(JSON.stringify(claims))
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      const { error: code, status } = bearerError(error)
      challenge(reply, error, resourceMetadata)
      return sendError(reply, status, code, error.text)
    }
  }

  app.get(endpoints.userinfo_endpoint, answer)
  app.post(endpoints.userinfo_endpoint, answer)
}

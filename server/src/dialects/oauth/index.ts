/** The standard dialect: OAuth 2 (RFC 6749, RFC 9700) and OpenID Connect. Always open. */
import type { FastifyInstance, FastifyReply } from 'fastify'
import type { ErrorPage } from '../../http/authorize_flow.ts'
import { takeForms } from '../../http/caller.ts'
import { compressAnswers } from '../../http/connection/compression.ts'
import { endpoints } from '../../protocol/endpoints.ts'
import type { Context } from '../../runtime/context.ts'
import { registerAuthorize } from './authorize.ts'
import { failed, sendError } from './dialect.ts'
import { registerDiscovery } from './discovery.ts'
import { registerIntrospection } from './introspect.ts'
import { registerToken } from './token.ts'
import { registerUserinfo } from './userinfo.ts'

/** Registers the endpoints: authorize with the page for its errors, and the JSON endpoints with their own envelope. */
export async function registerOauth(app: FastifyInstance, context: Context, errorPage: ErrorPage): Promise<void> {
  await app.register(async (scope) => {
    takeForms(scope)
    registerAuthorize(scope, context, errorPage)
  })
  await app.register(async (scope) => {
    takeForms(scope)
    scope.setErrorHandler(failed)
    registerToken(scope, context)
    registerIntrospection(scope, context)
    registerUserinfo(scope, context)
    scope.register(async (documents) => {
      compressAnswers(documents)
      registerDiscovery(documents, context)
    })
    refuseOtherMethods(scope)
  })
}

/** Endpoints that are posted to say so to everything else (RFC 9110 §15.5.6). */
function refuseOtherMethods(app: FastifyInstance): void {
  for (const url of [endpoints.token_endpoint, endpoints.introspection_endpoint, endpoints.revocation_endpoint]) {
    app.route({
      method: ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE'],
      url,
      // Before the body is read: what is wrong is the method, whatever the content type.
      onRequest: (_request, reply) => sendMethodNotAllowed(reply),
      handler: (_request, reply) => sendMethodNotAllowed(reply),
    })
  }
}

async function sendMethodNotAllowed(reply: FastifyReply): Promise<FastifyReply> {
  reply.header('allow', 'POST').header('cache-control', 'no-store')
  return sendError(reply, 405, 'invalid_request', 'Use POST for this endpoint.')
}

/** What a client can learn about the API before it has a token (RFC 9728 §3). */
import type { FastifyInstance } from 'fastify'
import { resourceScopes } from '../protocol/scope.ts'
import type { ApiOptions } from './caller.ts'

function protectedResourceMetadata(issuer: string) {
  return {
    resource: `${issuer}/api`,
    authorization_servers: [issuer],
    scopes_supported: resourceScopes,
    bearer_methods_supported: ['header'],
    resource_name: 'Measurements API',
    resource_documentation: `${issuer}/docs/api`,
  }
}

export function registerProtectedResource(app: FastifyInstance, { context, allowPages }: ApiOptions): void {
  const metadata = protectedResourceMetadata(context.settings.issuer)
  // The second is where RFC 9728 §3.1 puts it for "<issuer>/api"; the first is where clients look that know the host.
  const paths = ['/.well-known/oauth-protected-resource', '/.well-known/oauth-protected-resource/api']
  const onRequest = allowPages('everybody')
  for (const path of paths) {
    app.options(path, { schema: { hide: true }, onRequest }, async () => '')
    app.get(path, { schema: { hide: true }, onRequest }, async (_request, reply) => {
      reply.header('cache-control', 'public, max-age=300')
      return metadata
    })
  }
}

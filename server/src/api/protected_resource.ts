/** What a client can learn about the API before it has a token (RFC 9728 §3). */
import type { FastifyInstance } from 'fastify'
import { resourceScopes } from '../protocol/scope.ts'

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

export function registerProtectedResource(app: FastifyInstance, { issuer }: { readonly issuer: string }): void {
  const metadata = protectedResourceMetadata(issuer)
  // The second is where RFC 9728 §3.1 puts it for "<issuer>/api"; the first is where clients look that know the host.
  for (const path of ['/.well-known/oauth-protected-resource', '/.well-known/oauth-protected-resource/api']) {
    app.get(path, { schema: { hide: true } }, async (_request, reply) => {
      reply.header('cache-control', 'public, max-age=300')
      return metadata
    })
  }
}

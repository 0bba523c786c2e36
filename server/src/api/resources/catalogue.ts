/** What the catalogues have in common: everybody may read them, and nobody's token makes a difference. */
import type { FastifyReply } from 'fastify'
import { showsTokenInAddress } from '../../http/bearer_token.ts'
import type { ApiVersion } from '../caller.ts'

/** They change with a release of the server and never in between. An address with a token in it is kept by nobody. */
export function allowCaching(reply: FastifyReply): void {
  if (!showsTokenInAddress(reply.request)) reply.header('cache-control', 'public, max-age=3600')
}

/** The part of a route's schema that is the same for each. */
export function catalogueSchema({ documented }: ApiVersion) {
  return { hide: !documented, tags: ['catalogue'], description: 'Needs no token.', security: [] }
}

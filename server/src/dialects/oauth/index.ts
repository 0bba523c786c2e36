/**
 * The standard dialect: OAuth 2 (RFC 6749, RFC 9700) and OpenID Connect. Always open.
 * Not here: checks of requests; they are in `engine/authorize`, `engine/token` and `engine/access_tokens`. Neighbours:
 * the other dialects, which it does not know; `http/authorize_flow.ts` leads from authorize to the pages. To add: an
 * endpoint, a file and its line here, its path in `protocol/endpoints.ts`.
 */

import { allButPost, type Endpoint, type Surface } from '../../http/endpoint.ts'
import type { ErrorPage } from '../../http/error_page.ts'
import type { Context } from '../../runtime/context.ts'
import { browserSurface } from './authorize.ts'
import { discovery } from './discovery.ts'
import { failure, protocol } from './envelope.ts'
import { introspectionEndpoint, revocationEndpoint } from './introspect.ts'
import { tokenEndpoint } from './token.ts'
import { userinfoEndpoint } from './userinfo.ts'

/** Authorize and logout with the page for their errors, and the JSON endpoints with their own envelope. */
export function oauth(context: Context, errorPage: ErrorPage): readonly Surface[] {
  const posted = [tokenEndpoint, introspectionEndpoint, revocationEndpoint].map(
    (endpoint): Endpoint => ({ ...endpoint, others: { methods: allButPost, answer: usePost } }),
  )
  return [
    browserSurface(errorPage),
    { protocol, bodies: 'forms', endpoints: [...posted, userinfoEndpoint] },
    { protocol, bodies: 'forms', endpoints: [], fixed: discovery(context), compressed: true },
  ]
}

const usePost = failure(405, 'invalid_request', 'Use POST for this endpoint.', { allow: 'POST' })

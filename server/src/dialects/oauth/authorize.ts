/**
 * /oauth/authorize (RFC 6749 §3.1, OIDC Core §3.1.2.1) by GET and POST. It decides and sends on; the pages where a
 * person acts return here. A POST comes from another site without our cookies, so it decides nothing but comes back by
 * GET with the request sealed.
 */

import { authorizationEndpoint, type PostPage } from '../../http/authorize_flow.ts'
import { bodyForm } from '../../http/caller.ts'
import { endpoints } from '../../protocol/endpoints.ts'
import { parametersPosted } from '../../protocol/parameters.ts'

export const authorizeEndpoint = (postPage: PostPage) =>
  authorizationEndpoint([endpoints.authorization_endpoint], {
    postPage,
    read: (request, query) => (request.method === 'POST' ? parametersPosted(query, bodyForm(request)) : query),
  })

/**
 * /oauth/authorize (RFC 6749 §3.1, OIDC Core §3.1.2.1) by GET and POST. It decides and sends on; the pages where a
 * person acts return here. A POST comes from another site without our cookies, so it decides nothing but comes back by
 * GET with the request sealed.
 */
import type { FastifyRequest } from 'fastify'
import { parametersPosted } from '../../engine/authorize/sources/query.ts'
import { authorizationEndpoint } from '../../http/authorize_flow.ts'
import { bodyText } from '../../http/caller.ts'
import type { Surface } from '../../http/endpoint.ts'
import { type ErrorPage, faultPage, refusalPage } from '../../http/error_page.ts'
import { endpoints } from '../../protocol/endpoints.ts'
import type { Refusal } from '../../protocol/refusal.ts'
import { logoutEndpoint } from './logout.ts'

/** The endpoints that browsers are sent to, with the page for their errors. */
export function browserSurface(errorPage: ErrorPage): Surface {
  const refuse = (refusal: Refusal, request: FastifyRequest) => refusalPage(errorPage, request, refusal)
  return {
    protocol: {
      dialect: 'oauth',
      closable: [],
      refuse,
      fault: (fault, request) => faultPage(errorPage, request, fault),
    },
    bodies: 'forms',
    forBrowsers: true,
    endpoints: [
      authorizationEndpoint([endpoints.authorization_endpoint], {
        read: (request, query) => (request.method === 'POST' ? parametersPosted(query, bodyText(request)) : query),
        refuse: (refusal, { request }) => refuse(refusal, request),
      }),
      logoutEndpoint,
    ],
  }
}

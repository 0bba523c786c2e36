/**
 * The standard dialect: OAuth 2 (RFC 6749, RFC 9700) and OpenID Connect. Always open.
 * Not here: checks of requests; they are in `engine/authorize`, `engine/token` and `engine/access_tokens`. Neighbours:
 * the other dialects, which it does not know; `http/authorize_flow.ts` leads from authorize to the pages. To add: an
 * endpoint, a file and its line here, its path in `protocol/endpoints.ts`.
 */

import type { PostPage } from '../../http/authorize_flow.ts'
import type { Surface } from '../../http/endpoint.ts'
import { type ErrorPage, pageEnvelope } from '../../http/error_page.ts'
import type { Context } from '../../runtime/context.ts'
import { authorizeEndpoint } from './authorize.ts'
import { deviceEndpoint } from './device.ts'
import { discovery } from './discovery.ts'
import { protocol } from './envelope.ts'
import { forwardAuthEndpoint } from './forward_auth.ts'
import { introspectionEndpoint, revocationEndpoint } from './introspect.ts'
import { logoutEndpoint } from './logout.ts'
import { pushEndpoint } from './par.ts'
import { registrationEndpoint, registrationManagement, registrationProtocol } from './register.ts'
import { tokenEndpoint } from './token.ts'
import { usageEndpoint, usageProtocol } from './usage.ts'
import { userinfoEndpoint } from './userinfo.ts'

/** Authorize and logout with the page for their errors, and the JSON endpoints with their own envelope. */
export function oauth(context: Context, errorPage: ErrorPage, postPage: PostPage): readonly Surface[] {
  const forBrowsers = { dialect: 'oauth', ...pageEnvelope(errorPage) } as const
  const called = [
    pushEndpoint,
    deviceEndpoint,
    tokenEndpoint,
    introspectionEndpoint,
    revocationEndpoint,
    userinfoEndpoint,
    forwardAuthEndpoint(context),
  ]
  return [
    {
      protocol: forBrowsers,
      bodies: 'forms',
      forBrowsers: true,
      endpoints: [authorizeEndpoint(postPage), logoutEndpoint],
    },
    { protocol, bodies: 'forms', endpoints: called },
    { protocol: usageProtocol, bodies: 'json', endpoints: [usageEndpoint] },
    { protocol: registrationProtocol, bodies: 'json', endpoints: [registrationEndpoint, registrationManagement] },
    { protocol, bodies: 'forms', endpoints: [], fixed: discovery(context), compressed: true },
  ]
}

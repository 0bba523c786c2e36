/**
 * The QuantiModo / CureDAO dialect: the documented OAuth 2 of its older clients, over the one grant core.
 * Not here: laxness. What these clients may do that others may not is a named setting of the client, read in the engine.
 * Neighbours: the other dialects, which it does not know; `engine/providers` for the social endpoints. To add: an
 * address, a line in `paths.ts`; a spelling, a line in `parameters.ts`.
 */

import type { Surface } from '../../http/endpoint.ts'
import type { ErrorPage } from '../../http/error_page.ts'
import type { Context } from '../../runtime/context.ts'
import { authorizeEndpoint, forBrowsers } from './authorize.ts'
import { protocol } from './envelope.ts'
import { socialLogin, socialTokens } from './social.ts'
import { tokenEndpoint } from './token.ts'

/** What browsers are sent to, and what apps call. */
export function quantimodo(_: Context, errorPage: ErrorPage): readonly Surface[] {
  return [
    {
      protocol: forBrowsers(errorPage),
      bodies: 'every kind',
      forBrowsers: true,
      endpoints: [authorizeEndpoint, socialLogin],
    },
    { protocol, bodies: 'every kind', endpoints: [tokenEndpoint, ...socialTokens] },
  ]
}

/** The QuantiModo / CureDAO dialect: the documented OAuth2 of its older clients, over the one grant core. */

import type { Surface } from '../../http/endpoint.ts'
import type { ErrorPage } from '../../http/error_page.ts'
import type { Context } from '../../runtime/context.ts'
import { authorizeSurface } from './authorize.ts'
import { protocol } from './envelope.ts'
import { socialTokens } from './social.ts'
import { tokenEndpoint } from './token.ts'

/** What browsers are sent to, and what apps call. */
export function quantimodo({ settings }: Context, errorPage: ErrorPage): readonly Surface[] {
  return [
    authorizeSurface(settings.issuer, errorPage),
    { protocol, bodies: 'every kind', endpoints: [tokenEndpoint, ...socialTokens] },
  ]
}

/** How an authorization response travels: in the query or the fragment of a redirect (OAuth 2.0 Multiple Response Types §2.1). */
import { appendFragment, appendQuery } from '../../../protocol/redirect_uri.ts'
import type { AuthorizationResponse } from './authorization_response.ts'

/** The address to send the browser to. */
export function locationOf({ redirectUri, mode, parameters }: AuthorizationResponse): string {
  switch (mode) {
    case 'query':
      return appendQuery(redirectUri, parameters)
    case 'fragment':
      return appendFragment(redirectUri, parameters)
  }
}

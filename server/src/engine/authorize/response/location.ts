/** How an authorization response travels in an address: in its query or its fragment (OAuth 2.0 Multiple Response Types §2.1). */
import { appendFragment, appendQuery } from '../../../protocol/redirect_uri.ts'
import type { AuthorizationResponse } from './authorization_response.ts'

/** The address to send the browser to. What is to be posted has none but for the link of an error, which holds no secret. */
export function locationOf({ redirectUri, mode, parameters }: AuthorizationResponse): string {
  switch (mode) {
    case 'query':
    case 'form_post':
      return appendQuery(redirectUri, parameters)
    case 'fragment':
      return appendFragment(redirectUri, parameters)
  }
}

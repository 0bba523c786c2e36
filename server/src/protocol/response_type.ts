/**
 * Response types that put tokens into the redirect's fragment (RFC 6749 §4.2.1, OIDC Core §3.2.2.1). RFC 9700 §2.1.2
 * advises against them; they exist for apps of old that cannot be changed.
 */

/** What a front-channel request asks for. */
export interface FrontChannel {
  readonly accessToken: boolean
  readonly idToken: boolean
}

/** What a response type without a code asks for; undefined where it is another. The order of its words says nothing. */
export function frontChannelOf(responseType: string | undefined): FrontChannel | undefined {
  switch (responseType?.split(' ').toSorted().join(' ')) {
    case 'token':
      return { accessToken: true, idToken: false }
    case 'id_token':
      return { accessToken: false, idToken: true }
    case 'id_token token':
      return { accessToken: true, idToken: true }
    default:
      return undefined
  }
}

/**
 * Whether a response type, supported or not, asks for a token in the redirect. What answers it, errors included, stands in
 * the fragment then (OIDC Core §3.2.2.6, §3.3.2.6).
 */
export function asksForTokens(responseType: string | undefined): boolean {
  return responseType?.split(' ').some((word) => word === 'token' || word === 'id_token') === true
}

/** How a response comes to the redirect URI (OAuth 2.0 Multiple Response Types §2.1). */
export const responseModes = ['query', 'fragment'] as const
export type ResponseMode = (typeof responseModes)[number]

/**
 * Response types: a code, tokens in the front channel, or both (RFC 6749 §4.1, §4.2; OIDC Core §3.2, §3.3), and how what
 * answers them travels. RFC 9700 §2.1.2 advises against tokens in the front channel; they exist for apps of old.
 */

/** What a request asks to have in the front channel beside a code, or in place of one. */
export interface FrontChannel {
  readonly accessToken: boolean
  readonly idToken: boolean
  /** Whether a code comes with them (the hybrid flow). */
  readonly code?: boolean | undefined
}

const fronts: ReadonlyMap<string, FrontChannel> = new Map([
  ['token', { accessToken: true, idToken: false }],
  ['id_token', { accessToken: false, idToken: true }],
  ['id_token token', { accessToken: true, idToken: true }],
  ['code id_token', { accessToken: false, idToken: true, code: true }],
  ['code token', { accessToken: true, idToken: false, code: true }],
  ['code id_token token', { accessToken: true, idToken: true, code: true }],
])

/** The response types that put tokens into the front channel, as discovery names them. */
export const frontChannelTypes: readonly string[] = [...fronts.keys()]

/** What a response type other than `code` asks for; undefined where it is none. `withCode` takes in the hybrid ones. */
export function frontChannelOf(
  responseType: string,
  { withCode }: { readonly withCode: boolean },
): FrontChannel | undefined {
  const front = fronts.get(inOrder(responseType))
  return front?.code === true && !withCode ? undefined : front
}

/** A response type with its words in order: the order in which they are sent says nothing (RFC 6749 §3.1.1). */
export function inOrder(responseType: string): string {
  return responseType.split(' ').toSorted().join(' ')
}

/**
 * Whether a response type, supported or not, asks for a token in the front channel. What answers it, errors included, never
 * stands in a query then (OIDC Core §3.2.2.6, §3.3.2.6).
 */
function asksForTokens(responseType: string | undefined): boolean {
  return responseType?.split(' ').some((word) => word === 'token' || word === 'id_token') === true
}

/** How a response comes to the redirect URI (OAuth 2.0 Multiple Response Types §2.1, OAuth 2.0 Form Post Response Mode). */
export const responseModes = ['query', 'fragment', 'form_post'] as const
export type ResponseMode = (typeof responseModes)[number]

/** What is asked for of how a response travels. */
interface Travel {
  readonly responseType: string | undefined
  readonly redirectUri: string
  /** Whether it may be asked for at all: older protocols have one mode for each response type. */
  readonly mayChoose: boolean
}

/** The modes in which a request can be answered, the usual one first. A form is posted to the web alone. */
export function modesFor({ responseType, redirectUri, mayChoose }: Travel): readonly ResponseMode[] {
  const usual = asksForTokens(responseType) ? (['fragment'] as const) : (['query', 'fragment'] as const)
  if (!mayChoose) return [usual[0]]
  return /^https?:/.test(redirectUri) ? [...usual, 'form_post'] : usual
}

/** The mode of a request's answer: the one that is asked for, where it can be had, else the usual one. */
export function modeOf(asked: string | undefined, travel: Travel): ResponseMode {
  const modes = modesFor(travel)
  return modes.find((mode) => mode === asked) ?? (modes[0] as ResponseMode)
}

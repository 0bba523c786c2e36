/**
 * Redirect URIs: what may be registered, and when a requested one is a registered one. Exact, character by character
 * (RFC 9700 §2.1), with the one exception of RFC 8252 §7.3: a native app's loopback address may come with any port.
 */

export type RedirectUriProblem =
  | 'too_long'
  | 'not_ascii'
  | 'wildcard'
  | 'not_allowed'
  | 'capitals'
  | 'not_full'
  | 'fragment'
  | 'not_a_uri'
  | 'reserved_parameter'
  | { readonly key: 'forbidden_scheme'; readonly scheme: string }
  | 'native_only'
  | 'not_reversed'
  | 'no_host'
  | 'user_name'
  | { readonly key: 'host_spelling'; readonly host: string }
  | 'not_a_host'
  | 'dot_at_end'
  | 'dot_segment'
  | 'plain_http'

/** Schemes without a dot that apps may have, as the operator lists them; `any` where that was judged before. */
export type OwnSchemes = ReadonlySet<string> | 'any'

const noSchemes: OwnSchemes = new Set()

/**
 * Why a URI cannot be registered; undefined where it can. `native` is RFC 7591's application_type, `schemes` what the operator
 * allows besides reversed domain names.
 */
export function redirectUriProblem(
  uri: string,
  native: boolean,
  schemes: OwnSchemes = noSchemes,
): RedirectUriProblem | undefined {
  if (uri.length > 2000) return 'too_long'
  // Printable ASCII only: no space, control character or look-alike survives into an exact comparison.
  if (!/^[\x21-\x7e]+$/.test(uri)) return 'not_ascii'
  if (uri.includes('*')) return 'wildcard'
  if (/[\\<>"`{}|^]/.test(uri)) return 'not_allowed'
  const scheme = /^([a-z][a-z0-9+.-]*):/.exec(uri)?.[1]
  if (scheme === undefined) {
    return /^[a-z][a-z0-9+.-]*:/i.test(uri) ? 'capitals' : 'not_full'
  }
  if (uri.includes('#')) return 'fragment'
  let url: URL
  try {
    url = new URL(uri)
  } catch {
    return 'not_a_uri'
  }
  if (hasReservedParameter(url)) return 'reserved_parameter'
  if (scheme === 'https' || scheme === 'http') return webProblem(uri, url, scheme)
  if (isForbiddenScheme(scheme)) return { key: 'forbidden_scheme', scheme }
  if (!native) return 'native_only'
  // RFC 8252 §7.1
  return scheme.includes('.') || schemes === 'any' || schemes.has(scheme) ? undefined : 'not_reversed'
}

/** The scheme of a URI that is an app's own and no reversed domain name; undefined of every other URI. */
export function shortSchemeOf(uri: string): string | undefined {
  const scheme = uri.split(':', 1)[0] ?? ''
  return scheme === 'https' || scheme === 'http' || scheme.includes('.') ? undefined : scheme
}

/** Whether no app can have the scheme, whoever allows it: it means something to browsers or systems. */
export function isForbiddenScheme(scheme: string): boolean {
  return forbiddenSchemes.has(scheme) || (!scheme.includes('.') && forbiddenBeginnings.test(scheme))
}

/** Of schemes of browsers, systems and their shops. A reversed domain name may begin so. */
const forbiddenBeginnings = /^(?:chrome|moz|ms-|search|itms)/

const forbiddenSchemes = new Set([
  'javascript',
  'data',
  'vbscript',
  'file',
  'blob',
  'about',
  'filesystem',
  'ws',
  'wss',
  'ftp',
  'http',
  'https',
  'view-source',
  'mailto',
  'tel',
  'sms',
  'intent',
  'android-app',
  'content',
  'jar',
  'ssh',
  'market',
])
const responseParameters = [
  'code',
  'state',
  'iss',
  'error',
  'error_description',
  'error_uri',
  'access_token',
  'id_token',
  'token_type',
  'response',
]

function hasReservedParameter(url: URL): boolean {
  return responseParameters.some((name) => url.searchParams.has(name))
}

function webProblem(uri: string, url: URL, scheme: string): RedirectUriProblem | undefined {
  if (!uri.startsWith(`${scheme}://`)) return 'no_host'
  const authority = uri.slice(scheme.length + 3).split(/[/?]/, 1)[0] ?? ''
  if (authority.includes('@')) return 'user_name'
  if (authority !== url.host && authority !== `${url.hostname}:${scheme === 'https' ? 443 : 80}`) {
    return { key: 'host_spelling', host: url.host }
  }
  // The host is written into the content policy of our pages, where a semicolon or comma would begin another rule.
  if (!/^([a-z0-9_.-]+|\[[0-9a-f:.]+\])$/.test(url.hostname)) return 'not_a_host'
  if (url.hostname.endsWith('.')) return 'dot_at_end'
  const path = uri.slice(scheme.length + 3 + authority.length).split('?', 1)[0] ?? ''
  if (path.split('/').some((part) => /^(\.|%2e){1,2}(;.*)?$/i.test(part))) return 'dot_segment'
  if (scheme === 'http' && !isLoopback(url.hostname)) return 'plain_http'
  return undefined
}

/** Whether a host is this machine: 127.0.0.1, [::1] or localhost, as the URL parser writes it. */
export function isLoopback(hostname: string): boolean {
  return hostname === '127.0.0.1' || hostname === '[::1]' || hostname === 'localhost'
}

/**
 * The registered URI that `requested` is, or undefined. `anyPort` is the rule of RFC 8252 §7.3 for public native
 * clients: the same loopback host, path and query on any port.
 */
export function matchRedirectUri(
  requested: string,
  registered: readonly string[],
  anyPort: boolean,
): string | undefined {
  const exact = registered.find((uri) => uri === requested)
  if (exact !== undefined || !anyPort) return exact
  const wanted = splitLoopback(requested)
  if (wanted === undefined) return undefined
  return registered.find((uri) => {
    const known = splitLoopback(uri)
    return known !== undefined && known.host === wanted.host && known.rest === wanted.rest
  })
}

/** A literal loopback http URI cut by hand, so that nothing a URL parser would forgive slips through. */
function splitLoopback(uri: string): { host: string; rest: string } | undefined {
  const parts = /^http:\/\/(127\.0\.0\.1|\[::1\]|localhost)(?::([0-9]{1,5}))?((?:\/[\x21-\x22\x24-\x7e]*)?)$/.exec(uri)
  if (parts === null || Number(parts[2] ?? 80) > 65535 || Number(parts[2] ?? 80) === 0) return undefined
  return { host: parts[1] as string, rest: parts[3] as string }
}

/** The redirect URI with response parameters appended to its query, each name once (RFC 6749 §4.1.2). */
export function appendQuery(uri: string, parameters: readonly (readonly [string, string])[]): string {
  return `${uri}${uri.includes('?') ? (uri.endsWith('?') || uri.endsWith('&') ? '' : '&') : '?'}${encode(parameters)}`
}

/** Whether a response goes to an app on the person's own machine, where any program could be listening. */
export function isNativeRedirect(redirectUri: string): boolean {
  const scheme = redirectUri.split(':', 1)[0]
  if (scheme !== 'https' && scheme !== 'http') return true
  return isLoopback(new URL(redirectUri).hostname)
}

/** The redirect URI, which has no fragment, with response parameters as its fragment (RFC 6749 §4.2.2). */
export function appendFragment(uri: string, parameters: readonly (readonly [string, string])[]): string {
  return `${uri}#${encode(parameters)}`
}

function encode(parameters: readonly (readonly [string, string])[]): string {
  return parameters.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&')
}

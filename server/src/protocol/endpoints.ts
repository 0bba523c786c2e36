/** The endpoints of the standard dialect; routes and discovery are both made from this table, so they cannot differ. */

export const endpoints = {
  authorization_endpoint: '/oauth/authorize',
  pushed_authorization_request_endpoint: '/oauth/par',
  device_authorization_endpoint: '/oauth/device_authorization',
  token_endpoint: '/oauth/token',
  registration_endpoint: '/oauth/register',
  introspection_endpoint: '/oauth/introspect',
  revocation_endpoint: '/oauth/revoke',
  userinfo_endpoint: '/oauth/userinfo',
  end_session_endpoint: '/oauth/logout',
  jwks_uri: '/oauth/jwks',
} as const

/** Where a proxy asks whether to let a request to an API through; behind it stands the name of the proxy. */
export const forwardAuthPath = '/oauth/forward-auth'

/** What stands in every answer there, so that what a client sends under these names is never taken for ours. */
export const nobodyThere = {
  'consentry-client': '',
  'consentry-user': '',
  'consentry-scope': '',
  'consentry-token': '',
  'consentry-expires': '',
} as const

/** Where the operator's own API is. */
export const adminApiPath = '/admin/api'

/** The identifier that a token for it is asked for with (RFC 8707). */
export function adminApi(issuer: string): string {
  return `${issuer}${adminApiPath}`
}

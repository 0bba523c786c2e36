/** The endpoints of the standard dialect; routes and discovery are both made from this table, so they cannot differ. */

export const endpoints = {
  authorization_endpoint: '/oauth/authorize',
  token_endpoint: '/oauth/token',
  introspection_endpoint: '/oauth/introspect',
  revocation_endpoint: '/oauth/revoke',
  userinfo_endpoint: '/oauth/userinfo',
  end_session_endpoint: '/oauth/logout',
  jwks_uri: '/oauth/jwks',
} as const

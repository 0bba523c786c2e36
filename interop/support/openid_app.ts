/** The steps of openid-client that several tests share. */
import * as openid from 'openid-client'
import type { ClientDocument } from './documents.ts'

export interface AuthorizationStart {
  readonly url: string
  readonly checks: openid.AuthorizationCodeGrantChecks & { readonly expectedState: string }
}

/** Discovers the server for a registered app; without a secret where the app has none. */
export function discover(
  issuer: string,
  app: ClientDocument,
  authentication: openid.ClientAuth | undefined = app.client_secret === undefined ? openid.None() : undefined,
): Promise<openid.Configuration> {
  return openid.discovery(new URL(issuer), app.client_id, app.client_secret, authentication, {
    execute: [openid.allowInsecureRequests],
  })
}

/** An authorization request with PKCE and state, and with a nonce where it is for OpenID. */
export async function startAuthorization(
  config: openid.Configuration,
  app: ClientDocument,
  scope: string,
  more: Readonly<Record<string, string>> = {},
): Promise<AuthorizationStart> {
  const pkceCodeVerifier = openid.randomPKCECodeVerifier()
  const expectedState = openid.randomState()
  const nonce = scope.split(' ').includes('openid') ? openid.randomNonce() : undefined
  const url = openid.buildAuthorizationUrl(config, {
    redirect_uri: app.redirect_uris[0] ?? '',
    scope,
    code_challenge: await openid.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256',
    state: expectedState,
    ...(nonce === undefined ? {} : { nonce }),
    ...more,
  })
  return {
    url: url.href,
    checks: {
      pkceCodeVerifier,
      expectedState,
      ...(nonce === undefined ? {} : { expectedNonce: nonce, idTokenExpected: true }),
    },
  }
}

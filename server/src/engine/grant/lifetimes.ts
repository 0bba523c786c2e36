/** How long what is issued lives, by the protocol in which it was asked for. */
import type { Seconds } from '../../lib/clock.ts'
import { type Dialect, dialectFacts } from '../../protocol/dialects.ts'
import type { FrontChannel } from '../../protocol/response_type.ts'
import type { EngineSettings } from '../../runtime/context.ts'
import type { Client } from '../../runtime/kept/clients.ts'

/** What an authorization request says of how long its grant lives. */
interface Asked {
  readonly dialect: Dialect
  readonly scope: readonly string[]
  /** The tokens that are wanted in the front channel. */
  readonly frontChannel?: FrontChannel | undefined
}

export interface Lifetimes {
  readonly code: Seconds
  readonly accessToken: Seconds
  readonly refreshToken: Seconds
}

/** The lifetimes of a grant that this client gets in `dialect`. */
export function lifetimesOf(settings: EngineSettings, client: Client, dialect: Dialect): Lifetimes {
  const own = dialectFacts[dialect].lives ?? {}
  const { access_token_ttl: accessToken, refresh_token_ttl: refreshToken } = client.metadata
  return {
    code: own.code ?? settings.codeTtl,
    accessToken: accessToken ?? own.accessToken ?? settings.accessTokenTtl,
    refreshToken: refreshToken ?? own.refreshToken ?? settings.refreshTokenTtl,
  }
}

/**
 * Whether what follows from the request has a refresh token: where the client is registered for one, except that a sign-in
 * (`openid`) has it only with `offline_access` (OIDC Core §11), and tokens without a code have none (RFC 6749 §4.2.2).
 */
export function staysConnected(
  { metadata }: Client,
  { scope, frontChannel }: Pick<Asked, 'scope' | 'frontChannel'>,
): boolean {
  const codeComes = frontChannel === undefined || frontChannel.code === true
  if (!codeComes || !metadata.grant_types.includes('refresh_token')) return false
  return !scope.includes('openid') || scope.includes('offline_access')
}

/** What was asked for as a sign-in ends with the session, unless it was asked to outlast it (OIDC Core §11). */
export function endsWithSession({ scope }: Pick<Asked, 'scope'>): boolean {
  return scope.includes('openid') && !scope.includes('offline_access')
}

/** How long an app stays connected: unused, and however much it is used. */
export interface Stay {
  readonly unused: Seconds
  readonly longest: Seconds
}

/** How long the app of a request will stay connected; undefined where it gets no refresh token. */
export function stayOf(settings: EngineSettings, client: Client, request: Asked): Stay | undefined {
  if (!staysConnected(client, request)) return undefined
  const { refreshToken: longest } = lifetimesOf(settings, client, request.dialect)
  return { unused: Math.min(client.metadata.idle_ttl ?? settings.idleTtl, longest), longest }
}

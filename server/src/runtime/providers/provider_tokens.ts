/** What the tokens of a provider say, and for whom they were issued. */
import type { createRemoteJWKSet } from 'jose'
import type { Configuration } from 'openid-client'
import { ProviderFailed } from './failure.ts'
import type { Provider } from './provider.ts'
import type { ProviderCalls } from './provider_calls.ts'

type Library = typeof import('openid-client')

const notForUs = 'the token was not issued to a client of ours'

/** Never a shared key, never none (RFC 8725 §3.1). */
const asymmetric = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519']

/** The tokens of one provider; its keys are kept. */
export function createProviderTokens(provider: Provider, { call, getJson }: ProviderCalls) {
  let keys: { readonly uri: string; readonly set: ReturnType<typeof createRemoteJWKSet> } | undefined

  const ours = (client: unknown) =>
    typeof client === 'string' && (client === provider.clientId || provider.nativeClientIds.includes(client))

  /** The provider's keys. Throws ProviderFailed where it has none. */
  async function keySet(config: Configuration) {
    const uri = config.serverMetadata().jwks_uri
    if (uri === undefined) throw new ProviderFailed('the provider names no keys')
    if (keys?.uri === uri) return keys.set
    const { createRemoteJWKSet, customFetch } = await import('jose')
    const set = createRemoteJWKSet(new URL(uri), { [customFetch]: (from: string) => call('provider_keys', from) })
    keys = { uri, set }
    return set
  }

  /**
   * Holds an ID token that has just come from the provider itself against its keys. One that is not among them may be
   * new, and is asked for at once (OIDC Core §10.1.1); openid-client would ask only a minute after it last did.
   */
  async function requireSignature(config: Configuration, token: string): Promise<void> {
    const { compactVerify, errors } = await import('jose')
    const set = await keySet(config)
    const verify = () => compactVerify(token, set, { algorithms: asymmetric })
    await verify().catch(async (error: unknown) => {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error
      await set.reload()
      await verify()
    })
  }

  /** The claims of an ID token that one of our clients got itself (OIDC Core §3.1.3.7); undefined where it is none. */
  async function readIdToken(config: Configuration, token: string): Promise<Record<string, unknown> | undefined> {
    if (provider.kind !== 'oidc' || token.split('.').length !== 3) return undefined
    const { decodeProtectedHeader, jwtVerify } = await import('jose')
    const { typ } = decodeProtectedHeader(token)
    if (typ !== undefined && typ.toUpperCase() !== 'JWT') return undefined
    const { payload } = await jwtVerify(token, await keySet(config), {
      issuer: config.serverMetadata().issuer,
      audience: [provider.clientId, ...provider.nativeClientIds],
      algorithms: asymmetric,
      requiredClaims: ['sub', 'exp', 'iat'],
    })
    if (payload.azp !== undefined && !ours(payload.azp)) throw new ProviderFailed('the ID token is for another app')
    return payload
  }

  /** Everything that the provider tells of the person to whom the access token belongs. */
  async function profile(library: Library, config: Configuration, accessToken: string, subject?: string) {
    const uri = provider.endpoints.userinfo ?? config.serverMetadata().userinfo_endpoint
    if (uri === undefined) return {}
    if (provider.kind === 'oidc') {
      return library.fetchUserInfo(config, accessToken, subject ?? library.skipSubjectCheck)
    }
    return getJson('provider_userinfo', uri, accessToken)
  }

  /** The subject of an access token once the provider has said that it is for us. */
  async function subjectOfAccessToken(library: Library, config: Configuration, token: string) {
    const { tokenInfo } = provider.endpoints
    if (provider.kind === 'facebook' && tokenInfo !== undefined) {
      const uri = new URL(tokenInfo)
      uri.searchParams.set('input_token', token)
      uri.searchParams.set('access_token', `${provider.clientId}|${provider.clientSecret ?? ''}`)
      const { data } = await getJson('provider_token_info', uri.href)
      const { is_valid: valid, app_id: app, user_id: user } = (data ?? {}) as Record<string, unknown>
      if (valid !== true || !ours(app) || typeof user !== 'string') throw new ProviderFailed(notForUs)
      return user
    }
    if (tokenInfo !== undefined) {
      const uri = new URL(tokenInfo)
      uri.searchParams.set('access_token', token)
      const info = await getJson('provider_token_info', uri.href)
      if (!ours(info.aud) || (info.azp !== undefined && !ours(info.azp))) throw new ProviderFailed(notForUs)
      return typeof info.sub === 'string' ? info.sub : undefined
    }
    if (config.serverMetadata().introspection_endpoint === undefined) {
      throw new ProviderFailed('the provider has no way to say for which app an access token was issued')
    }
    const info = await library.tokenIntrospection(config, token)
    if (!info.active || !ours(info.client_id)) throw new ProviderFailed(notForUs)
    return info.sub
  }

  return { requireSignature, readIdToken, profile, subjectOfAccessToken }
}

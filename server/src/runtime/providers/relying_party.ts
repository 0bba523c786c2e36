/**
 * We as the relying party of a provider (OIDC Core §1.2): sending a browser there, and learning from what
 * comes back who the person is. The protocol itself is openid-client's; every call goes out guarded.
 */
import { setTimeout as wait } from 'node:timers/promises'
import type { createRemoteJWKSet } from 'jose'
import type { Configuration, CustomFetchOptions } from 'openid-client'
import { type Clock, hour, type Millis, second } from '../../lib/clock.ts'
import { FetchRefused } from '../../lib/guarded_fetch.ts'
import type { Log } from '../../lib/log.ts'
import { callOut, type OutboundPurpose, purposes } from '../outbound.ts'
import { ProviderDenied, ProviderFailed } from './failure.ts'
import type { Provider } from './provider.ts'
import { identityOf, type ProviderIdentity } from './provider_identity.ts'

/** The library is loaded with the first sign-in through a provider; a start does not wait for it. */
type Library = typeof import('openid-client')

/** What an attempt to sign in has of its own; each is used once. */
export interface AttemptSecrets {
  readonly state: string
  readonly nonce: string
  /** PKCE (RFC 7636 §4.1). */
  readonly codeVerifier: string
}

/** What a provider asks the person although it knows them (OIDC Core §3.1.2.1); plain OAuth 2 has no way to say it. */
export type ProviderPrompt = 'login' | 'select_account'

export interface RelyingParty {
  readonly provider: Provider
  /** Where to send the browser (RFC 6749 §4.1.1), with what it is to be asked there. Throws ProviderFailed. */
  authorizationUri(redirectUri: string, secrets: AttemptSecrets, prompt?: ProviderPrompt): Promise<string>
  /** Whether a browser may be sent there: the provider has said where to, or is still being asked. */
  isReachable(): Promise<boolean>
  /** Who came back (RFC 6749 §4.1.2, OIDC Core §3.1.3.7). Throws ProviderDenied or ProviderFailed. */
  finish(returnedTo: URL, secrets: AttemptSecrets): Promise<ProviderIdentity>
  /**
   * Whose token this is that an app has got from the provider's own SDK. It counts only where the provider says that it
   * was issued to a client of ours (RFC 9700 §2.3, confused deputy). Throws ProviderFailed.
   */
  recognize(token: string): Promise<ProviderIdentity>
}

/** How long a discovery document is gone by, and how soon it is asked for again after a failure. */
const knownFor: Millis = hour
const retryAfter: Millis = 10 * second
/** Seconds that the library waits; the guard is never slower. */
const timeout = purposes.provider_token.timeout / second

export function createRelyingParty(
  provider: Provider,
  clock: Clock,
  log: Log,
  allowed: ReadonlySet<string>,
): RelyingParty {
  let keys: { readonly uri: string; readonly set: ReturnType<typeof createRemoteJWKSet> } | undefined
  let known: { readonly found: Promise<Configuration>; readonly at: Millis; failed: boolean } | undefined
  let last: Configuration | undefined

  /** For what the library calls an address: one that the provider's description, or the operator, names for it. */
  function purposeOf(uri: string, config: Configuration | undefined): OutboundPurpose {
    if (config === undefined) return 'provider_discovery'
    const metadata = config.serverMetadata()
    const named: readonly (readonly [string | undefined, OutboundPurpose])[] = [
      [metadata.token_endpoint, 'provider_token'],
      [metadata.userinfo_endpoint, 'provider_userinfo'],
      [metadata.introspection_endpoint, 'provider_token_info'],
      [metadata.jwks_uri, 'provider_keys'],
    ]
    const purpose = named.find(([endpoint]) => endpoint !== undefined && new URL(endpoint).href === uri)?.[1]
    if (purpose === undefined) throw new FetchRefused('nothing is to be called there')
    return purpose
  }

  async function call(
    purpose: OutboundPurpose,
    uri: string,
    options: Partial<CustomFetchOptions> = {},
  ): Promise<Response> {
    const { method = 'GET', headers = {}, body } = options
    const sent = body instanceof URLSearchParams ? body.toString() : body
    if (sent !== undefined && sent !== null && typeof sent !== 'string') throw new FetchRefused('the body is no text')
    const request = { method, headers, ...(typeof sent === 'string' && { body: sent }) }
    const answer = await callOut(purpose, uri, request, allowed)
    // A provider that is broken is as good as out of reach: it says nothing about whoever came from it.
    if (answer.status >= 500) throw new FetchRefused(`the answer has status ${answer.status}`)
    return answer
  }

  async function configure(): Promise<Configuration> {
    // Going on as a public client would be another client than the operator has named.
    if (provider.secretUnreadable) throw new ProviderFailed('the secret of the provider cannot be opened')
    const library = await import('openid-client')
    const { clientId, clientSecret, endpoints } = provider
    const authentication = clientSecret === undefined ? library.None() : library.ClientSecretPost(clientSecret)
    // Whether plain http is allowed is decided for each address by the guard; the library would not ask it.
    const { allowInsecureRequests } = library
    if (provider.kind === 'oidc') {
      let described: Configuration | undefined
      described = await library.discovery(new URL(provider.issuer), clientId, undefined, authentication, {
        [library.customFetch]: (uri, options) => call(purposeOf(uri, described), uri, options),
        execute: [allowInsecureRequests],
        timeout,
      })
      return described
    }
    const { authorization = '', token = '' } = endpoints
    const config = new library.Configuration(
      { issuer: provider.issuer, authorization_endpoint: authorization, token_endpoint: token },
      clientId,
      undefined,
      authentication,
    )
    config[library.customFetch] = (uri, options) => call(purposeOf(uri, config), uri, options)
    config.timeout = timeout
    allowInsecureRequests(config)
    return config
  }

  async function configuration(): Promise<Configuration> {
    const now = clock.now()
    const age = known === undefined ? -1 : now - known.at
    if (known === undefined || age < 0 || age >= (known.failed ? retryAfter : knownFor)) {
      const asked = { found: configure(), at: now, failed: false }
      known = asked
      asked.found = asked.found.then(
        (config) => {
          last = config
          return config
        },
        (error: unknown) => {
          asked.failed = true
          log.warn({ provider: provider.id, why: reasonOf(error) }, 'a provider does not say how to sign in through it')
          // What a provider has said of itself an hour ago is better than no sign-in at all.
          if (last === undefined) throw error
          return last
        },
      )
      asked.found.catch(() => {})
    }
    return known.found
  }

  /** Runs what talks to the provider; whatever goes wrong there is a failure of the provider's, told by its kind alone. */
  async function talk<T>(what: string, step: (library: Library, config: Configuration) => Promise<T>): Promise<T> {
    try {
      const library = await import('openid-client')
      return await step(library, await configuration())
    } catch (error) {
      if (error instanceof ProviderFailed || error instanceof ProviderDenied) throw error
      throw new ProviderFailed(`${what}: ${reasonOf(error)}`, refusedCall(error) !== undefined)
    }
  }

  async function getJson(
    purpose: OutboundPurpose,
    uri: string,
    accessToken?: string,
  ): Promise<Record<string, unknown>> {
    const headers = {
      accept: 'application/json',
      ...(accessToken !== undefined && { authorization: `Bearer ${accessToken}` }),
    }
    const answer = await call(purpose, uri, { headers })
    if (answer.status !== 200) throw new ProviderFailed(`${new URL(uri).pathname} answered ${answer.status}`)
    const body: unknown = await answer.json().catch(() => undefined)
    if (typeof body !== 'object' || body === null || Array.isArray(body)) {
      throw new ProviderFailed(`${new URL(uri).pathname} answered no JSON object`)
    }
    return body as Record<string, unknown>
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

  return {
    provider,

    authorizationUri: (redirectUri, secrets, prompt) =>
      talk('authorize', async (library, config) => {
        const challenge = await library.calculatePKCECodeChallenge(secrets.codeVerifier)
        const to = library.buildAuthorizationUrl(config, {
          redirect_uri: redirectUri,
          response_type: 'code',
          ...(provider.scope === '' ? {} : { scope: provider.scope }),
          state: secrets.state,
          ...(provider.kind === 'oidc' && { nonce: secrets.nonce, ...promptFor(config, prompt) }),
          code_challenge: challenge,
          code_challenge_method: 'S256',
        })
        if (!/^https?:$/.test(to.protocol)) throw new ProviderFailed('the authorization endpoint is no web address')
        return to.href
      }),

    async isReachable() {
      if (provider.secretUnreadable) return false
      if (provider.kind !== 'oidc') return true
      const found = configuration().then(
        (config) => config.serverMetadata().authorization_endpoint !== undefined,
        () => false,
      )
      // A page waits for a provider that is slow, but not as long as the provider may take. One that is only slow has
      // not failed: whoever goes there waits for it, and is told where it does.
      return Promise.race([found, wait(second, true, { ref: false })])
    },

    finish: (returnedTo, secrets) =>
      talk('code', async (library, config) => {
        const tokens = await library
          .authorizationCodeGrant(config, returnedTo, {
            expectedState: secrets.state,
            pkceCodeVerifier: secrets.codeVerifier,
            ...(provider.kind === 'oidc' && { expectedNonce: secrets.nonce, idTokenExpected: true }),
          })
          .catch((error: unknown) => {
            if (error instanceof library.AuthorizationResponseError) throw new ProviderDenied(error.error)
            throw error
          })
        if (provider.kind === 'oidc') await requireSignature(config, tokens.id_token ?? '')
        const claims = provider.kind === 'oidc' ? { ...tokens.claims() } : {}
        // An ID token that names the person's address needs no second call.
        const complete = provider.kind === 'oidc' && 'email' in claims
        const more = complete
          ? {}
          : await profile(library, config, tokens.access_token, claims.sub as string | undefined)
        return identityOf(provider, { ...more, ...claims })
      }),

    recognize: (token) =>
      talk('token', async (library, config) => {
        const claims = await readIdToken(config, token)
        if (claims !== undefined) return identityOf(provider, claims)
        const subject = await subjectOfAccessToken(library, config, token)
        const found = identityOf(provider, await profile(library, config, token, subject))
        if (subject !== undefined && found.subject !== subject)
          throw new ProviderFailed('the profile is of somebody else')
        return found
      }),
  }
}

/** Google knows no `login`, and says no to who sends it; the least that makes it ask is the choice of an account. */
function promptFor(config: Configuration, prompt: ProviderPrompt | undefined): Record<string, string> {
  if (prompt === undefined) return {}
  const { issuer, prompt_values_supported: supported } = config.serverMetadata()
  const unknown = Array.isArray(supported) ? !supported.includes(prompt) : issuer === 'https://accounts.google.com'
  if (prompt === 'login' && unknown) return { prompt: 'select_account' }
  // With max_age the provider has to say when the person last proved themselves (OIDC Core §3.1.2.1).
  return prompt === 'login' ? { prompt, max_age: '0' } : { prompt }
}

const notForUs = 'the token was not issued to a client of ours'

/** Never a shared key, never none (RFC 8725 §3.1). */
const asymmetric = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519']

/** What the guard has said of a call, where that is behind an error. */
function refusedCall(error: unknown): FetchRefused | undefined {
  for (let at = error; at instanceof Error; at = at.cause) if (at instanceof FetchRefused) return at
  return undefined
}

/** What went wrong, in words that hold nothing of the person: the guard's sentence, or the library's codes. */
function reasonOf(error: unknown): string {
  const refused = refusedCall(error)
  if (refused !== undefined) return refused.message
  const causes: string[] = []
  for (let at: unknown = error; at instanceof Error && causes.length < 4; at = at.cause) {
    causes.push('code' in at && typeof at.code === 'string' ? at.code : at.message)
  }
  return [...new Set(causes)].join(': ').slice(0, 300)
}

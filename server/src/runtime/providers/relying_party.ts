/**
 * We as the relying party of a provider (OIDC Core §1.2): sending a browser there, and learning from what
 * comes back who the person is. The protocol itself is openid-client's; every call goes out guarded.
 */
import { setTimeout as wait } from 'node:timers/promises'
import type { Configuration } from 'openid-client'
import { type Clock, second } from '../../lib/clock.ts'
import type { Log } from '../../lib/log.ts'
import type { Outbound } from '../outbound.ts'
import { ProviderDenied, ProviderFailed, reasonOf, refusedCall } from './failure.ts'
import type { Provider } from './provider.ts'
import { createProviderCalls } from './provider_calls.ts'
import { createProviderConfiguration } from './provider_configuration.ts'
import { identityOf, type ProviderIdentity } from './provider_identity.ts'
import { createProviderTokens } from './provider_tokens.ts'

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

export function createRelyingParty(provider: Provider, clock: Clock, log: Log, outbound: Outbound): RelyingParty {
  const calls = createProviderCalls(outbound)
  const configuration = createProviderConfiguration(provider, clock, log, calls)
  const { requireSignature, readIdToken, profile, subjectOfAccessToken } = createProviderTokens(provider, calls)

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

/** What a provider says of itself (OIDC Discovery §4), or the operator of it, kept for an hour. */
import type { Configuration } from 'openid-client'
import { type Clock, hour, type Millis, second } from '../../lib/clock.ts'
import { FetchRefused } from '../../lib/guarded_fetch.ts'
import type { Log } from '../../lib/log.ts'
import { type OutboundPurpose, purposes } from '../outbound.ts'
import { ProviderFailed, reasonOf } from './failure.ts'
import type { Provider } from './provider.ts'
import type { ProviderCalls } from './provider_calls.ts'

/** How long a discovery document is gone by, and how soon it is asked for again after a failure. */
const knownFor: Millis = hour
const retryAfter: Millis = 10 * second
/** Seconds that the library waits; the guard is never slower. */
const timeout = purposes.provider_token.timeout / second

/** Gives the present configuration. Throws ProviderFailed, and what the library throws where the provider is of no help. */
export function createProviderConfiguration(
  provider: Provider,
  clock: Clock,
  log: Log,
  calls: ProviderCalls,
): () => Promise<Configuration> {
  let known: { readonly found: Promise<Configuration>; readonly at: Millis; failed: boolean } | undefined
  let last: Configuration | undefined

  return async function configuration(): Promise<Configuration> {
    const now = clock.now()
    const age = known === undefined ? -1 : now - known.at
    if (known === undefined || age < 0 || age >= (known.failed ? retryAfter : knownFor)) {
      const asked = { found: configure(provider, calls), at: now, failed: false }
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
}

async function configure(provider: Provider, { call }: ProviderCalls): Promise<Configuration> {
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

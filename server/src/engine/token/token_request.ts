/** What goes through the token pipeline: the request as a dialect has decoded it, and what its grant type proves. */
import type { GrantView } from '../../protocol/grant.ts'
import type { SubscriptionKey } from '../../runtime/kept/subscription_keys.ts'

/** A token request as the engine takes it; `decode` of each dialect makes one. */
export type TokenRequest =
  | {
      readonly grantType: 'authorization_code'
      readonly code: string
      readonly redirectUri: string | undefined
      readonly codeVerifier: string | undefined
      readonly resources: readonly string[]
    }
  | {
      readonly grantType: 'refresh_token'
      readonly refreshToken: string
      readonly scope: readonly string[] | undefined
      readonly resources: readonly string[]
      /** The key that was presented, at a door that knows such keys. */
      readonly subscriptionKey?: SubscriptionKey | undefined
    }
  | {
      readonly grantType: 'client_credentials'
      readonly scope: readonly string[] | undefined
      readonly resources: readonly string[]
    }
  | {
      readonly grantType: 'password'
      /** Username or e-mail address. */
      readonly username: string
      readonly password: string
      /** What the caller said of its device; null where it said nothing. */
      readonly label: string | null
      /** The key that was presented, at a door that knows such keys. */
      readonly subscriptionKey?: SubscriptionKey | undefined
    }

/** What a grant type has proved. */
export interface Proof extends GrantView {
  /** The credential to move the grant on with; null where the grant type has none. */
  readonly swap: { readonly kind: 'code' | 'refresh'; readonly step: number; readonly issued: number } | null
  /** Set where the grant is a new one, to be stored; with its access token, where that is not derived. */
  readonly begins?: { readonly accessToken: string | undefined }
  /** What the access token may be used for. */
  readonly scope: readonly string[]
  readonly resources: readonly string[]
}

/** Providers: who else may say who a person is. The operator names them in the document (section providers). */
import type { ClientId } from '../../protocol/names.ts'
import { parseScope } from '../../protocol/scope.ts'
import type { StoredAssertions, StoredProvider } from '../../storage/contract.ts'
import type { KeySource } from '../kept/client_keys.ts'
import type { Keyring } from '../keys/keyring.ts'
import { openSecret } from '../keys/secrets_at_rest.ts'

/** How people are recognized: by an ID token (OIDC Core §3.1), by a userinfo address, or as Facebook does it. */
export type ProviderKind = StoredProvider['kind']

export interface Provider {
  readonly id: string
  /** As people know it: "Google". */
  readonly name: string
  readonly kind: ProviderKind
  /** What its subjects are unique within: the issuer identifier, or for other kinds the provider's id. */
  readonly issuer: string
  /** Our client at the provider. */
  readonly clientId: string
  readonly clientSecret: string | undefined
  /** There is a secret, but none of our root secrets opens it: nobody can sign in there until `apply` gives it anew. */
  readonly secretUnreadable: boolean
  /** Other client ids whose tokens count as meant for us: those of the operator's own native apps. */
  readonly nativeClientIds: readonly string[]
  readonly scope: string
  /** Undefined where discovery tells. */
  readonly endpoints: {
    readonly authorization: string | undefined
    readonly token: string | undefined
    readonly userinfo: string | undefined
    /** Answers whose an access token is. */
    readonly tokenInfo: string | undefined
  }
  /** Whether the provider runs all mailboxes that it vouches for (security: only then may an address join accounts). */
  readonly emailAuthoritative: boolean
  /** Undefined where its signed word about a person opens no grant (RFC 7523 §2.1). */
  readonly jwtBearer:
    | { readonly keys: KeySource; readonly agreed: ReadonlyMap<ClientId, readonly string[]> }
    | undefined
}

/** The place for which `apply` seals a provider's secret. */
export function providerPlace(id: string): string {
  return `providers ${id} client_secret`
}

const googleIssuer = 'https://accounts.google.com'

/** The provider behind a stored entry, which `apply` has checked. */
export function toProvider(stored: StoredProvider, keyring: Keyring): Provider {
  const { id, kind, issuer } = stored
  const facebook = kind === 'facebook' ? facebookEndpoints(issuer) : undefined
  const clientSecret = openSecret(keyring, stored.client_secret, providerPlace(id))
  return {
    id,
    kind,
    name: stored.name ?? `${id.charAt(0).toUpperCase()}${id.slice(1)}`,
    // Two entries for one issuer name the same people; without an issuer the entry is all there is to go by.
    issuer: kind === 'oidc' && issuer !== undefined ? issuer : `provider:${id}`,
    clientId: stored.client_id,
    clientSecret,
    secretUnreadable: stored.client_secret !== undefined && clientSecret === undefined,
    nativeClientIds: stored.native_client_ids ?? [],
    scope: stored.scope ?? defaultScopes[kind],
    endpoints: {
      authorization: stored.authorization_endpoint ?? facebook?.authorization,
      token: stored.token_endpoint ?? facebook?.token,
      userinfo: stored.userinfo_endpoint ?? facebook?.userinfo,
      tokenInfo:
        stored.token_info_endpoint ?? facebook?.tokenInfo ?? (issuer === googleIssuer ? googleInfo : undefined),
    },
    emailAuthoritative: stored.email_authoritative === true,
    jwtBearer: kind === 'oidc' && stored.jwt_bearer !== undefined ? assertionsOf(stored, stored.jwt_bearer) : undefined,
  }
}

function assertionsOf({ jwks_uri }: StoredProvider, { jwks, agreed = [] }: StoredAssertions): Provider['jwtBearer'] {
  return {
    keys: jwks === undefined ? { jwks_uri } : { jwks },
    agreed: new Map(agreed.map(({ client_id: clientId, scope }) => [clientId, parseScope(scope) ?? []])),
  }
}

const defaultScopes = { oidc: 'openid profile email', oauth2: '', facebook: 'public_profile email' } as const

/** Google tells of an access token here for which client it was issued. */
const googleInfo = 'https://oauth2.googleapis.com/tokeninfo'

/** Facebook's Graph API; an issuer in the entry stands for both of its hosts. */
function facebookEndpoints(issuer: string | undefined) {
  const graph = issuer ?? 'https://graph.facebook.com/v21.0'
  return {
    authorization: `${issuer ?? 'https://www.facebook.com/v21.0'}/dialog/oauth`,
    token: `${graph}/oauth/access_token`,
    userinfo: `${graph}/me?fields=id,name,first_name,last_name,email`,
    tokenInfo: `${graph}/debug_token`,
  }
}

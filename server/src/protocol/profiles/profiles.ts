/**
 * Security profiles: an app is held to one as a whole, in place of switches one by one. A profile sets the members of the app's
 * document that are switches, and they stay so as long as the app has it; what no switch can make of an app it has to be.
 */
import { isDeepStrictEqual } from 'node:util'

export const profiles = ['fapi2-security', 'oauth21', 'mcp'] as const
export type Profile = (typeof profiles)[number]

/** The members of a document that profiles look at. */
interface Profiled {
  readonly profile?: Profile | undefined
  readonly application_type: 'web' | 'native'
  readonly grant_types: readonly string[]
  readonly redirect_uris: readonly string[]
  readonly response_types?: readonly string[] | undefined
  readonly dialects: readonly string[]
  readonly token_endpoint_auth_method?: string | undefined
  readonly jwks?: object | undefined
  readonly jwks_uri?: string | undefined
  readonly token_endpoint_auth_signing_alg?: string | undefined
  readonly id_token_signed_response_alg?: string | undefined
  readonly userinfo_signed_response_alg?: string | undefined
}

/** Leniencies and risks that no profile goes with (RFC 9700; R8). */
const never = [
  'code_without_pkce',
  'refresh_without_secret',
  'front_channel_tokens',
  'token_in_header_and_query',
] as const

/** What every profile sets: PKCE, the issuer as the one audience of assertions, the standard protocol alone. */
const everywhere = { dialects: ['oauth'], require_pkce: true, client_assertion_audience: 'issuer' } as const

const switches = {
  // FAPI 2.0 Security Profile §5.3.2: pushed requests, tokens bound to a key, refresh tokens that are not rotated.
  'fapi2-security': {
    ...everywhere,
    require_pushed_authorization_requests: true,
    dpop_bound_access_tokens: true,
    refresh_rotation: 'never',
    id_token_signed_response_alg: 'ES256',
  },
  oauth21: everywhere,
  mcp: everywhere,
} as const satisfies Readonly<Record<Profile, Readonly<Record<string, unknown>>>>

/** What an app has to be that has a profile, where no switch makes it so. */
export type ProfileCondition =
  | 'switch'
  | 'code_only'
  | 'own_key'
  | 'key_registered'
  | 'strong_algorithms'
  | 'https_redirects'
  | 'https_or_loopback'
  | 'fapi_grants'
  | 'no_password'
  | 'mcp_grants'

/** A condition that a document does not meet, and the member that is the reason. */
export interface Unmet {
  readonly member: string
  readonly condition: ProfileCondition
}

type Rule = (document: Profiled) => string | undefined

const fapiGrants = [
  'authorization_code',
  'refresh_token',
  'client_credentials',
  'urn:ietf:params:oauth:grant-type:token-exchange',
]
const mcpGrants = ['authorization_code', 'refresh_token', 'client_credentials']

/** By condition: the member at fault. */
const rules = {
  code_only: ({ response_types: types = [] }) => (types.some((type) => type !== 'code') ? 'response_types' : undefined),
  own_key: ({ token_endpoint_auth_method: method }) =>
    method === 'private_key_jwt' ? undefined : 'token_endpoint_auth_method',
  key_registered: ({ jwks, jwks_uri: uri }) => (jwks === undefined && uri === undefined ? 'jwks' : undefined),
  strong_algorithms: (document) => signed.find((member) => document[member] === 'RS256'),
  https_redirects: ({ redirect_uris: uris, application_type: type }) =>
    uris.every((uri) => uri.startsWith('https:') || (type === 'native' && uri.startsWith('http:')))
      ? undefined
      : 'redirect_uris',
  // Whatever is http is loopback, as the document says elsewhere.
  https_or_loopback: ({ redirect_uris: uris }) =>
    uris.every((uri) => /^https?:/.test(uri)) ? undefined : 'redirect_uris',
  fapi_grants: within(fapiGrants),
  mcp_grants: within(mcpGrants),
  no_password: ({ grant_types: grants }) =>
    grants.some((grant) => grant === 'password' || grant === 'implicit') ? 'grant_types' : undefined,
} as const satisfies Readonly<Record<Exclude<ProfileCondition, 'switch'>, Rule>>

const signed = [
  'token_endpoint_auth_signing_alg',
  'id_token_signed_response_alg',
  'userinfo_signed_response_alg',
] as const

const conditions: Readonly<Record<Profile, readonly (keyof typeof rules)[]>> = {
  'fapi2-security': ['own_key', 'key_registered', 'strong_algorithms', 'https_redirects', 'fapi_grants', 'code_only'],
  oauth21: ['no_password', 'code_only'],
  mcp: ['mcp_grants', 'https_or_loopback', 'code_only'],
}

function within(allowed: readonly string[]): Rule {
  return ({ grant_types: grants }) => (grants.every((grant) => allowed.includes(grant)) ? undefined : 'grant_types')
}

/** What a document lacks for a profile that the profile does not set itself. */
export function unmetConditions(document: Profiled, profile: Profile): readonly Unmet[] {
  return conditions[profile].flatMap((condition) => {
    const member = rules[condition](document)
    return member === undefined ? [] : [{ member, condition }]
  })
}

/** The members of a document that say something else than its profile. */
export function conflictsWithProfile(document: Profiled): readonly Unmet[] {
  const { profile } = document
  if (profile === undefined) return []
  const said = new Map<string, unknown>(Object.entries(document))
  const conflicts = Object.entries(switches[profile]).filter(([member, value]) => {
    // One of several algorithms that are as good: which of them is the app's own matter.
    if (member === 'id_token_signed_response_alg') return false
    return said.get(member) !== undefined && !isDeepStrictEqual(said.get(member), value)
  })
  const members = [...conflicts.map(([member]) => member), ...never.filter((member) => said.get(member) === true)]
  return [...members.map((member) => ({ member, condition: 'switch' as const })), ...unmetConditions(document, profile)]
}

/** The members that a profile sets in a document, whatever it says of them. */
export function membersOfProfile({ grant_types: grants, ...document }: Profiled, profile: Profile): object {
  const { id_token_signed_response_alg: algorithm } = document
  return {
    ...switches[profile],
    ...Object.fromEntries(never.map((member) => [member, undefined])),
    ...(grants.includes('authorization_code') ? { response_types: ['code'] } : {}),
    ...(algorithm === undefined || algorithm === 'RS256' ? {} : { id_token_signed_response_alg: algorithm }),
  }
}

/** Whether the profile of a document sets this member, so that nobody switches it. */
export function isSetByProfile({ profile }: Pick<Profiled, 'profile'>, member: string): boolean {
  return profile !== undefined && Object.hasOwn(switches[profile], member)
}

/** The document with what its profile sets. */
export function withProfile<Document extends Profiled>(document: Document): Document {
  if (document.profile === undefined) return document
  const members = Object.entries(membersOfProfile(document, document.profile))
  return { ...document, ...Object.fromEntries(members.filter(([, value]) => value !== undefined)) }
}

/** Whether JWTs that the app signs have to be signed as FAPI 2.0 §5.4.1 wants it: RS256 is no longer good enough there. */
export function needsStrongSignatures({ profile }: Pick<Profiled, 'profile'>): boolean {
  return profile === 'fapi2-security'
}

/** Whether JWTs from the future are refused also where something else tells their time (FAPI 2.0 §5.3.2.1). */
export function refusesFuture({ profile }: Pick<Profiled, 'profile'>): boolean {
  return profile === 'fapi2-security'
}

/** Whether the app has to say at each request which API its token is for (MCP authorization, "Resource Parameter Implementation"). */
export function needsResource({ profile }: Pick<Profiled, 'profile'>): boolean {
  return profile === 'mcp'
}

/**
 * What is registered of a client: the members of RFC 7591 §2 under their own names, and our named settings. The schema
 * is the only place where a client document is validated, whichever way it comes in.
 */
import { z } from 'zod'
import { capabilities } from './capabilities.ts'
import { dialectFacts, dialects } from './dialects.ts'
import { accessTokenType, type ClientAuthMethod, clientAuthMethods, roles } from './names.ts'
import {
  conflictsWithProfile,
  type Profile,
  type ProfileCondition,
  profiles,
  withProfile,
} from './profiles/profiles.ts'
import { type OwnSchemes, type RedirectUriProblem, redirectUriProblem, shortSchemeOf } from './redirect_uri.ts'
import { parseScope } from './scope.ts'
import { canonicalName, type InvisibleProblem, invisibleProblem, longestName, shownName } from './visible_name.ts'

const webUri = z
  .string()
  .max(2000)
  .refine((uri) => /^https?:\/\//.test(uri) && URL.canParse(uri), 'must be an http or https URI')

/** What the schema finds beside what each member is by itself, for `words/` to tell. */
export type DocumentProblem =
  | 'unsound'
  | InvisibleProblem
  | { readonly key: 'redirect_uri'; readonly why: RedirectUriProblem }
  | 'no_redirect_uri'
  | 'short_scheme_unprotected'
  | 'public_credentials'
  | { readonly key: 'short_access_token'; readonly least: number; readonly dialect: string }
  | 'public_without_rotation'
  | 'secretless_without_rotation'
  | 'admin_role_without_secret'
  | 'logout_of_other_origin'
  | { readonly key: 'profile'; readonly profile: Profile; readonly condition: ProfileCondition }
  | 'sector_unreadable'
  | { readonly key: 'sector_lacks'; readonly uri: string }

function issueOf(problem: DocumentProblem, path: (string | number)[] = []) {
  return { code: 'custom', path, params: { problem } } as const
}

/** The problem that an issue of the schema is; undefined where zod's own message tells it. */
export function problemIn(issue: z.core.$ZodIssue): DocumentProblem | undefined {
  return issue.code === 'custom' ? (issue.params?.problem as DocumentProblem | undefined) : undefined
}

/** Text that people will read, in its one spelling, which is what is measured: it can be stored and read again. */
export const visibleText = z
  .string()
  .transform(canonicalName)
  .pipe(
    z
      .string()
      .min(1)
      .max(longestName)
      .superRefine((text, context) => {
        const problem = invisibleProblem(text)
        if (problem !== undefined) context.addIssue(issueOf(problem))
      }),
  )

/** The longest life that refresh tokens of an app can be given, in seconds: ten years. */
export const longestRefreshTokenTtl = 315_360_000

/** Seconds: the longest time that an app's grants may go unused. */
export const longestIdleTtl = 315_360_000

/** Seconds: the longest replay window that an app may have. */
export const longestReplayWindow = 300

/** Seconds: for how long an app may get an answer again that was never used. */
export const longestLostAnswerWindow = 7 * 86_400

/**
 * The document with its authentication method named: one that leaves it out authenticates by a secret (RFC 7591 §2), in
 * whichever of the two ways.
 */
function withMethod<Document extends { readonly token_endpoint_auth_method?: ClientAuthMethod | undefined }>(
  document: Document,
): Document & {
  readonly token_endpoint_auth_method: ClientAuthMethod
  readonly any_secret_method?: boolean | undefined
} {
  const { token_endpoint_auth_method: method } = document
  return method === undefined
    ? { ...document, token_endpoint_auth_method: 'client_secret_basic', any_secret_method: true }
    : { ...document, token_endpoint_auth_method: method }
}

/** One rule of token exchange: tokens of a client, or for an audience, become tokens for one resource. */
const tokenExchange = z
  .strictObject({
    subject_token_type: z.literal(accessTokenType),
    subject_client: z.string().min(1).max(255).optional(),
    subject_audience: z.string().min(1).max(2000).optional(),
    resource: z.string().min(1).max(2000),
    scope: z.string().refine((text) => (parseScope(text) ?? []).length > 0, 'is not a list of scopes'),
  })
  .refine(
    ({ subject_client: client, subject_audience: audience }) => (client === undefined) !== (audience === undefined),
    'names either subject_client or subject_audience',
  )

export type TokenExchangeRule = z.infer<typeof tokenExchange>

const clientMembers = z.strictObject({
  client_name: visibleText.optional(),
  client_uri: webUri.optional(),
  logo_uri: webUri.optional(),
  policy_uri: webUri.optional(),
  tos_uri: webUri.optional(),
  contacts: z.array(z.string().max(200)).max(10).optional(),
  redirect_uris: z.array(z.string()).max(100).default([]),
  post_logout_redirect_uris: z.array(z.string()).max(100).optional(),
  grant_types: z.array(z.string().max(100)).max(20).default(['authorization_code', 'refresh_token']),
  response_types: z.array(z.string().max(100)).max(20).optional(),
  token_endpoint_auth_method: z.enum(clientAuthMethods).optional(),
  application_type: z.enum(['web', 'native']).default('web'),
  scope: z
    .string()
    .refine((text) => parseScope(text) !== undefined, 'is not a list of scopes')
    .optional(),
  default_max_age: z.int().min(0).optional(),
  require_auth_time: z.boolean().optional(),
  id_token_signed_response_alg: z.enum(capabilities.signingAlgorithms).optional(),
  subject_type: z.enum(['public', 'pairwise']).optional(),
  software_id: z.string().max(200).optional(),
  software_version: z.string().max(200).optional(),
  jwks_uri: webUri.optional(),
  jwks: z.looseObject({ keys: z.array(z.looseObject({ kty: z.string() })).max(20) }).optional(),
  token_endpoint_auth_signing_alg: z.string().max(20).optional(),
  /** What the aud of a client assertion may be: the issuer alone, or the token endpoint's URL as well. */
  client_assertion_audience: z.enum(['issuer', 'token_endpoint']).optional(),
  backchannel_logout_uri: webUri.optional(),
  backchannel_logout_session_required: z.boolean().optional(),
  frontchannel_logout_uri: webUri.optional(),
  frontchannel_logout_session_required: z.boolean().optional(),
  initiate_login_uri: webUri.optional(),
  dpop_bound_access_tokens: z.boolean().optional(),
  sector_identifier_uri: webUri.optional(),
  // Members whose feature is not built yet: kept as registered.
  request_uris: z.array(webUri).max(20).optional(),
  default_acr_values: z.array(z.string().max(200)).max(20).optional(),
  userinfo_signed_response_alg: z.string().max(20).optional(),
  introspection_signed_response_alg: z.string().max(20).optional(),
  require_pushed_authorization_requests: z.boolean().optional(),
  tls_client_certificate_bound_access_tokens: z.boolean().optional(),
  tls_client_auth_subject_dn: z.string().max(500).optional(),
  // Our own settings
  /** How the app came here where nobody registered it in the portal or by the operator's document. */
  registered_by: z.enum(['registration', 'document']).optional(),
  /** Who has written backchannel_logout_uri, where that was not the operator. */
  backchannel_logout_uri_by: z.literal('developer').optional(),
  /** What the app is held to as a whole; it sets members of this document. */
  profile: z.enum(profiles).optional(),
  /** Who has chosen it, where that was not the operator. */
  profile_by: z.literal('developer').optional(),
  dialects: z.array(z.enum(dialects)).min(1).default(['oauth']),
  /** Who makes the app, for people to read. */
  publisher: visibleText.optional(),
  /** Whether a secret may come in the header or in the body, whichever of the two methods is named. */
  any_secret_method: z.boolean().optional(),
  first_party: z.boolean().default(false),
  /** Whether people who run this server may let the app use the admin API for them. The operator's own word alone. */
  admin_api: z.boolean().optional(),
  /** The role with which the app itself uses the admin API. The operator's own word alone. */
  admin_role: z.enum(roles).optional(),
  /** Whose tokens the app may exchange, for what (RFC 8693). The operator's own word alone. */
  token_exchanges: z.array(tokenExchange).max(50).optional(),
  /** The app that may act with the tokens of this one (RFC 8693 §4.4). The operator's own word alone. */
  may_act: z.string().min(1).max(255).optional(),
  require_pkce: z.boolean().optional(),
  /** Whether every DPoP proof needs a nonce of this server (RFC 9449 §8). */
  require_dpop_nonce: z.boolean().optional(),
  /** Seconds. */
  access_token_ttl: z.int().min(30).max(31_536_000).optional(),
  refresh_token_ttl: z.int().min(60).max(longestRefreshTokenTtl).optional(),
  /** Seconds without any use after which a grant stops working. */
  idle_ttl: z.int().min(60).max(longestIdleTtl).optional(),
  token_format: z.enum(['opaque', 'jwt']).optional(),
  code_without_pkce: z.boolean().optional(),
  refresh_without_secret: z.boolean().optional(),
  front_channel_tokens: z.boolean().optional(),
  token_in_header_and_query: z.boolean().optional(),
  /** Seconds; 0 is the letter of RFC 9700 §4.14.2. */
  replay_window: z.int().min(0).max(longestReplayWindow).optional(),
  /** Seconds in which an answer that was never used counts as lost and is given again; 0 = never. */
  lost_answer_window: z.int().min(0).max(longestLostAnswerWindow).optional(),
  refresh_rotation: z.enum(['always', 'never']).optional(),
})

type ClientMembers = z.output<typeof clientMembers>

/** The rules between members, and of each redirect URI. */
const soundWith = (schemes: OwnSchemes | undefined) => (client: ClientMembers, context: z.core.$RefinementCtx) => {
  const say = (problem: DocumentProblem, ...path: (string | number)[]) => context.addIssue(issueOf(problem, path))
  const native = client.application_type === 'native'
  for (const member of ['redirect_uris', 'post_logout_redirect_uris'] as const) {
    for (const [at, uri] of (client[member] ?? []).entries()) {
      const why = redirectUriProblem(uri, native, schemes)
      if (why !== undefined) say({ key: 'redirect_uri', why }, member, at)
    }
  }
  // Any program may claim such a scheme: what comes by it is worth nothing without the verifier (RFC 8252 §8.1).
  const bare = client.token_endpoint_auth_method !== 'none' || client.code_without_pkce === true
  if (bare && client.redirect_uris.some((uri) => shortSchemeOf(uri) !== undefined)) {
    say('short_scheme_unprotected', 'redirect_uris')
  }
  if (client.grant_types.includes('authorization_code') && client.redirect_uris.length === 0) {
    say('no_redirect_uri', 'redirect_uris')
  }
  if (client.token_endpoint_auth_method === 'none' && client.grant_types.includes('client_credentials')) {
    say('public_credentials', 'grant_types')
  }
  for (const dialect of client.dialects) {
    const least = dialectFacts[dialect].leastAccessTokenLife ?? 0
    if ((client.access_token_ttl ?? least) < least) {
      say({ key: 'short_access_token', least, dialect }, 'access_token_ttl')
    }
  }
  const machine = client.token_endpoint_auth_method !== 'none' && client.grant_types.includes('client_credentials')
  if (client.admin_role !== undefined && !machine) say('admin_role_without_secret', 'admin_role')
  if (client.refresh_rotation === 'never' && client.token_endpoint_auth_method === 'none') {
    say('public_without_rotation', 'refresh_rotation')
  }
  if (client.refresh_rotation === 'never' && client.refresh_without_secret === true) {
    say('secretless_without_rotation', 'refresh_without_secret')
  }
  const { profile } = client
  if (profile === undefined) return
  for (const { member, condition } of conflictsWithProfile(client)) {
    say({ key: 'profile', profile, condition }, member)
  }
}

function schemaWith(schemes: OwnSchemes | undefined) {
  return clientMembers.superRefine(soundWith(schemes)).transform((document) => withMethod(withProfile(document)))
}

/** What every client document has to be. No scheme without a dot is taken. */
export const clientMetadataSchema = schemaWith(undefined)

const known = new WeakMap<ReadonlySet<string>, typeof clientMetadataSchema>()
const anyScheme = schemaWith('any')

/** The same where native apps may have these schemes without a dot. */
export function clientSchemaWith(schemes: OwnSchemes): typeof clientMetadataSchema {
  if (schemes === 'any') return anyScheme
  const schema = known.get(schemes) ?? schemaWith(schemes)
  known.set(schemes, schema)
  return schema
}

/** The names of all members of a client document. */
export const clientMetadataMembers: readonly string[] = Object.keys(clientMetadataSchema.in.shape)

/** A validated client document. */
export type ClientMetadata = z.infer<typeof clientMetadataSchema>

/**
 * The document of a stored client. Names that an older release took and this one would refuse are shown as far as they can
 * be. Throws where the document is not one that we validated.
 */
export function readStoredMetadata(stored: Readonly<Record<string, unknown>>): ClientMetadata {
  const names = (['client_name', 'publisher'] as const).flatMap((member) => {
    const name = stored[member]
    return typeof name === 'string' ? [[member, shownName(name)] as const] : []
  })
  return anyScheme.parse({ ...stored, ...Object.fromEntries(names) })
}

/**
 * What becomes of each member of a client document (RFC 7591 §2): it is honoured, it describes the app to people, or this
 * server does not have it. A protection that is asked for and not there is refused at the endpoints, as an app must not
 * run without what it counts on; a feature that is not there is told, and harms nobody.
 */
import { has } from '../../protocol/capabilities.ts'
import type { ClientMetadata } from '../../protocol/client_metadata.ts'
import { Refusal } from '../../protocol/refusal.ts'
import type { Client } from '../../runtime/kept/clients.ts'
import { hasSectorName } from '../../runtime/keys/subjects.ts'
import type { Words } from '../../words/index.ts'

/** What is missing, by its sentence in `words/`. */
type MissingName = keyof Words['unavailable']['missing']

interface Missing {
  readonly kind: 'protection' | 'feature'
  readonly missing: MissingName
  /** Whether a value asks for it; left out, any value but false and the empty list does. */
  readonly asks?: (value: unknown, metadata: ClientMetadata) => boolean
}

type Treatment = 'honoured' | 'descriptive' | Missing

const protection = (missing: MissingName, asks?: Missing['asks']): Missing => ({
  kind: 'protection',
  missing,
  ...(asks === undefined ? {} : { asks }),
})
const feature = (missing: MissingName): Missing => ({ kind: 'feature', missing })

const treatments: { readonly [Member in keyof ClientMetadata]-?: Treatment } = {
  client_name: 'descriptive',
  client_uri: 'descriptive',
  logo_uri: 'descriptive',
  policy_uri: 'descriptive',
  tos_uri: 'descriptive',
  contacts: 'descriptive',
  publisher: 'descriptive',
  software_id: 'descriptive',
  software_version: 'descriptive',
  initiate_login_uri: 'honoured',
  redirect_uris: 'honoured',
  grant_types: 'honoured',
  response_types: 'honoured',
  token_endpoint_auth_method: protection('tls_authentication', (value) => !has('clientAuthMethods', value)),
  token_endpoint_auth_signing_alg: protection('assertion_algorithm', (value) => !has('assertionAlgorithms', value)),
  client_assertion_audience: 'honoured',
  any_secret_method: 'honoured',
  jwks: 'honoured',
  jwks_uri: 'honoured',
  application_type: 'honoured',
  scope: 'honoured',
  default_max_age: 'honoured',
  // Every ID token after an authorization request has auth_time.
  require_auth_time: 'honoured',
  id_token_signed_response_alg: 'honoured',
  subject_type: protection('pairwise_hosts', (value, metadata) => value === 'pairwise' && !hasSectorName(metadata)),
  userinfo_signed_response_alg: protection('signed_userinfo', (value) => {
    return value !== 'none' && !has('userinfoAlgorithms', value)
  }),
  introspection_signed_response_alg: protection('signed_introspection', (value) => {
    return !has('introspectionAlgorithms', value)
  }),
  // Each person signs in with all factors that they have, and the acr says how: nothing is left to ask for (OIDC Core §5.5.1.1).
  default_acr_values: protection(
    'acr',
    (values) => Array.isArray(values) && values.length > 0 && !values.some((value) => has('acrValues', value)),
  ),
  require_pushed_authorization_requests: 'honoured',
  dpop_bound_access_tokens: 'honoured',
  tls_client_certificate_bound_access_tokens: protection('certificate_binding'),
  tls_client_auth_subject_dn: protection('tls_authentication'),
  backchannel_logout_session_required: 'honoured',
  // Both iss and sid stand in every address that is loaded.
  frontchannel_logout_session_required: 'honoured',
  backchannel_logout_uri: 'honoured',
  frontchannel_logout_uri: 'honoured',
  post_logout_redirect_uris: 'honoured',
  request_uris: feature('request_objects'),
  sector_identifier_uri: 'honoured',
  registered_by: 'honoured',
  backchannel_logout_uri_by: 'honoured',
  profile: 'honoured',
  profile_by: 'honoured',
  dialects: 'honoured',
  first_party: 'honoured',
  admin_api: 'honoured',
  admin_role: 'honoured',
  token_exchanges: 'honoured',
  may_act: 'honoured',
  require_pkce: 'honoured',
  require_dpop_nonce: 'honoured',
  access_token_ttl: 'honoured',
  refresh_token_ttl: 'honoured',
  idle_ttl: 'honoured',
  token_format: 'honoured',
  code_without_pkce: 'honoured',
  refresh_without_secret: 'honoured',
  front_channel_tokens: 'honoured',
  token_in_header_and_query: 'honoured',
  replay_window: 'honoured',
  lost_answer_window: 'honoured',
  refresh_rotation: 'honoured',
}

/** A registered member that this server does not act on. */
export interface NotAvailable {
  /** Its name in the app's document. */
  readonly member: string
  /** Whether requests of the app are refused for it. */
  readonly refused: boolean
  readonly missing: MissingName
}

/** What that means, for the app's owner and the operator. */
export function sayNotAvailable({ unavailable: say }: Words, { missing, refused }: NotAvailable): string {
  return `${say.missing[missing]} ${refused ? say.refused : say.noEffect}`
}

/** By document, as each request of an app asks twice. */
const found = new WeakMap<ClientMetadata, readonly NotAvailable[]>()

/** What the document asks for and this server does not have; what is refused comes first. */
export function notAvailable(metadata: ClientMetadata): readonly NotAvailable[] {
  const known = found.get(metadata)
  if (known !== undefined) return known
  const all = findNotAvailable(metadata)
  found.set(metadata, all)
  return all
}

function findNotAvailable(metadata: ClientMetadata): readonly NotAvailable[] {
  const members = Object.entries(treatments).flatMap(([member, treatment]) => {
    if (typeof treatment === 'string' || !isAsked(metadata, member as keyof ClientMetadata, treatment)) return []
    return [{ member, refused: treatment.kind === 'protection', missing: treatment.missing }]
  })
  return members.sort((a, b) => Number(b.refused) - Number(a.refused))
}

function isAsked(metadata: ClientMetadata, member: keyof ClientMetadata, { asks }: Missing): boolean {
  const value: unknown = metadata[member]
  if (value === undefined) return false
  if (asks !== undefined) return asks(value, metadata)
  return value !== false && !(Array.isArray(value) && value.length === 0)
}

/** `protection_not_available` where the app is registered for a protection that this server does not have. */
export function whyUnprotected({ metadata }: Client): Refusal | undefined {
  const members = notAvailable(metadata).filter(({ refused }) => refused)
  if (members.length === 0) return undefined
  const names = members.map(({ member }) => member).join(', ')
  return new Refusal('protection_not_available', {
    cause: `The app is registered for protection that this server does not have yet: ${names}.`,
    got: names,
  })
}

/** Whether this server can check the way in which the client is registered to authenticate. */
export function canAuthenticate({ metadata }: Client): boolean {
  return !notAvailable(metadata).some(({ member }) => member === 'token_endpoint_auth_method')
}

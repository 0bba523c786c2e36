/** What an app may say of itself where it registers itself (RFC 7591 §2) or by its document, and what becomes of it. */
import { type ClientMetadata, clientSchemaWith } from '../../../protocol/client_metadata.ts'
import { addressProblem } from '../../../protocol/openid/client_addresses.ts'
import { Refusal } from '../../../protocol/refusal.ts'
import { formatScope, isBuiltInScope, parseScope } from '../../../protocol/scope.ts'
import { nameProblem } from '../../../protocol/visible_name.ts'
import type { Context } from '../../../runtime/context.ts'
import { hasSectorName } from '../../../runtime/keys/subjects.ts'
import { en } from '../../../words/en/index.ts'
import { sayProblem } from '../../../words/form_problem.ts'
import { problemAt, problemsOf } from '../../../words/schema_problem.ts'
import { tell } from '../../../words/told.ts'
import { publicNameProblem } from '../../account/reserved_names.ts'
import { notAvailable } from '../../client/capabilities.ts'

/** What is read of a request. Settings of ours are none of an app's business, and what is unknown is ignored (RFC 7591 §2). */
const members = [
  'client_name',
  'client_uri',
  'logo_uri',
  'policy_uri',
  'tos_uri',
  'contacts',
  'redirect_uris',
  'post_logout_redirect_uris',
  'grant_types',
  'response_types',
  'token_endpoint_auth_method',
  'token_endpoint_auth_signing_alg',
  'application_type',
  'scope',
  'default_max_age',
  'require_auth_time',
  'default_acr_values',
  'id_token_signed_response_alg',
  'userinfo_signed_response_alg',
  'introspection_signed_response_alg',
  'subject_type',
  'sector_identifier_uri',
  'software_id',
  'software_version',
  'jwks',
  'jwks_uri',
  'request_uris',
  'initiate_login_uri',
  'backchannel_logout_uri',
  'backchannel_logout_session_required',
  'frontchannel_logout_uri',
  'frontchannel_logout_session_required',
  'require_pushed_authorization_requests',
  'dpop_bound_access_tokens',
  'tls_client_certificate_bound_access_tokens',
  'tls_client_auth_subject_dn',
] as const satisfies readonly (keyof ClientMetadata)[]

/** Protections that this server does not have under any setting. An app must not run without what it counts on. */
const protections = [
  'id_token_encrypted_response_alg',
  'id_token_encrypted_response_enc',
  'userinfo_encrypted_response_alg',
  'userinfo_encrypted_response_enc',
  'request_object_encryption_alg',
  'request_object_encryption_enc',
  'introspection_encrypted_response_alg',
  'authorization_signed_response_alg',
  'authorization_encrypted_response_alg',
  'authorization_encrypted_response_enc',
  'require_signed_request_object',
]

/** Addresses that this server calls, or to which pages of ours lead. */
const addresses = [
  'client_uri',
  'logo_uri',
  'policy_uri',
  'tos_uri',
  'jwks_uri',
  'sector_identifier_uri',
  'initiate_login_uri',
  'backchannel_logout_uri',
  'frontchannel_logout_uri',
] as const satisfies readonly (keyof ClientMetadata)[]

/** The only ones that such an app may use (R70). */
const grantTypes = ['authorization_code', 'refresh_token']

type Document = Readonly<Record<string, unknown>>

/** Which app it is where that is known, and how it came here. */
interface Origin {
  readonly clientId?: string
  /** By a registration, unless something else is said. */
  readonly by?: NonNullable<ClientMetadata['registered_by']>
}

/**
 * The document of an app that says this of itself. What it may not have is left out, as RFC 7591 §2 allows, and stands in
 * the answer; what it counts on and cannot have is a Refusal. `of` is the app where it is registered already.
 */
export async function readRegistration(
  context: Context,
  body: unknown,
  of: Origin = {},
): Promise<ClientMetadata | Refusal> {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    return invalid('body: must be a JSON object.')
  }
  const said: Document = Object.fromEntries(Object.entries(body).filter(([, value]) => value !== ''))
  if (said.software_statement !== undefined) return new Refusal('software_statement_untrusted')
  const lacking = protections.find((name) => said[name] !== undefined && said[name] !== false && said[name] !== null)
  if (lacking !== undefined) return invalid(`${lacking}: this server does not have this protection.`)
  const narrowed = await narrow(context, Object.fromEntries(members.map((name) => [name, said[name]])), of)
  if (narrowed instanceof Refusal) return narrowed
  const result = clientSchemaWith(context.settings.nativeSchemes).safeParse(narrowed)
  if (!result.success) {
    const [first] = problemsOf(result.error, narrowed, [])
    const reason = first?.path[0] === 'redirect_uris' ? 'registered_redirect_uri_invalid' : 'client_metadata_invalid'
    return new Refusal(reason, { text: printable(first === undefined ? '' : problemAt(first.path, first.message)) })
  }
  return (await whyNot(context, result.data, of)) ?? result.data
}

/** The members with what such an app may not have taken out, and with what follows from how it came here. */
async function narrow(context: Context, said: Document, { by = 'registration' }: Origin): Promise<Document | Refusal> {
  const { redirect_uris: uris, grant_types: grants, response_types: responses, scope } = said
  if (!Array.isArray(uris) || uris.length === 0) {
    return new Refusal('registered_redirect_uri_invalid', { text: 'redirect_uris: must name at least one address.' })
  }
  const wanted = textsOf(grants ?? ['authorization_code'])
  if (wanted === undefined) return invalid('grant_types: must be a list of texts.')
  if (!wanted.includes('authorization_code')) {
    return invalid('grant_types: an app that registers itself must use authorization_code.')
  }
  const types = textsOf(responses ?? ['code'])
  if (types === undefined) return invalid('response_types: must be a list of texts.')
  if (!types.includes('code')) return invalid('response_types: an app that registers itself must use code.')
  const scopes = await scopesOf(context, scope)
  if (scopes instanceof Refusal) return scopes
  return {
    ...said,
    grant_types: grantTypes.filter((name) => wanted.includes(name)),
    response_types: ['code'],
    scope: formatScope(scopes),
    dialects: ['oauth'],
    registered_by: by,
    // One that anybody may write is given nothing that helps old libraries at the expense of others.
    ...(by === 'registration' &&
    context.settings.assertionAudience === 'compat' &&
    said.token_endpoint_auth_method === 'private_key_jwt'
      ? { client_assertion_audience: 'token_endpoint' }
      : {}),
  }
}

/**
 * Of the scopes that an app asks for, those that it may have; all of these where it asks for none. With one scope of an API
 * of the operator it has all of that API's that it may have: an app learns from the API's answers what else it needs, and
 * nothing of that is granted before a person has agreed to it.
 */
async function scopesOf({ settings, resources }: Context, scope: unknown): Promise<readonly string[] | Refusal> {
  const allowed = settings.registrationScopes
  if (scope === undefined) return allowed
  const asked = typeof scope === 'string' ? parseScope(scope) : undefined
  if (asked === undefined) return invalid('scope: must be a list of scopes, separated by spaces.')
  const left = asked.filter((name) => allowed.includes(name))
  if (left.length === 0) return invalid(`scope: apps that register themselves can have: ${allowed.join(' ')}.`)
  const sisters = (await resources.list()).flatMap(({ scope: own }) => {
    const theirs = own?.filter((name) => !isBuiltInScope(name)) ?? []
    return theirs.some((name) => left.includes(name)) ? theirs : []
  })
  return [...left, ...allowed.filter((name) => sisters.includes(name) && !left.includes(name))]
}

async function whyNot(context: Context, metadata: ClientMetadata, of: Origin): Promise<Refusal | undefined> {
  const { client_name: name, jwks, jwks_uri: uri, token_endpoint_auth_method: method } = metadata
  const problem =
    name === undefined
      ? undefined
      : (nameProblem(name) ?? (await publicNameProblem(context, name, { account: { roles: [] }, ...of })))
  if (problem !== undefined) return invalid(`client_name: ${sayProblem(en, problem)}`)
  const plain = addresses.find((member) => metadata[member]?.startsWith('https://') === false)
  if (plain !== undefined) return invalid(`${plain}: must be an https address.`)
  const address = addressProblem(metadata)
  if (address !== undefined) return invalid(problemAt([address.member], tell(en.documentProblems, address.problem)))
  if (jwks !== undefined && uri !== undefined) return invalid('jwks: cannot stand beside jwks_uri.')
  if (jwks?.keys.some((key) => 'd' in key || 'k' in key) === true) return invalid('jwks: must hold public keys only.')
  if (method === 'private_key_jwt' && jwks === undefined && uri === undefined) {
    return invalid('token_endpoint_auth_method: private_key_jwt needs jwks or jwks_uri.')
  }
  if (metadata.subject_type === 'pairwise' && !hasSectorName(metadata)) {
    return invalid('subject_type: pairwise needs one host in redirect_uris, or a sector_identifier_uri.')
  }
  const [lacking] = notAvailable(metadata).filter(({ refused }) => refused)
  return lacking && invalid(`${lacking.member}: this server does not have this protection.`)
}

function textsOf(value: unknown): readonly string[] | undefined {
  return Array.isArray(value) && value.length <= 20 && value.every((one) => typeof one === 'string') ? value : undefined
}

function invalid(text: string): Refusal {
  return new Refusal('client_metadata_invalid', { text: printable(text) })
}

/** In the characters of an error_description (RFC 6749 §5.2). */
function printable(text: string): string {
  return text
    .replaceAll(/["“”]/g, "'")
    .replaceAll(/[^\x20-\x7e]|\\/g, '?')
    .slice(0, 300)
}

/**
 * Both discovery documents (RFC 8414 §2, OpenID Connect Discovery §3), derived from the tables of routes, grant types,
 * capabilities and scopes that the server runs on, so that they cannot lie.
 */
import { takesDocuments } from '../../engine/developer/registration/documents.ts'
import { mayRegister } from '../../engine/developer/registration/register.ts'
import { catalogueOf } from '../../engine/grant/scopes.ts'
import { grantTypesSupported } from '../../engine/token/grants/index.ts'
import type { Answer, FixedAnswer } from '../../http/endpoint.ts'
import { capabilities, promptsOf, responseTypesOf } from '../../protocol/capabilities.ts'
import { endpoints } from '../../protocol/endpoints.ts'
import { claimsOfScope } from '../../protocol/openid/claims.ts'
import type { Context, EngineSettings } from '../../runtime/context.ts'
import { languagesOffered } from '../../words/index.ts'
import { protectedResource, protectedResourcePaths } from './protected_resource.ts'
import { published } from './published.ts'

/** What of the operator's APIs stands in the documents. */
interface Announced {
  readonly scopes: readonly string[]
  readonly resources: readonly string[]
}

function metadata(settings: EngineSettings, { scopes, resources }: Announced): Readonly<Record<string, unknown>> {
  const { issuer, dataApi } = settings
  const { clientAuthMethods, assertionAlgorithms } = capabilities
  const open = Object.entries(endpoints).filter(([name]) => name !== 'registration_endpoint' || mayRegister(settings))
  const urls = Object.fromEntries(open.map(([name, path]) => [name, issuer + path]))
  return {
    issuer,
    ...urls,
    scopes_supported: scopes,
    ...(resources.length > 0 && { protected_resources: resources }),
    response_types_supported: responseTypesOf(settings),
    response_modes_supported: capabilities.responseModes,
    grant_types_supported: settings.frontChannelTokens ? [...grantTypesSupported, 'implicit'] : grantTypesSupported,
    subject_types_supported: capabilities.subjectTypes,
    id_token_signing_alg_values_supported: capabilities.signingAlgorithms,
    userinfo_signing_alg_values_supported: capabilities.userinfoAlgorithms,
    token_endpoint_auth_methods_supported: clientAuthMethods,
    token_endpoint_auth_signing_alg_values_supported: assertionAlgorithms,
    introspection_endpoint_auth_methods_supported: clientAuthMethods.filter((method) => method !== 'none'),
    introspection_endpoint_auth_signing_alg_values_supported: assertionAlgorithms,
    introspection_signing_alg_values_supported: capabilities.introspectionAlgorithms,
    revocation_endpoint_auth_methods_supported: clientAuthMethods,
    revocation_endpoint_auth_signing_alg_values_supported: assertionAlgorithms,
    dpop_signing_alg_values_supported: capabilities.dpopAlgorithms,
    code_challenge_methods_supported: capabilities.codeChallengeMethods,
    claims_supported: [
      'sub',
      'iss',
      'aud',
      'exp',
      'iat',
      'auth_time',
      'nonce',
      'amr',
      'acr',
      'azp',
      'at_hash',
      ...(settings.frontChannelTokens ? ['c_hash'] : []),
      'sid',
      ...Object.values(claimsOfScope).flat(),
    ],
    ui_locales_supported: languagesOffered.map(({ language }) => language),
    claims_parameter_supported: true,
    request_parameter_supported: false,
    request_uri_parameter_supported: false,
    require_pushed_authorization_requests: settings.requirePushedRequests,
    authorization_response_iss_parameter_supported: true,
    client_id_metadata_document_supported: takesDocuments(settings),
    backchannel_logout_supported: true,
    backchannel_logout_session_supported: true,
    ...(settings.frontChannelLogout && {
      frontchannel_logout_supported: true,
      frontchannel_logout_session_supported: true,
    }),
    acr_values_supported: capabilities.acrValues,
    prompt_values_supported: promptsOf(settings),
    ...(dataApi && { service_documentation: `${issuer}/docs/api` }),
  }
}

/** The documents and the key set, which every page may read. */
export function discovery(context: Context): readonly FixedAnswer[] {
  const open = { methods: ['GET', 'HEAD'], pages: 'everybody' } as const
  return [
    {
      // An issuer with a path is asked for at both insertion points (RFC 8414 §3.1 and Discovery §4.1).
      paths: ['/.well-known/openid-configuration', '/.well-known/oauth-authorization-server'],
      ...open,
      answer: serverMetadata(context),
    },
    { paths: protectedResourcePaths, ...open, answer: protectedResource(context) },
    { paths: [endpoints.jwks_uri], ...open, answer: keySet(context) },
  ]
}

/**
 * The document of the server, made anew where the operator's APIs have changed. Of their scopes it names those that any app
 * may have: what is kept for some is nothing to ask for.
 */
function serverMetadata(context: Context): () => Promise<Answer> {
  let made: { readonly from: unknown; readonly answer: Answer } | undefined
  return async () => {
    const registered = await context.resources.list()
    if (made?.from !== registered) {
      const scopes = catalogueOf(registered, context.settings).all.filter((scope) => scope.for !== 'first_party')
      const announced = { scopes: scopes.map(({ name }) => name), resources: registered.map(({ uri }) => uri) }
      made = { from: registered, answer: published('application/json', metadata(context.settings, announced)) }
    }
    return made.answer
  }
}

/** The signer makes a new set where it takes over the stored keys; until then the text is the same. */
function keySet(context: Context): () => Answer {
  let made: { readonly set: unknown; readonly answer: Answer } | undefined
  return () => {
    const set = context.signer.jwks()
    if (made?.set !== set) made = { set, answer: published('application/jwk-set+json', set) }
    return made.answer
  }
}

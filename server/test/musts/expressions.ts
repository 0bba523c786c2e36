/** Guards that are neither a refusal nor a condition of a file of rules: an expression each, and what it is without it. */
interface GuardedExpression {
  readonly file: string
  readonly name: string
  /** As it stands in the file, once. */
  readonly code: string
  readonly off: string
}

export const expressions: readonly GuardedExpression[] = [
  {
    file: 'protocol/pkce.ts',
    name: 'verifier_proves_challenge',
    code: 'equalBytes(Buffer.from(codeChallenge(verifier)), Buffer.from(challenge))',
    off: 'true',
  },
  {
    file: 'protocol/redirect_uri.ts',
    name: 'exact_comparison',
    code: 'uri === requested',
    off: 'requested.startsWith(uri)',
  },
  {
    file: 'protocol/redirect_uri.ts',
    name: 'reversed_domain',
    code: "scheme.includes('.') || schemes === 'any' || schemes.has(scheme)",
    off: 'true',
  },
  {
    file: 'protocol/redirect_uri.ts',
    name: 'loopback_host_and_path',
    code: 'known.host === wanted.host && known.rest === wanted.rest',
    off: 'true',
  },
  {
    file: 'protocol/credential.ts',
    name: 'tag_of_credential',
    code: 'equalBytes(tag(presented.kind, serverKey, payload, bound), presented.tag)',
    off: 'true',
  },
  { file: 'engine/client/dpop.ts', name: 'same_key', code: 'one.equals(other)', off: 'true' },
  {
    file: 'engine/authorize/response/authorization_response.ts',
    name: 'iss_in_response',
    code: "[['iss', context.settings.issuer] as const]",
    off: '[]',
  },
  {
    file: 'engine/authorize/response/authorization_response.ts',
    name: 'state_in_response',
    code: "[['state', state] as const]",
    off: '[]',
  },
  {
    file: 'engine/authorize/response/authorization_response.ts',
    name: 'nowhere_before_proof',
    code: '!neverRedirects.has(refusal.reason)',
    off: 'true',
  },
  {
    file: 'engine/authorize/next_step.ts',
    name: 'sign_in_again',
    code: "request.prompt.includes('login')",
    off: 'false',
  },
  {
    file: 'engine/authorize/next_step.ts',
    name: 'max_age_is_kept',
    code: 'request.maxAge !== undefined && age > request.maxAge * 1000',
    off: 'false',
  },
  {
    file: 'engine/authorize/next_step.ts',
    name: 'consent_is_asked',
    code: "!request.prompt.includes('consent')",
    off: 'true',
  },
  {
    file: 'engine/authorize/next_step.ts',
    name: 'no_silent_consent_for_native_apps',
    code: '!(isNativeRedirect(request.redirectUri) && !client.confidential)',
    off: 'true',
  },
  {
    file: 'engine/authorize/next_step.ts',
    name: 'consent_covers_scope',
    code: 'isWithin(permissionsOf(request, client), remembered.scope)',
    off: 'true',
  },
  {
    file: 'engine/authorize/next_step.ts',
    name: 'person_of_hint',
    code: 'hintSubject !== subjects.in(hintSector, id)',
    off: 'false',
  },
  {
    file: 'engine/access_tokens/introspect.ts',
    name: 'own_tokens_alone',
    code: 'token.grant.clientId === client.id',
    off: 'true',
  },
  {
    file: 'engine/access_tokens/introspect.ts',
    name: 'present_refresh_token_alone',
    code: "grant.clientId !== client.id || presented.step !== grant.step || grant.state !== 'live'",
    off: 'false',
  },
  {
    file: 'engine/access_tokens/revoke.ts',
    name: 'own_credentials_alone',
    code: 'view.grant.clientId === client.id',
    off: 'true',
  },
  {
    file: 'engine/access_tokens/revoke.ts',
    name: 'own_access_tokens_alone',
    code: 'token.view.grant.clientId !== client.id',
    off: 'false',
  },
  {
    file: 'http/endpoint.ts',
    name: 'not_to_be_kept',
    code: 'more === undefined ? privateJson : { ...privateJson, ...more }',
    off: "{ 'content-type': 'application/json', ...more }",
  },
  {
    file: 'http/bodies/token_form.ts',
    name: 'basic_challenge',
    code: "error !== 'invalid_client' || authorization === undefined",
    off: 'true',
  },
  {
    file: 'http/bodies/form_token.ts',
    name: 'form_of_this_browser',
    code: "equalText(right.toString('base64url'), text)",
    off: 'true',
  },
  { file: 'runtime/keys/sealed.ts', name: 'sealed_for_a_while', code: 'clock.now() - since > life', off: 'false' },
]

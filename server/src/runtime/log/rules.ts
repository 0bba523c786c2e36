/**
 * The checks of authorize and token as ordered lists of named rules. A trace holds the name of the rule under way, so
 * the log can say which passed (those before), which refused, and which were not reached.
 */

/** Every rule with the words in which its result is shown. */
const ruleTitles = {
  request: 'The request is well formed',
  client: 'The app exists and is enabled',
  client_authentication: 'The app is authenticated as registered',
  protections: 'Every protection that the app is registered for is available',
  dpop_proof: 'The DPoP proof is valid for this request, or none is needed',
  sender_key: 'The code or token is bound to no other key',
  dpop_once: 'The DPoP proof was not used before',
  grant_type: 'The grant type is allowed',
  redirect_uri: 'The redirect URI is registered, exactly',
  pushed: 'The request was pushed before, where that is asked for',
  push_limit: 'The app has not pushed too many requests',
  device_limit: 'The app has not asked for too many devices',
  decision: 'The person has decided, and in time',
  subject_token: 'The subject token is live, and may be exchanged by this app',
  assertion: 'A provider that the operator trusts has signed the assertion, for this server',
  assertion_person: 'The assertion names somebody who signs in here through that provider',
  agreed: 'The person, or the operator, has agreed to the scopes before',
  assertion_once: 'The assertion was not used before',
  exchange_rule: 'A rule of the operator allows the exchange',
  pace: 'The device does not ask too often',
  parameters: 'No parameter is repeated, malformed or unsupported',
  response_type: 'The response type is allowed',
  scope: 'The scope is known and allowed',
  resource: 'The resource is known',
  pkce: 'PKCE is present where needed, with S256',
  dpop_jkt: 'The key for the code is named by its thumbprint, if at all',
  claims: 'The claims and classes of sign-in that are asked for are valid',
  prompt: 'prompt and max_age are valid',
  sign_in: 'The person is signed in',
  consent: 'The person has agreed',
  credential: 'This server issued the code or token',
  credential_client: 'The code or token belongs to this app',
  same_redirect_uri: 'The redirect URI is the same as in the authorization request',
  code_verifier: 'The code_verifier matches the code_challenge',
  password: 'Username and password are correct',
  allowed_person: 'The account may sign in this way',
  standing: 'The authorization has not been revoked',
  recent_use: 'The authorization was used recently enough',
  account_limit: 'The account is within its limit of token requests',
  plan: 'The app is within its plan, if it has one',
  once: 'The code or token is current, not expired, and unused',
  provider: 'The provider is set up here',
  vouched: 'The provider confirms who the person is',
  id_token_hint: 'The ID token is of this server and this app',
  post_logout_redirect_uri: 'The post-logout redirect URI is registered, exactly',
  sign_out: 'The person has signed out',
  access_token: 'The access token is valid, and has neither expired nor been revoked',
  audience: 'The access token is for this API',
  needed_scope: 'The access token has the scope that is needed',
  needed_sign_in: 'The sign-in behind the access token is recent and strong enough',
} as const

export type RuleName = keyof typeof ruleTitles

/** The rules of each list in the order in which they are run. Those of authorize and of a grant type are in the engine. */
export const rulesets = {
  /** What every token request has to pass before its grant type is looked at. */
  token: ['request', 'client_authentication', 'protections', 'grant_type', 'dpop_proof'],
  /** What a request to sign a person out has to pass. */
  logout: ['request', 'client', 'id_token_hint', 'post_logout_redirect_uri', 'sign_out'],
  /** Where the person was asked whether they want to. */
  'logout:asked': ['request', 'client', 'id_token_hint', 'post_logout_redirect_uri'],
  'social:login': ['request', 'client', 'redirect_uri', 'provider'],
  'social:code': ['request', 'provider', 'once', 'client', 'redirect_uri', 'allowed_person'],
  'social:token': ['request', 'client', 'provider', 'vouched', 'allowed_person'],
  /** What a proxy lets through to an API of the operator. */
  forward_auth: [
    'request',
    'access_token',
    'dpop_proof',
    'audience',
    'needed_scope',
    'needed_sign_in',
    'plan',
    'dpop_once',
  ],
} as const satisfies Record<string, readonly RuleName[]>

/** What is run at authorize; there the person may have been sent to sign in, or to agree, which is not passed yet. */
export type AuthorizeRuleset =
  | 'authorize'
  | 'authorize:sign_in'
  | 'authorize:consent'
  | 'pushed'
  | 'device'
  | 'device:decided'

export type RulesetName = keyof typeof rulesets | AuthorizeRuleset | `token:${string}`

/** Whether a rule was passed, has refused, had nothing to check, or was not reached. */
export type RuleResult = 'passed' | 'failed' | 'not_applicable' | 'not_reached'

/**
 * The results of a recorded list, for showing. `recorded` is the name of the list, then those of its rules that had
 * nothing to check, separated by spaces. `failed` is empty where nothing was refused. `ofEngine` are the lists of authorize
 * and of the grant types.
 */
export function ruleResults(
  recorded: string,
  failed: string,
  ofEngine: Readonly<Record<string, readonly RuleName[]>>,
): readonly { readonly rule: RuleName; readonly title: string; readonly result: RuleResult }[] {
  const [ruleset = '', ...skipped] = recorded.split(' ')
  const rules: readonly RuleName[] = isOwnRuleset(ruleset) ? rulesets[ruleset] : (ofEngine[ruleset] ?? [])
  const position = failed === '' ? rules.length : rules.indexOf(failed as RuleName)
  return rules.map((rule, i) => ({
    rule,
    title: ruleTitles[rule],
    result: resultOf(i, position, skipped.includes(rule)),
  }))
}

function isOwnRuleset(name: string): name is keyof typeof rulesets {
  return Object.hasOwn(rulesets, name)
}

function resultOf(at: number, failed: number, skipped: boolean): RuleResult {
  if (at === failed) return 'failed'
  if (at > failed) return 'not_reached'
  return skipped ? 'not_applicable' : 'passed'
}

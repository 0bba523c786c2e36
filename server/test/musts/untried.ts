/**
 * What no request of this run shows, each with why, and where a test holds it. What a request does show must not stand here.
 */

interface Untried {
  readonly why: string
  /** The test that holds it, below `server/test`; left out where nothing can. */
  readonly test?: string
  /** Requests come here, and the answer is the same without it. */
  readonly same?: true
}

const issuer = 'what this server has signed names another issuer only after the operator has changed it'
const givenUp = { why: 'needs a root secret that was given up', test: 'keys/given_up_root_secret.slow.test.ts' }
const machine = { why: 'is decided between two requests of one moment', test: 'storage/grant_model.test.ts' }
const signed = 'what this server has signed has a name of this server in it'

export const untried: Readonly<Record<string, Untried>> = {
  'dialects/oauth/forward_auth: refusal.reason': { why: 'spells a refusal that was made before' },
  'dialects/oauth/usage: client_auth_method_wrong': {
    why: 'is for APIs of the operator, which report their calls',
    test: 'access_tokens/usage.test.ts',
  },
  'engine/access_tokens/bearer: token_malformed (2)': { why: issuer },
  'engine/access_tokens/bearer: token_not_ours (3)': { why: signed },
  'engine/access_tokens/bearer: token_not_ours (4)': { why: 'rows of grants outlive their tokens' },
  'engine/access_tokens/bearer: token_not_ours (5)': { why: signed },
  'engine/access_tokens/bearer: token_not_ours (6)': { why: 'only a JWT login signs such tokens' },
  'engine/access_tokens/bearer: token_revoked': { why: 'a grant of an app’s own takes no step yet' },
  'engine/access_tokens/bearer: client_unknown': { why: 'the client of a grant that stands is there' },
  'engine/access_tokens/bearer: grant_revoked': { why: 'an exchanged token ends with its subject token' },
  'engine/access_tokens/bearer: grant_revoked (2)': { why: 'a grant of an app’s own takes no step yet' },
  'engine/access_tokens/userinfo: token_revoked': { why: 'the account of a grant that stands is there' },
  'engine/authorize/complete: ticket_spent': {
    why: 'is for tickets of an older protocol',
    test: 'dialects/quantimodo/ticket.test.ts',
  },
  'engine/authorize/next_step: login_required': { why: 'is the answer where a person leaves a page' },
  'engine/client/signed_assertion: error instanceof KeysUnusable': {
    why: 'needs an address of keys that does not answer',
    test: 'client/private_key_jwt.test.ts',
  },
  'engine/client/signed_assertion: error instanceof TypeError || error instanceof DOMException': {
    why: 'is for keys that the library stumbles over',
    test: 'client/private_key_jwt.test.ts',
  },
  'engine/client/signed_assertion: !(error instanceof errors.JWKSNoMatchingKey)': {
    why: 'saves looking twice at keys, with the same end',
    same: true,
  },
  'engine/developer/registration/documents: client_document_address_unsound': {
    why: 'the answer is told apart by its sentence alone',
    test: 'client/client_documents.test.ts',
    same: true,
  },
  'engine/developer/registration/sector: client_metadata_invalid': {
    why: 'needs a host that answers with a list of addresses',
    test: 'client/sector.test.ts',
  },
  'engine/developer/registration/manage: registration_token_invalid (2)': {
    why: 'only where another change of the same moment has already been followed by its new token',
  },
  'engine/grant/credentials: credential_malformed (2)': {
    why: 'is for refresh tokens that were moved here',
    test: 'moving/tokens.test.ts',
  },
  'engine/grant/credentials: credential_not_ours (3)': givenUp,
  'engine/grant/resources: target_invalid (4)': {
    why: 'is for apps that are held to a profile',
    test: 'profiles/oauth21_mcp.test.ts',
  },
  'engine/logout/logout: id_token_hint_invalid (2)': { why: issuer },
  'engine/logout/logout: request_too_large': {
    why: 'is for a state whose characters are long',
    test: 'logout/rp_initiated.test.ts',
  },
  'engine/logout/logout: request_expired': {
    why: 'is for a request that has come by POST without our cookies',
    test: 'logout/rp_initiated.test.ts',
  },
  'engine/token/grants/jwt_bearer: scope_not_registered': {
    why: 'has no request of this run yet',
    test: 'token/jwt_bearer.test.ts',
  },
  'engine/token/grants/jwt_bearer: grant_revoked': { why: 'only where a grant ends in the moment in which it is made' },
  'engine/token/grants/token_exchange: subject_token_invalid (2)': {
    why: 'is for tokens of older protocols and of the admin API',
    test: 'token/token_exchange.test.ts',
  },
  'engine/token/grants/token_exchange: grant_revoked': {
    why: 'only where a grant ends in the moment in which it is made',
  },
  'engine/token/mint: credential_not_ours': givenUp,
  'engine/token/token: credential_not_ours': machine,
  'http/bearer_token: parameter_malformed': {
    why: 'is for tokens in bodies of an older protocol',
    test: 'dialects/quantimodo/resource.test.ts',
  },
  "lib/public_key: kty === 'RSA' && bytes[0] === 0": {
    why: 'a modulus with a zero before it would only be another name of a key',
  },
  "protocol/grant: row.attempt?.equals(swap.attempt) && row.step === swap.step + 1 && row.state === 'live'": machine,
  "protocol/grant: row.state === 'ended'": machine,
  'protocol/grant: swap.step > row.step': machine,
  'protocol/parameters: parameter_repeated (3)': {
    why: 'is for a form whose parameters stand in the address as well',
    test: 'authorize/authorization_endpoint.test.ts',
  },
}

interface NotTried {
  readonly why: string
  readonly these: (one: { readonly list: string; readonly rule: string }) => boolean
  /** The test that holds it, below `server/test`. */
  readonly test?: string
}

const device = 'token:urn:ietf:params:oauth:grant-type:device_code'
const bearer = 'token:urn:ietf:params:oauth:grant-type:jwt-bearer'
const exchange = 'token:urn:ietf:params:oauth:grant-type:token-exchange'

/** Rules that refuse nothing of this run where they stand in a list. */
export const untriedRules: readonly NotTried[] = [
  {
    why: 'says how far a request came that runs another list',
    these: ({ list }) => ['authorize:sign_in', 'authorize:consent', 'logout:asked'].includes(list),
  },
  {
    why: 'is read under the list `token`, before its grant type is known',
    these: ({ list, rule }) => list.startsWith('token:') && rule === 'request',
  },
  {
    why: 'is recorded alone where the request could not be read; who can be read runs the list of a grant type',
    these: ({ list, rule }) => list === 'token' && rule !== 'request',
  },
  {
    why: 'the person is asked by a page, and their no is no refusal of the server',
    these: ({ list, rule }) =>
      (list === 'authorize' && rule === 'consent') ||
      list === 'device:decided' ||
      (list === 'logout' && rule === 'sign_out'),
  },
  {
    why: 'has been judged as of now under an earlier rule, or begins anew',
    these: ({ list, rule }) => rule === 'standing' && (list === exchange || list === 'token:client_credentials'),
  },
  {
    why: 'is decided again by the state machine',
    these: ({ list, rule }) => list === device && rule === 'sender_key',
    test: 'storage/grant_model.test.ts',
  },
  {
    why: 'has no request of this run yet',
    these: ({ list, rule }) => list === bearer && !['assertion', 'assertion_person', 'agreed'].includes(rule),
    test: 'token/jwt_bearer.test.ts',
  },
  {
    why: 'belongs to a built-in client of an older protocol',
    these: ({ list }) => list === 'token:password',
    test: 'dialects/jwt_login/jwt_login.test.ts',
  },
  {
    why: 'belongs to an older protocol, which no specification asks for',
    these: ({ list }) => list.startsWith('social:'),
    test: 'dialects/quantimodo/social.test.ts',
  },
]

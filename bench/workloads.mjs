/** What is measured: one request shape per workload, the same for every server that it is asked of. */
import { dataLoad, measurementsPerAccount } from './data_load.mjs'

export const client = {
  id: 'bench',
  secret: 'a-secret-of-the-benchmark-that-is-long-enough',
  redirectUri: 'https://app.example/callback',
}
/** The same app, but for ID tokens that are signed with RS256. */
export const rs256Client = { ...client, id: 'bench_rs256' }

/** An app that reads measurements. */
export const diaryClient = { ...client, id: 'bench_diary', scope: 'readmeasurements' }

/** An API of the operator, in front of which a proxy asks. */
export const ownApi = 'https://api.bench.example'

/** Thirty-two characters, as the JWT login wants them. */
export const subscriptionKey = 'BenchmarkBenchmarkBenchmark01234'

function basic({ id, secret }) {
  return `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`
}

/** RFC 7636 §4.1; one verifier for every code, hashed anew for each by the server. */
export const codeVerifier = 'the-same-verifier-for-all-codes-of-the-benchmark'

const consentry = ['consentry_sqlite', 'consentry_postgres']
const oidcProvider = ['oidc_provider_memory', 'oidc_provider_postgres']

/** As the documented clients of the legacy protocol send it. */
const secretInBody = `&client_id=${client.id}&client_secret=${client.secret}`

/** In the order of the table. */
export const servers = [...consentry, ...oidcProvider, 'echo']

/**
 * `mode` says how the load generator fills the body between `prefix` and `suffix`:
 * fixed: with nothing; chain: with a refresh token, and each answer's token is put at the end of the queue;
 * each: with the seeded tokens in turn, over and over; once: with each seeded code one time.
 * `must` stands in every right answer, whose status is `status` (200); behind `successor` stands the next refresh token.
 * `headers` replace those of an urlencoded form with the client's secret in the Authorization header.
 * With `method: 'GET'` that is the Authorization header instead of the body, and `query` the query string.
 * With `beside` it is measured without and with that other load in turn, over a seed that has what the load asks for.
 * `connections` replaces those of the run. With `measurements` it has a seed of its own, in which each of `accounts` has so
 * many.
 */
export const workloads = {
  echo: {
    servers: ['echo'],
    endpoint: 'token',
    mode: 'fixed',
    prefix: 'grant_type=refresh_token&token=x',
    must: '"ok":',
  },
  refresh: {
    servers: consentry,
    endpoint: 'token',
    mode: 'chain',
    tokens: 'refresh',
    prefix: 'grant_type=refresh_token&refresh_token=',
    must: '"access_token":',
  },
  refresh_id_token: {
    servers: [...consentry, ...oidcProvider],
    endpoint: 'token',
    mode: 'chain',
    tokens: 'refresh_id_token',
    prefix: 'grant_type=refresh_token&refresh_token=',
    must: '"id_token":',
  },
  client_credentials_opaque: {
    servers: [...consentry, ...oidcProvider],
    endpoint: 'token',
    mode: 'fixed',
    prefix: 'grant_type=client_credentials&scope=basic',
    must: '"access_token":',
  },
  introspection: {
    servers: [...consentry, ...oidcProvider],
    endpoint: 'introspection',
    mode: 'each',
    tokens: 'access',
    prefix: 'token=',
    must: '"active":true',
  },
  forward_auth: {
    servers: consentry,
    endpoint: 'forward_auth',
    method: 'GET',
    query: 'scope=basic',
    mode: 'each',
    tokens: 'access_api',
    headers: { 'Content-Type': undefined, Authorization: undefined },
    prefix: 'Bearer ',
    must: '',
  },
  code_exchange: {
    servers: [...consentry, ...oidcProvider],
    endpoint: 'token',
    mode: 'once',
    tokens: 'code',
    prefix: 'grant_type=authorization_code&code=',
    suffix: `&redirect_uri=${encodeURIComponent(client.redirectUri)}&code_verifier=${codeVerifier}`,
    must: '"id_token":',
  },
  refresh_id_token_rs256: {
    servers: consentry,
    endpoint: 'token',
    mode: 'chain',
    tokens: 'refresh_rs256',
    headers: { Authorization: basic(rs256Client) },
    prefix: 'grant_type=refresh_token&refresh_token=',
    must: '"id_token":',
  },
  quantimodo_refresh: {
    servers: consentry,
    endpoint: 'quantimodo',
    mode: 'chain',
    tokens: 'refresh_quantimodo',
    headers: { Authorization: undefined },
    prefix: 'grant_type=refresh_token&refresh_token=',
    suffix: secretInBody,
    must: '"access_token":',
  },
  quantimodo_code_exchange: {
    servers: consentry,
    endpoint: 'quantimodo',
    mode: 'once',
    tokens: 'code_quantimodo',
    headers: { Authorization: undefined },
    prefix: 'grant_type=authorization_code&code=',
    suffix: `&redirect_uri=${encodeURIComponent(client.redirectUri)}&code_verifier=${codeVerifier}${secretInBody}`,
    must: '"id_token":',
  },
  jwt_login_refresh: {
    servers: consentry,
    endpoint: 'jwt_login',
    mode: 'chain',
    tokens: 'refresh_jwt_login',
    headers: { 'Content-Type': 'application/json', Authorization: undefined, 'Subscription-Key': subscriptionKey },
    prefix: '{"token":"',
    suffix: '"}',
    must: '"authorization":',
    status: 201,
    successor: '"refresh":{"token":"',
  },
  refresh_under_data_load: {
    servers: consentry,
    endpoint: 'token',
    mode: 'chain',
    tokens: 'refresh',
    prefix: 'grant_type=refresh_token&refresh_token=',
    must: '"access_token":',
    beside: dataLoad,
    measurements: measurementsPerAccount,
  },
  measurements_list: {
    servers: consentry,
    endpoint: 'measurements',
    method: 'GET',
    query: 'limit=100',
    mode: 'each',
    tokens: 'diary',
    headers: { 'Content-Type': undefined, Authorization: undefined },
    prefix: 'Bearer ',
    must: '"startTimeString":',
    // Two lists are read at once, and 64 may wait. Those of one account come one after the other.
    connections: 16,
    accounts: 256,
    measurements: 200,
  },
}

/** Lists of tokens of which fewer are seeded. */
export const olderTokens = new Set(['refresh_rs256', 'refresh_quantimodo', 'refresh_jwt_login', 'access_api'])

/** The headers of a workload's requests. */
export function headersOf({ headers = {} }) {
  const all = { 'Content-Type': 'application/x-www-form-urlencoded', Authorization: basic(client), ...headers }
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined))
}

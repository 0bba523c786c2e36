/**
 * node-oidc-provider as a process, in memory or on PostgreSQL. Environment: PORT; TOKENS, the folder for the token
 * files; SEED, a JSON object of counts, absent where the database is seeded already; POSTGRES_URL; MODE=seed ends when
 * the seed is written.
 */
import { generateKeyPairSync } from 'node:crypto'
import Provider from 'oidc-provider'
import { inGroups, shuffled, writeTokens } from '../seeding.mjs'
import { client, codeVerifier } from '../workloads.mjs'
import { createMapAdapter } from './map_adapter.mjs'
import { createPostgresAdapter, tables } from './postgres_adapter.mjs'

const { PORT, TOKENS, SEED, POSTGRES_URL, MODE } = process.env
const seeding = MODE === 'seed'
const postgres = POSTGRES_URL === undefined ? undefined : createPostgresAdapter(POSTGRES_URL, { durable: !seeding })
if (seeding) await postgres?.pool.query(tables)

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const scope = 'openid offline_access basic'
const day = 86_400

const provider = new Provider(`http://localhost:${PORT}`, {
  adapter: postgres?.adapter ?? createMapAdapter(),
  clients: [
    {
      client_id: client.id,
      client_secret: client.secret,
      redirect_uris: [client.redirectUri],
      response_types: ['code'],
      grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
      token_endpoint_auth_method: 'client_secret_basic',
      id_token_signed_response_alg: 'ES256',
      scope,
    },
  ],
  scopes: ['openid', 'offline_access', 'basic'],
  jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), alg: 'ES256', use: 'sig', kid: 'bench' }] },
  enabledJWA: { idTokenSigningAlgValues: ['ES256'] },
  cookies: { keys: ['a key for cookies that are never set here'] },
  rotateRefreshToken: true,
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    introspection: { enabled: true },
    revocation: { enabled: true },
  },
  findAccount: (_ctx, id) => ({ accountId: id, claims: async () => ({ sub: id }) }),
  ttl: {
    // A day where the real ones are shorter, so that what was seeded lives through the run.
    AccessToken: day,
    AuthorizationCode: day,
    ClientCredentials: 3600,
    Grant: 365 * day,
    IdToken: 3600,
    RefreshToken: 365 * day,
  },
})
provider.on('server_error', (_ctx, error) => console.error(error))

if (SEED !== undefined) await seed(JSON.parse(SEED))
if (seeding) {
  await postgres?.pool.end()
} else {
  // Koa's own handler, without anything in front.
  const listening = provider.listen(Number(PORT), '127.0.0.1')
  process.on('SIGTERM', () => {
    listening.close()
    listening.closeAllConnections()
    void postgres?.pool.end()
  })
}

/** Grants with a refresh token and an access token each, and grants with a code, saved through the models. */
async function seed({ openid, codes, users, concurrency }) {
  const { Grant, RefreshToken, AccessToken, AuthorizationCode } = provider
  const registered = await provider.Client.find(client.id)
  const codeChallenge = await sha256(codeVerifier)
  const common = async (i) => {
    const accountId = `usr_bench${i % users}`
    const grant = new Grant({ accountId, clientId: client.id })
    grant.addOIDCScope(scope)
    const grantId = await grant.save()
    return { accountId, client: registered, grantId, scope, authTime: Math.floor(Date.now() / 1000), amr: ['pwd'] }
  }
  const refresh = []
  const access = []
  await inGroups(openid, concurrency, async (i) => {
    const { authTime, amr, ...shared } = await common(i)
    const gty = 'authorization_code'
    refresh.push(await new RefreshToken({ ...shared, authTime, amr, gty }).save())
    access.push(await new AccessToken({ ...shared, gty }).save())
  })
  const code = []
  await inGroups(codes, concurrency, async (i) => {
    const challenge = { codeChallenge, codeChallengeMethod: 'S256', redirectUri: client.redirectUri }
    code.push(await new AuthorizationCode({ ...(await common(i)), ...challenge }).save())
  })
  writeTokens(TOKENS, { refresh_id_token: shuffled(refresh), access: shuffled(access), code: shuffled(code) })
}

async function sha256(text) {
  return Buffer.from(await crypto.subtle.digest('SHA-256', Buffer.from(text))).toString('base64url')
}

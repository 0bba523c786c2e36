/**
 * node-oidc-provider in memory for `par_dpop.mjs`: pushed requests, DPoP, private_key_jwt, and one person who is signed in and has
 * agreed. Environment: PORT; CLIENT_JWK, the app's public key; TOLD, the file for that person's cookie.
 */
import { generateKeyPairSync } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import Provider from 'oidc-provider'
import { createMapAdapter } from './map_adapter.mjs'

const { PORT, CLIENT_JWK, TOLD } = process.env
const scope = 'openid offline_access basic'
const day = 86_400
const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })

const provider = new Provider(`http://localhost:${PORT}`, {
  adapter: createMapAdapter(),
  clients: [
    {
      client_id: 'bench_par',
      redirect_uris: ['https://app.example/callback'],
      response_types: ['code'],
      grant_types: ['authorization_code', 'refresh_token'],
      token_endpoint_auth_method: 'private_key_jwt',
      jwks: { keys: [{ ...JSON.parse(CLIENT_JWK), alg: 'ES256', use: 'sig', kid: 'bench' }] },
      id_token_signed_response_alg: 'ES256',
      dpop_bound_access_tokens: true,
      require_pushed_authorization_requests: true,
      scope,
    },
  ],
  scopes: ['openid', 'offline_access', 'basic'],
  jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), alg: 'ES256', use: 'sig', kid: 'bench' }] },
  enabledJWA: { idTokenSigningAlgValues: ['ES256'], clientAuthSigningAlgValues: ['ES256'] },
  cookies: { long: { signed: false }, short: { signed: false } },
  rotateRefreshToken: true,
  // As Consentry decides it: whoever may have them gets refresh tokens.
  issueRefreshToken: (_ctx, client) => client.grantTypeAllowed('refresh_token'),
  features: {
    devInteractions: { enabled: false },
    dPoP: { enabled: true },
    pushedAuthorizationRequests: { enabled: true },
  },
  findAccount: (_ctx, id) => ({ accountId: id, claims: async () => ({ sub: id }) }),
  ttl: {
    AccessToken: 3600,
    AuthorizationCode: 60,
    Grant: 365 * day,
    IdToken: 3600,
    RefreshToken: 365 * day,
    Session: day,
  },
})
provider.on('server_error', (_ctx, error) => console.error(error))

const grant = new provider.Grant({ accountId: 'usr_bench', clientId: 'bench_par' })
grant.addOIDCScope(scope)
const grantId = await grant.save()
const session = new provider.Session({ jti: 'the-session-of-the-benchmark', accountId: 'usr_bench' })
session.loginAccount({ accountId: 'usr_bench', loginTs: Math.floor(Date.now() / 1000), amr: ['pwd'] })
session.ensureClientContainer('bench_par')
session.grantIdFor('bench_par', grantId)
await session.save(day)
writeFileSync(TOLD, JSON.stringify({ cookie: '_session=the-session-of-the-benchmark' }))

const listening = provider.listen(Number(PORT), '127.0.0.1')
process.on('SIGTERM', () => {
  listening.close()
  listening.closeAllConnections()
})

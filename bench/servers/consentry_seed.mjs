/**
 * Seeds a Consentry database through the server's own storage and engine. Environment as for the server itself
 * (CONSENTRY_ISSUER, CONSENTRY_SECRET, CONSENTRY_DATA or DATABASE_URL); TOKENS, the folder for the token files; SEED, a
 * JSON object of counts.
 */
import { makeCode, makeRefreshToken } from '../../server/dist/engine/grant/credentials.js'
import { newGrantId } from '../../server/dist/engine/grant/grant_id.js'
import { executeApply, planApply } from '../../server/dist/engine/operator/apply/apply.js'
import { parseDocument } from '../../server/dist/engine/operator/apply/document.js'
import { sha256 } from '../../server/dist/lib/hash.js'
import { createLog } from '../../server/dist/lib/log.js'
import { randomBytes } from '../../server/dist/lib/random.js'
import { openStorage } from '../../server/dist/open_storage.js'
import { encodeAccessToken } from '../../server/dist/protocol/access_token.js'
import { clientMetadataSchema } from '../../server/dist/protocol/client_metadata.js'
import { dialectFacts } from '../../server/dist/protocol/dialects.js'
import { createContext } from '../../server/dist/runtime/lifecycle.js'
import { engineSettings, loadSettings } from '../../server/dist/settings.js'
import { inGroups, shuffled, writeTokens } from '../seeding.mjs'
import { client, codeVerifier, diaryClient, ownApi, rs256Client, subscriptionKey } from '../workloads.mjs'
import { seedMeasurements } from './seed_measurements.mjs'

const { TOKENS, SEED } = process.env
const {
  plain,
  openid,
  codes,
  olderCodes = 0,
  older = 0,
  diaries = 0,
  measurements = 0,
  users,
  concurrency,
} = JSON.parse(SEED)

const settings = loadSettings({ env: process.env })
const log = createLog('warn')
const storage = await openStorage(settings, log)
const context = await createContext({ settings: engineSettings(settings), storage, secrets: settings.secrets, log })
const day = 86_400_000
const now = storage.clock.now()

/** Registers a client whose ID tokens are signed with `alg`, and answers it as the engine sees it. */
async function register({ id, secret, redirectUri, scope = 'openid offline_access basic' }, alg) {
  const kept = { id: 'bench', name: 'bench', hash: sha256(secret), createdAt: now, expiresAt: null }
  await storage.clients.insert({
    clientId: id,
    ownerId: null,
    status: 'enabled',
    metadata: clientMetadataSchema.parse({
      client_name: 'Benchmark',
      redirect_uris: [redirectUri],
      grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
      scope,
      id_token_signed_response_alg: alg,
      dialects: ['oauth', 'quantimodo'],
    }),
    secrets: [kept],
  })
  context.clients.forget()
  const registered = await context.clients.find(id)
  if (registered === undefined) throw new Error('the client is not there')
  return registered
}

const registered = await register(client, 'ES256')
const registeredForRs256 = await register(rs256Client, 'RS256')
const { clientId: jwtLoginId } = dialectFacts.jwt_login.passwordClient
const jwtLogin = await context.clients.find(jwtLoginId)

const scopes = { plain: ['basic'], openid: ['openid', 'offline_access', 'basic'] }

/** People who have said yes to the client. */
const people = []
await inGroups(users, concurrency, async (i) => {
  const id = `usr_bench${i}`
  const account = await storage.accounts.insert({
    id,
    username: `person${i}`,
    email: null,
    emailVerified: false,
    passwordHash: null,
    roles: [],
    claims: {},
  })
  const consent = await storage.consents.remember(id, client.id, scopes.openid)
  const { validAfter: rs256ValidAfter } = await storage.consents.remember(id, rs256Client.id, scopes.openid)
  const { number, validAfter } = account
  people.push({ id, number, validAfter, consentValidAfter: consent.validAfter, rs256ValidAfter })
})
const keyDocument = {
  subscription_keys: [{ key: subscriptionKey, owner: 'person0', open_to: 'all' }],
  resources: [{ resource: ownApi, scopes: ['basic'], proxy: 'bench' }],
}
const changes = await planApply(context, parseDocument(JSON.stringify(keyDocument)))
await executeApply(context, { via: 'apply', user: 'bench' }, changes)
const [subscription] = await storage.subscriptionKeys.list()

/** A grant of one of them, made `age` ago; ids go by time, so grants are stored in the order of their age. */
function grantOf(i, scope, age) {
  const person = people[i % people.length]
  const at = now - Math.floor(age)
  return {
    id: newGrantId(at),
    key: randomBytes(16),
    clientId: client.id,
    userId: person.id,
    state: 'live',
    endReason: null,
    step: 1,
    steppedAt: at,
    generation: context.keyring.generation,
    createdAt: at,
    expiresAt: at + 365 * day,
    usedAt: at,
    usedStep: 0,
    endedAt: null,
    epoch: 0,
    attempt: randomBytes(16),
    dialect: 'oauth',
    label: null,
    authMethod: 'client_secret_basic',
    senderKey: null,
    handle: null,
    context: {
      grantType: 'authorization_code',
      scope,
      resources: [],
      redirectUri: client.redirectUri,
      redirectUriSent: true,
      codeChallenge: sha256(codeVerifier).toString('base64url'),
      authTime: Math.floor(at / 1000),
      amr: ['pwd'],
      refreshable: true,
      // A day, so that seeded access tokens live through the run.
      accessTokenTtl: 86_400,
      refreshTokenTtl: 365 * 86_400,
    },
    clientValidAfter: registered.validAfter,
    userValidAfter: person.validAfter,
    consentValidAfter: person.consentValidAfter,
  }
}

/** An opaque access token with the whole scope of a grant. */
function makeAccessToken(grant) {
  const token = {
    generation: grant.generation,
    grantId: grant.id,
    step: grant.step,
    issued: now,
    lifetime: grant.context.accessTokenTtl,
    jti: randomBytes(16),
    scope: grant.context.scope.map((_, index) => index),
    resources: grant.context.resources.map((_, index) => index),
    senderKey: null,
  }
  return encodeAccessToken(token, context.keyring.current('access token'), grant)
}

const refresh = []
const refreshIdToken = []
const access = []
const live = plain + openid
await inGroups(live, concurrency, async (i) => {
  // Both kinds lie among each other, over the last thirty days.
  const isOpenid = Math.floor(((i + 1) * openid) / live) > Math.floor((i * openid) / live)
  const scope = isOpenid ? scopes.openid : scopes.plain
  const grant = grantOf(i, scope, 30 * day * (1 - i / live))
  await storage.grants.insert(grant)
  if (!isOpenid) {
    refresh.push(makeRefreshToken(context, grant))
    return
  }
  refreshIdToken.push(makeRefreshToken(context, grant))
  access.push(makeAccessToken(grant))
})

/** The grant behind a code of a minute ago that nobody has used, but for its expiry. */
function offeredOf(i, count) {
  return {
    ...grantOf(i, scopes.openid, 60_000 * (1 - i / count)),
    state: 'offered',
    step: 0,
    attempt: null,
    authMethod: null,
    expiresAt: now + day,
  }
}

const code = []
await inGroups(codes, concurrency, async (i) => {
  const offered = offeredOf(i, codes)
  await storage.grants.insert(offered)
  code.push(makeCode(context, offered))
})

const refreshRs256 = []
const refreshQuantimodo = []
const refreshJwtLogin = []
const accessApi = []
await inGroups(older, concurrency, async (i) => {
  const age = day * (1 - i / older)
  const rs256 = {
    ...grantOf(i, scopes.openid, age),
    clientId: rs256Client.id,
    clientValidAfter: registeredForRs256.validAfter,
    consentValidAfter: people[i % people.length].rs256ValidAfter,
  }
  const quantimodo = { ...grantOf(i, scopes.plain, age), dialect: 'quantimodo' }
  const login = grantOf(i, scopes.plain, age)
  const jwt = {
    ...login,
    clientId: jwtLoginId,
    clientValidAfter: jwtLogin?.validAfter ?? 0,
    consentValidAfter: null,
    dialect: 'jwt_login',
    authMethod: 'none',
    context: {
      grantType: 'password',
      scope: ['basic'],
      resources: [],
      refreshable: true,
      accessTokenTtl: 43_200,
      refreshTokenTtl: 365 * 86_400,
      refreshTokenAge: 14 * 86_400,
      tokenFormat: 'login_jwt',
      subscriptionKey: subscription?.id,
    },
  }
  const api = grantOf(i, scopes.plain, age)
  api.context.resources = [ownApi]
  for (const grant of [rs256, quantimodo, jwt, api]) await storage.grants.insert(grant)
  accessApi.push(makeAccessToken(api))
  refreshRs256.push(makeRefreshToken(context, rs256))
  refreshQuantimodo.push(makeRefreshToken(context, quantimodo))
  refreshJwtLogin.push(makeRefreshToken(context, jwt))
})

const codeQuantimodo = []
await inGroups(olderCodes, concurrency, async (i) => {
  const offered = { ...offeredOf(i, olderCodes), dialect: 'quantimodo' }
  await storage.grants.insert(offered)
  codeQuantimodo.push(makeCode(context, offered))
})

/** Access tokens that may read the measurements of an account, one for each account that has any. */
const diary = []
if (diaries > 0) {
  const scope = ['readmeasurements']
  const { validAfter: clientValidAfter } = await register(diaryClient, 'ES256')
  for (let i = 0; i < diaries; i++) {
    const { id, number } = people[i]
    const { validAfter: consentValidAfter } = await storage.consents.remember(id, diaryClient.id, scope)
    const grant = { ...grantOf(i, scope, 0), clientId: diaryClient.id, clientValidAfter, consentValidAfter }
    await storage.grants.insert(grant)
    diary.push(makeAccessToken(grant))
    await seedMeasurements(storage, number, diaryClient.id, measurements)
  }
}

writeTokens(TOKENS, {
  refresh: shuffled(refresh),
  refresh_id_token: shuffled(refreshIdToken),
  access: shuffled(access),
  code: shuffled(code),
  refresh_rs256: shuffled(refreshRs256),
  refresh_quantimodo: shuffled(refreshQuantimodo),
  refresh_jwt_login: shuffled(refreshJwtLogin),
  code_quantimodo: shuffled(codeQuantimodo),
  access_api: shuffled(accessApi),
  diary,
})
context.tokenRequests.close()
await storage.close()

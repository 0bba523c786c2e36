/** The composition root: settings → storage → engine → one Fastify instance with every door. */
import { join } from 'node:path'
import { type FastifyInstance, type FastifyReply, type FastifyRequest, fastify, LogController } from 'fastify'
import type { Logger } from 'pino'
import { type ApiCaller, encodeError, registerApi, type TokenRead } from './api/index.ts'
import { presentedKey } from './dialects/jwt_login/decode.ts'
import { registerJwtLogin } from './dialects/jwt_login/index.ts'
import { registerOauth } from './dialects/oauth/index.ts'
import { registerPasswordToken } from './dialects/password_token/index.ts'
import { registerQuantimodo } from './dialects/quantimodo/index.ts'
import { requireShownToken } from './engine/access_tokens/bearer.ts'
import { setupIsOpen, setupToken } from './engine/account/accounts.ts'
import { disconnectApp, listConnectedApps } from './engine/account/connected_apps.ts'
import { noteSubscriptionKey } from './engine/client/subscription_key_rules.ts'
import { describeApp } from './engine/developer/app_directory.ts'
import { requireOwnApi } from './engine/grant/resources.ts'
import { waitingApps } from './engine/operator/apps.ts'
import { findShownTokens, mayBeInBody } from './http/bearer_token.ts'
import { defaultBodyLimit, limitBodies } from './http/bodies/body_limit.ts'
import { ignoreTypeOfNothing } from './http/bodies/empty_body.ts'
import { callerOf } from './http/caller.ts'
import { endConnectionsOnClose } from './http/connection/connections.ts'
import { serveInTurn } from './http/connection/in_turn.ts'
import { requireOneHost } from './http/connection/sound_host.ts'
import { type TlsSetting, tlsOptions } from './http/connection/tls.ts'
import { registerCors } from './http/cors.ts'
import { faultOf } from './http/faults.ts'
import { type Readiness, registerOperations } from './http/operations.ts'
import { logUndecided } from './http/undecided.ts'
import { type Millis, minute, second, systemClock } from './lib/clock.ts'
import { createLog, type Log } from './lib/log.ts'
import { randomText } from './lib/random.ts'
import { referencePage, registerPages, sendNotFound } from './pages/index.ts'
import { oauthErrorPage } from './pages/problem/problems.ts'
import { Refusal } from './protocol/refusal.ts'
import { formatScope } from './protocol/scope.ts'
import type { Context, EngineSettings } from './runtime/context.ts'
import { ensureBuiltInClients } from './runtime/kept/builtin_clients.ts'
import { createClientKeys } from './runtime/kept/client_keys.ts'
import { createClients } from './runtime/kept/clients.ts'
import { createResources } from './runtime/kept/known_resources.ts'
import { createOlderDoors } from './runtime/kept/legacy_dialects.ts'
import { createSubscriptionKeys } from './runtime/kept/subscription_keys.ts'
import { createKeyring, requireSameSecrets } from './runtime/keys/keyring.ts'
import { createSigner } from './runtime/keys/signer.ts'
import { ensureKeys, turnKeys } from './runtime/keys/signing_keys.ts'
import { createPasswords, type Passwords } from './runtime/limits/passwords.ts'
import { createThrottle } from './runtime/limits/throttle.ts'
import { createTokenRequests } from './runtime/limits/token_requests.ts'
import { createAlarms } from './runtime/log/alarms.ts'
import { createAuditLog } from './runtime/log/audit.ts'
import { createRequestLog } from './runtime/log/request_log.ts'
import { createProviders, resealProviders } from './runtime/providers/providers.ts'
import { engineSettings, type Settings } from './settings.ts'
import type { Storage } from './storage/contract.ts'
import { version } from './version.ts'

/** Makes the engine over an open storage. `secrets` are the root secrets by generation, oldest first. */
export async function createContext(options: {
  readonly settings: EngineSettings
  readonly storage: Storage
  readonly secrets: readonly string[]
  readonly log: Log
  readonly passwords?: Passwords
}): Promise<Context> {
  const { settings, storage, log } = options
  const { clock } = storage
  const keyring = createKeyring(options.secrets, settings.issuer, storage.installation)
  await requireSameSecrets(storage, keyring)
  await ensureKeys(storage, keyring, clock.now())
  await resealProviders(storage, keyring)
  await ensureBuiltInClients(storage, settings)
  return {
    settings,
    storage,
    clock,
    keyring,
    log,
    signer: await createSigner(storage, keyring),
    clients: createClients(storage, clock),
    clientKeys: createClientKeys(clock, settings.outboundAllowed),
    resources: createResources(storage, settings.issuer),
    providers: createProviders({ storage, clock, keyring, log, outboundAllowed: settings.outboundAllowed }),
    passwords: options.passwords ?? createPasswords(),
    subscriptionKeys: createSubscriptionKeys(storage, clock, log),
    throttle: createThrottle(storage, clock),
    tokenRequests: createTokenRequests(storage, clock, log, settings.tokenRequestsPerDay),
    olderDoors: createOlderDoors(storage, clock, log),
    requests: createRequestLog(storage, clock, keyring, log),
    audit: createAuditLog(storage, clock, log),
    alarms: createAlarms((name) => log.error({ alarm: name }, 'an alarm was raised')),
  }
}

/** How long a client may take for its headers, and how often that and the time for the whole request are looked after. */
const patience = { headersTimeout: 10_000, connectionsCheckingInterval: second }

/** Every door and page of a context in one Fastify instance that is not listening yet. */
export async function createApp(
  context: Context,
  options: {
    readonly trustProxy?: number | readonly string[]
    readonly https?: TlsSetting
    readonly readiness?: Readiness
  } = {},
): Promise<FastifyInstance> {
  const app = fastify({
    loggerInstance: context.log as Logger,
    // Lines that concern a request name its id themselves; a child logger for each would cost more than most requests do.
    childLoggerFactory: (logger) => logger,
    logController: new LogController({ disableRequestLogging: true }),
    // Ours alone: a caller must not choose what the log is searched by.
    genReqId: () => randomText(12),
    requestIdHeader: false,
    bodyLimit: defaultBodyLimit,
    requestTimeout: 30_000,
    connectionTimeout: 60_000,
    keepAliveTimeout: 72_000,
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    routerOptions: { maxParamLength: 1000 },
    trustProxy: trustProxyOption(options.trustProxy),
    schemaController: { compilersFactory: noSchemas },
    ...(options.https === undefined ? { http: patience } : { https: { ...patience, ...tlsOptions(options.https) } }),
    frameworkErrors: (error, request, reply) => {
      const fault = faultOf(error, request)
      void (reply as FastifyReply)
        .header('x-request-id', request.id)
        .code(fault.status)
        .send(
          request.url.startsWith('/api/')
            ? encodeError(fault.status, fault.error, fault.text)
            : { error: fault.error, error_description: fault.text },
        )
    },
  }) as unknown as FastifyInstance
  const secure = context.settings.issuer.startsWith('https:')
  serveInTurn(app)
  app.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id).header('x-content-type-options', 'nosniff')
    if (secure) reply.header('strict-transport-security', 'max-age=31536000')
    done()
  })
  endConnectionsOnClose(app)
  requireOneHost(app)
  limitBodies(app)
  ignoreTypeOfNothing(app)
  logUndecided(app, context)
  registerCors(app, context)
  app.setErrorHandler((error, request, reply) => {
    const fault = faultOf(error, request)
    return reply.code(fault.status).send({ error: fault.error, error_description: fault.text })
  })
  app.setNotFoundHandler((request, reply) => {
    if (request.headers.accept?.includes('text/html')) return sendNotFound(context, reply)
    return reply.code(404).send({ error: 'not_found', error_description: 'There is nothing at this path.' })
  })
  registerOperations(app, context, options.readiness ?? { stopping: false }, version)
  await registerOauth(app, context, oauthErrorPage(context))
  if (context.settings.dialects.has('quantimodo')) await registerQuantimodo(app, context, oauthErrorPage(context))
  if (context.settings.dialects.has('password_token')) await registerPasswordToken(app, context)
  if (context.settings.dialects.has('jwt_login')) await registerJwtLogin(app, context)
  await registerPages(app, context, version)
  await registerApi(app, {
    issuer: context.settings.issuer,
    storage: context.storage,
    clock: context.clock,
    measurementsPerAccount: context.settings.measurementsPerAccount,
    bodyLimit: context.settings.apiBodyLimit,
    referencePage: (request, parts) => referencePage(context, request, parts),
    authenticate: (request, scopes, read) => authenticate(context, request, scopes, read),
    apps: {
      describe: (request, clientId, secret) => describeApp(context, clientId, secret, callerOf(request)),
      listConnected: async ({ id }) => (await listConnectedApps(context, id)).items,
      disconnect: (request, { account, clientId: by }, clientId, reason) =>
        disconnectApp(context, { userId: account.id, clientId }, callerOf(request), { by, reason }),
    },
  })
  return app
}

export interface Server {
  readonly app: FastifyInstance
  readonly context: Context
  /** Starts listening; answers the address. */
  listen(): Promise<string>
  /** The one-time link that makes the first administrator, while there is none. */
  setupUrl(): Promise<string | undefined>
  /** How many apps wait for the operator's approval. */
  waitingApps(): Promise<number>
  /** Refuses new work, finishes what is under way, closes the database. */
  close(): Promise<void>
}

/**
 * Opens the storage that the settings name. The driver of the other database is not even loaded. With `migrate: false`
 * nothing is made or changed, and a database of an older release is refused (MigrationsPending).
 */
export async function openStorage(
  settings: Settings,
  log: Log,
  { migrate = true }: { readonly migrate?: boolean } = {},
): Promise<Storage> {
  const clock = systemClock(settings.clockOffset)
  if (settings.databaseUrl !== undefined) {
    const { openPostgres } = await import('./storage/postgres.ts')
    return openPostgres({
      url: settings.databaseUrl,
      clock,
      log: (message, err) => log.warn({ err }, message),
      migrate,
    })
  }
  const { openSqlite } = await import('./storage/sqlite.ts')
  return openSqlite({ path: join(settings.data, 'consentry.db'), clock, migrate })
}

/**
 * A whole server from its settings, not listening yet. Throws FolderInUse where another one runs on the same SQLite file:
 * each keeps in memory what it takes for its own. PostgreSQL has any number.
 */
export async function createServer(settings: Settings, log: Log = createLog(settings.logLevel)): Promise<Server> {
  const unlock = settings.databaseUrl === undefined ? await lockFolder(settings.data) : () => {}
  let storage: Storage | undefined
  try {
    storage = await openStorage(settings, log)
    const server = await serverOver(settings, storage, log)
    return { ...server, close: () => server.close().finally(unlock) }
  } catch (error) {
    await storage?.close()
    unlock()
    throw error
  }
}

async function lockFolder(data: string): Promise<() => void> {
  const { takeServerLock } = await import('./storage/sqlite/server_lock.ts')
  return takeServerLock(join(data, 'consentry.lock'))
}

/** How often a node takes over what has become of the signing keys. */
const keysEvery: Millis = 10 * second

async function serverOver(settings: Settings, storage: Storage, log: Log): Promise<Server> {
  const context = await createContext({ settings: engineSettings(settings), storage, secrets: settings.secrets, log })
  const readiness: Readiness = { stopping: false }
  const app = await createApp(context, {
    readiness,
    ...(settings.trustProxy === undefined ? {} : { trustProxy: settings.trustProxy }),
    ...(settings.https === undefined ? {} : { https: settings.https }),
  })
  const { retention: rows, auditRetention: audit } = context.settings
  let sweeping = false
  const sweeper = setInterval(() => {
    if (sweeping) return
    sweeping = true
    storage
      .sweep({ rows, audit })
      .catch((error) => log.warn({ err: error }, 'the sweep failed'))
      .finally(() => {
        sweeping = false
      })
  }, minute).unref()
  const keyTurner = setInterval(() => {
    turnKeys(storage, context.keyring, storage.clock.now())
      .then(() => context.signer.reload())
      .catch((error) => log.warn({ err: error }, 'the signing keys could not be looked after'))
  }, keysEvery).unref()
  return {
    app,
    context,
    listen: () => app.listen({ port: settings.port, host: settings.host }),
    async setupUrl() {
      if (!(await setupIsOpen(context))) return undefined
      return `${settings.issuer}/setup?token=${setupToken(context)}`
    },
    waitingApps: async () => (await waitingApps(context)).length,
    async close() {
      readiness.stopping = true
      clearInterval(sweeper)
      clearInterval(keyTurner)
      await app.close()
      context.tokenRequests.close()
      await context.tokenRequests.flush()
      await context.subscriptionKeys.flush()
      context.olderDoors.close()
      await context.olderDoors.flush()
      await context.requests.flush()
      await context.audit.flush()
      await storage.close()
    },
  }
}

/** The person and app behind an API request; undefined where their token can only be in the body, still unread. */
async function authenticate(
  context: Context,
  request: FastifyRequest,
  scopes: readonly string[],
  read: TokenRead,
): Promise<ApiCaller | undefined> {
  const shown = findShownTokens(request, read === 'body' ? request.body : undefined)
  if (read === 'head' && context.settings.dialects.has('quantimodo') && mayBeInBody(request, shown)) return undefined
  const token = await requireShownToken(context, shown, { mark: read !== 'again' })
  requireOwnApi(context, token.resources)
  if (read !== 'again' && token.grant.dialect === 'jwt_login') await noteSubscriptionKey(context, presentedKey(request))
  if (!scopes.some((scope) => token.scope.includes(scope))) {
    throw new Refusal('scope_insufficient', { got: formatScope(token.scope) })
  }
  // A token of an app's own, without a person, opens no person's data.
  const { userId, clientId } = token.grant
  const account = userId === null ? undefined : await context.storage.accounts.find(userId)
  if (account === undefined) throw new Refusal('scope_insufficient', { text: 'This needs the token of a person.' })
  return { account, clientId, scope: token.scope, accessToken: token.text, expiresAt: token.expiresAt }
}

/**
 * The API brings the compilers of its own schemas. Fastify's, which nothing else here would use, take as long to load as
 * the rest of it.
 */
const noSchemas = {
  buildValidator: () => requireNoSchema,
  buildSerializer: () => requireNoSchema,
}

function requireNoSchema(): never {
  throw new Error('app: a route outside the API has a schema, and nothing to check it with')
}

/** Fastify's form of the setting: addresses, or how many hops in front of us are ours. */
function trustProxyOption(setting: number | readonly string[] | undefined) {
  if (setting === undefined) return false
  if (typeof setting === 'number') return (_address: string, hop: number) => hop < setting
  return [...setting]
}

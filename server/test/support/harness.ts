/** A whole server in one line, on real SQLite, with a clock that is moved instead of slept on. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { newUserId } from '../../src/engine/account/new_account.ts'
import { jobHandlers } from '../../src/engine/job_handlers.ts'
import type { Operator } from '../../src/engine/operator/operator.ts'
import type { Clock } from '../../src/lib/clock.ts'
import { sha256 } from '../../src/lib/hash.ts'
import { randomText } from '../../src/lib/random.ts'
import { clientMetadataSchema } from '../../src/protocol/client_metadata.ts'
import type { UserId } from '../../src/protocol/names.ts'
import type { Context, EngineSettings } from '../../src/runtime/context.ts'
import { jobNames } from '../../src/runtime/jobs/kinds.ts'
import { createWorker } from '../../src/runtime/jobs/worker.ts'
import { keyDigest, newKey } from '../../src/runtime/kept/subscription_keys.ts'
import { closeContext, createContext } from '../../src/runtime/lifecycle.ts'
import { createPasswords, type HashCost, type Passwords } from '../../src/runtime/limits/passwords.ts'
import type { Mailer } from '../../src/runtime/mailer/mailer.ts'
import type { AroundCall } from '../../src/runtime/outbound.ts'
import type { Pictures } from '../../src/runtime/pictures/pictures.ts'
import type { Account, Storage, SubscriptionKey } from '../../src/storage/contract.ts'
import { openSqlite } from '../../src/storage/sqlite.ts'
import { takeApp } from './served_apps.ts'
import { copyTemplate } from './template.ts'

/** Who acts as the operator in tests, for the audit log. */
export const byCommand: Operator = { via: 'command', user: 'tester' }

export const issuer = 'http://localhost:3000'
export const rootSecret = 'a root secret of the tests, long enough for anybody'

/** A clock that stands at the present until it is moved, in milliseconds. */
export interface MovableClock {
  now(): number
  move(milliseconds: number): void
}

export function movableClock(): MovableClock {
  let offset = 0
  const start = Date.now()
  return {
    now: () => start + offset,
    move: (milliseconds) => {
      offset += milliseconds
    },
  }
}

export const testSettings: EngineSettings = {
  issuer,
  dialects: new Set(['oauth', 'quantimodo', 'password_token', 'jwt_login']),
  dataApi: true,
  personalTokens: true,
  codeTtl: 60,
  accessTokenTtl: 3600,
  jwtAccessTokenTtl: 600,
  refreshTokenTtl: 365 * 86_400,
  idleTtl: 90 * 86_400,
  idTokenTtl: 3600,
  sessionIdleTtl: 7 * 86_400,
  sessionTtl: 30 * 86_400,
  replayWindow: { confidential: 30, public: 10 },
  lostAnswerWindow: { confidential: 86_400, public: 60 },
  grantLimit: 100,
  passwordMinimum: 8,
  secondFactor: 'optional',
  breachService: undefined,
  legacyLogin: undefined,
  brand: undefined,
  passkeyRpId: 'localhost',
  tokenRequestsPerDay: 100_000,
  measurementsPerAccount: 1_000_000,
  auditRetention: 365 * 86_400_000,
  frontChannelTokens: false,
  frontChannelLogout: false,
  requirePushedRequests: false,
  dynamicRegistration: 'token',
  registrationScopes: ['openid', 'profile', 'email', 'offline_access'],
  documentHosts: new Set(),
  nativeSchemes: new Set(),
  assertionAudience: 'issuer',
  retention: 30 * 86_400_000,
  appRegistration: 'open',
  signUp: 'open',
  blockedDomains: new Set(),
  outboundAllowed: new Set(),
  passwordTokenStatus: false,
  development: false,
  apiBodyLimit: 1_000_000,
  trustProxy: undefined,
  shown: [],
}

export interface Harness {
  readonly app: FastifyInstance
  readonly context: Context
  readonly storage: Storage
  readonly clock: MovableClock
  /** Lines that the process has logged. */
  readonly logged: string[]
  close(): Promise<void>
}

export interface HarnessOptions {
  readonly settings?: Partial<EngineSettings>
  readonly clock?: MovableClock
  /** Opens another storage than a fresh SQLite file. */
  readonly open?: (clock: MovableClock) => Promise<Storage>
  /** Other than passwords whose hashes cost next to nothing: what is asked of them is the same at any cost. */
  readonly passwords?: Passwords
  /** Whether its app ends with it: where what a request has begun goes on after the answer. */
  readonly ownApp?: boolean
  /** How mail leaves; without it none is queued. See `mailbox.ts`. */
  readonly mailer?: Mailer
  /** What is done in place of the calls to other servers, or around them. */
  readonly calls?: AroundCall
  /** Another decoder of pictures. */
  readonly pictures?: Pictures
}

/** The least that argon2 takes. */
const lowestCost: HashCost = { memory: 8, passes: 1 }

/**
 * A new SQLite file at `path`, as a server leaves it at its first start. No processes are started for its long reads, which
 * on a busy machine would take longer than they may.
 */
export async function openCopy(path: string, clock: Clock): Promise<Storage> {
  await copyTemplate(path, clock, rootSecret)
  return openSqlite({ path, clock, readsHere: true })
}

export async function harness(options: HarnessOptions = {}): Promise<Harness> {
  const clock = options.clock ?? movableClock()
  const folder = mkdtempSync(join(tmpdir(), 'consentry-test-'))
  const storage = await (options.open?.(clock) ?? openCopy(join(folder, 'consentry.db'), clock))
  const settings = { ...testSettings, ...options.settings }
  const served = takeApp(settings, options.mailer?.way)
  const made = await createContext({
    settings,
    storage,
    secrets: [rootSecret],
    log: served.log,
    passwords: options.passwords ?? createPasswords({ cost: lowestCost }),
    ...(options.mailer && { mailer: options.mailer }),
    ...(options.pictures && { pictures: options.pictures }),
    ...(options.calls && { aroundCalls: options.calls }),
  })
  const { app, context } = await served.serve(made)
  let open = true
  return {
    app,
    context,
    storage,
    clock,
    logged: served.logged,
    async close() {
      if (!open) return
      open = false
      if (options.ownApp || app.server.listening) await app.close()
      await closeContext(made)
      await served.giveBack()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Does the jobs that are due. No worker runs in a harness by itself. */
export async function doJobs({ context }: Pick<Harness, 'context'>): Promise<void> {
  const worker = createWorker(context, jobHandlers, jobNames, { look: false })
  await worker.settle()
  await worker.close()
}

export const alicePassword = 'correct horse battery'

/** An account; its password is `alicePassword` unless another is given. */
export async function addAccount(
  { context }: Pick<Harness, 'context'>,
  username = 'alice',
  more: {
    readonly password?: string
    readonly claims?: Record<string, unknown>
    readonly roles?: Account['roles']
  } = {},
): Promise<Account> {
  const account = await context.storage.accounts.insert({
    id: newUserId(),
    username,
    email: `${username}@example.com`,
    emailVerified: true,
    passwordHash: await context.passwords.hash(more.password ?? alicePassword),
    roles: more.roles ?? [],
    claims: more.claims ?? {},
  })
  if (typeof account === 'string') throw new Error(account)
  return account
}

/** A subscription key with this text; one that is there is made anew. */
export async function addSubscriptionKey(
  { storage }: Pick<Harness, 'storage'>,
  text: string,
  owner: UserId,
  more: Partial<SubscriptionKey> = {},
): Promise<string> {
  const key = newKey({ digest: keyDigest(text), owner, name: '', start: '', createdAt: null })
  await storage.subscriptionKeys.delete(key.id)
  await storage.subscriptionKeys.insert({ ...key, ...more })
  return text
}

export interface TestClient {
  readonly id: string
  readonly secret: string
}

export const callback = 'https://app.example/cb'

/** A registered client; confidential unless `token_endpoint_auth_method` is none. */
export async function addClient(
  { context }: Pick<Harness, 'context'>,
  metadata: Record<string, unknown> = {},
  more: { readonly id?: string; readonly ownerId?: Account['id'] } = {},
): Promise<TestClient> {
  const id = more.id ?? `app${randomText(9).replace(/[^A-Za-z0-9]/g, 'x')}`
  const secret = randomText(32)
  const document = clientMetadataSchema.parse({
    client_name: 'Meadow Journal',
    redirect_uris: [callback],
    grant_types: ['authorization_code', 'refresh_token', 'client_credentials'].filter(
      (grant) => metadata.token_endpoint_auth_method !== 'none' || grant !== 'client_credentials',
    ),
    scope: 'openid profile email offline_access basic readmeasurements writemeasurements',
    ...metadata,
  })
  const kept = {
    id: randomText(8),
    name: 'first',
    hash: sha256(secret),
    createdAt: context.clock.now(),
    expiresAt: null,
  }
  await context.storage.clients.insert({
    clientId: id,
    ownerId: more.ownerId ?? null,
    status: 'enabled',
    metadata: document,
    secrets: metadata.token_endpoint_auth_method === 'none' ? [] : [kept],
  })
  context.clients.forget()
  return { id, secret }
}

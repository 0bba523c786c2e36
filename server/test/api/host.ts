/** A small app around the resource API: real storage, a clock that is set, and a table of tokens. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Fastify, { type FastifyInstance, type FastifyRequest, type LightMyRequestResponse } from 'fastify'
import { onTestFinished } from 'vitest'
import type { ApiApps, ApiOptions } from '../../src/api/caller.ts'
import { registerApi } from '../../src/api/index.ts'
import type { ApiCaller } from '../../src/engine/access_tokens/api_caller.ts'
import type { Clock } from '../../src/lib/clock.ts'
import { reference } from '../../src/pages/docs/reference_view.tsx'
import { Refusal } from '../../src/protocol/refusal.ts'
import { createAppUseMeter } from '../../src/runtime/log/app_uses.ts'
import type { Account, NewAccount, Storage } from '../../src/storage/contract.ts'
import { en } from '../../src/words/en/index.ts'
import { openCopy, testSettings } from '../support/harness.ts'

export const issuer = 'http://localhost:3000'
export const start = Date.UTC(2030, 0, 31, 12, 0, 0)

export interface Host {
  readonly app: FastifyInstance
  readonly storage: Storage
  readonly ada: Account
  readonly bob: Account
  readonly clock: Clock & { time: number }
  /** Lines of the log so far. */
  readonly log: string[]
  /** What becomes of every further authentication: a Refusal is answered, all else is thrown. */
  failWith(error: unknown): void
  /** A request with a token, as JSON where there is a body. */
  call(method: string, url: string, token?: string, body?: unknown): Promise<LightMyRequestResponse>
}

const person = (name: string, rest: Partial<NewAccount> = {}): NewAccount => ({
  id: `usr_${name}`,
  username: name,
  email: `${name}@example.com`,
  emailVerified: true,
  passwordHash: null,
  roles: [],
  claims: {},
  ...rest,
})

async function insert(storage: Storage, account: NewAccount): Promise<Account> {
  const inserted = await storage.accounts.insert(account)
  if (typeof inserted === 'string') throw new Error(inserted)
  return inserted
}

/** There are no apps here; what is told of real ones is tested at the whole server. */
const noApps: ApiApps = {
  describe: async () => undefined,
  listConnected: async () => [],
  disconnect: async () => false,
}

/** An app with what it asks at each request, so that it serves one host after another. */
interface Place {
  readonly app: FastifyInstance
  readonly context: ApiOptions['context']
  readonly log: string[]
  readonly authenticate: ApiOptions['authenticate']
}

const idle: Place[] = []

async function newPlace(): Promise<Place> {
  const app = Fastify({
    logger: { level: 'error', stream: { write: (line: string) => void place.log.push(line) } },
    genReqId: () => 'request-1',
  })
  const settings = { ...testSettings, measurementsPerAccount: 5_000 }
  // The rest of it is the host's.
  const context = { settings } as ApiOptions['context']
  const place: Place = { app, context, log: [], authenticate: async () => undefined }
  await registerApi(app, {
    context,
    authenticate: (...asked) => place.authenticate(...asked),
    allowPages: () => (_request, _reply, done) => done(),
    apps: noApps,
    referencePage: async (_request, parts) => reference(parts)(en),
  })
  await app.ready()
  return place
}

export async function createHost(): Promise<Host> {
  const clock = {
    time: start,
    now() {
      return this.time
    },
  }
  const folder = mkdtempSync(join(tmpdir(), 'consentry-test-'))
  const opened = await openCopy(join(folder, 'consentry.db'), clock)
  let closed: Promise<void> | undefined
  // A test may close it before the host does.
  const storage: Storage = { ...opened, close: () => (closed ??= opened.close()) }
  const ada = await insert(
    storage,
    person('ada', { claims: { name: 'Ada Lovelace', picture: 'https://example.com/ada.png' }, roles: ['admin'] }),
  )
  const bob = await insert(storage, person('bob'))
  const tokens: Record<string, { account: Account; scope: string[] }> = {
    all: { account: ada, scope: ['basic', 'readmeasurements', 'writemeasurements'] },
    basic: { account: ada, scope: ['basic'] },
    read: { account: ada, scope: ['readmeasurements'] },
    readAndEmail: { account: ada, scope: ['readmeasurements', 'email'] },
    write: { account: ada, scope: ['writemeasurements'] },
    openid: { account: ada, scope: ['openid', 'email'] },
    bob: { account: bob, scope: ['basic', 'readmeasurements', 'writemeasurements'] },
  }
  let failure: unknown

  async function authenticate(request: FastifyRequest, scopes: readonly string[]): Promise<ApiCaller | Refusal> {
    if (failure instanceof Refusal) return failure
    if (failure !== undefined) throw failure
    const [, token] = /^Bearer (.+)$/.exec(request.headers.authorization ?? '') ?? []
    if (token === undefined) return new Refusal('token_missing')
    if (token === 'expired') return new Refusal('token_expired')
    const known = tokens[token]
    if (known === undefined) return new Refusal('token_not_ours')
    if (scopes.length > 0 && !scopes.some((scope) => known.scope.includes(scope))) {
      return new Refusal('scope_insufficient', { got: known.scope.join(' ') })
    }
    return { ...known, clientId: 'app', accessToken: token, expiresAt: start + 3_600_000, quota: undefined }
  }

  const log: string[] = []
  const place = idle.pop() ?? (await newPlace())
  Object.assign(place, { log, authenticate })
  const { app } = place
  Object.assign(place.context, { storage, appUses: createAppUseMeter(storage, storage.clock, app.log) })
  onTestFinished(async () => {
    if (app.server.listening) await app.close()
    else idle.push(place)
    await storage.close()
    rmSync(folder, { recursive: true, force: true })
  })

  return {
    app,
    storage,
    ada,
    bob,
    clock,
    log,
    failWith(error) {
      failure = error
    },
    call(method, url, token, body) {
      return app.inject({
        method: method as 'GET',
        url,
        headers: {
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
          ...(body !== undefined && { 'content-type': 'application/json' }),
        },
        ...(body !== undefined && { payload: typeof body === 'string' ? body : JSON.stringify(body) }),
      })
    },
  }
}

/** One measurement in the flat shape. */
export function flat(startTime: number | string, value: number, rest: Record<string, unknown> = {}) {
  return { variableName: 'Overall Mood', unitAbbreviatedName: '/5', sourceName: 'test', startTime, value, ...rest }
}

/** The composition root: settings → storage → runtime → one Fastify instance with dialects, pages and the API. */
import type { FastifyInstance } from 'fastify'
import { registerApis } from './api/index.ts'
import { drawBrand } from './brand_file.ts'
import { registerDialects } from './dialects/index.ts'
import { warnOfPasskeys } from './engine/account/passkeys/passkeys.ts'
import { setupIsOpen, setupToken } from './engine/account/sign_up.ts'
import { jobHandlers } from './engine/job_handlers.ts'
import { waitingApps } from './engine/operator/apps.ts'
import { beginStopping, leavePort, serving } from './http/connection/connections.ts'
import { createInstance, type Listening } from './http/instance.ts'
import { openManagement } from './http/management.ts'
import { registerOperations } from './http/operations.ts'
import { createLog, type Log } from './lib/log.ts'
import { mailerOf } from './open_mailer.ts'
import { openOwnStorage } from './open_storage.ts'
import { notFoundPage, referencePage, registerPages } from './pages/index.ts'
import { oauthErrorPage } from './pages/problem/problems.ts'
import { postPage } from './pages/sign_in/response/response.ts'
import type { Context } from './runtime/context.ts'
import { closeContext, createContext, startWork } from './runtime/lifecycle.ts'
import { traceParts } from './runtime/tracing/parts.ts'
import { engineSettings, type Settings } from './settings.ts'
import type { Storage } from './storage/contract.ts'
import { version } from './version.ts'

/** Every dialect, page and resource of a context in one Fastify instance that is not listening yet. */
export async function createApp(context: Context, listening: Listening = {}): Promise<FastifyInstance> {
  const readiness = listening.readiness ?? serving()
  const app = createInstance(context, { ...listening, readiness }, notFoundPage)
  registerOperations(app, context, readiness, version)
  await registerDialects(app, context, oauthErrorPage(context), postPage)
  await registerPages(app, context, version)
  await registerApis(app, { context, release: version }, referencePage)
  return app
}

export interface Server {
  readonly app: FastifyInstance
  readonly context: Context
  /** Starts listening, for metrics too where they are asked for; answers the address. */
  listen(): Promise<string>
  /** A link that makes the first administrator, while there is none. */
  setupUrl(): Promise<string | undefined>
  /** How many apps wait for the operator's approval. */
  waitingApps(): Promise<number>
  /** Says at /readyz that it stops, and ends each connection with its next answer; requests are still served. */
  drain(): void
  /** Leaves the port to other processes that listen on it, and ends each connection with its next answer. */
  leave(): void
  /** Refuses new work, finishes what is under way, closes the database. */
  close(): Promise<void>
}

/**
 * A whole server from its settings, not listening yet. Throws FolderInUse where another one runs on the same SQLite
 * file. `release` is what the other nodes are told.
 */
export async function createServer(
  settings: Settings,
  log: Log = createLog(settings.logLevel),
  release: string = version,
): Promise<Server> {
  const storage = await openOwnStorage(settings, log, release)
  try {
    return await serverOver({ settings, storage, log, release })
  } catch (error) {
    await storage.close()
    throw error
  }
}

async function serverOver(parts: {
  readonly settings: Settings
  readonly storage: Storage
  readonly log: Log
  readonly release: string
}): Promise<Server> {
  const { settings, log, release } = parts
  const { secrets } = settings
  const known = { ...engineSettings(settings), brand: await drawBrand(settings.brand) }
  const untraced = { storage: parts.storage, mailer: mailerOf(settings), handlers: jobHandlers }
  const { tracer, handlers, ...traced } = traceParts(untraced, { collector: settings.collector, log, release })
  const context = await createContext({ settings: known, secrets, log, ...traced })
  const readiness = serving()
  const management = settings.management && (await openManagement(context, readiness, release, tracer))
  const app = await createApp(context, { ...settings, readiness, metrics: management?.metrics, tracer })
  await warnOfPasskeys(context)
  const stopWork = await startWork(context, release, handlers)
  return {
    app,
    context,
    async listen() {
      await management?.app.listen(settings.management)
      return app.listen({ port: settings.port, host: settings.host })
    },
    async setupUrl() {
      if (!(await setupIsOpen(context))) return undefined
      return `${settings.issuer}/setup?token=${setupToken(context).token}`
    },
    waitingApps: async () => (await waitingApps(context)).length,
    drain: () => beginStopping(readiness),
    leave: () => leavePort(app, readiness),
    async close() {
      beginStopping(readiness)
      await app.close()
      await readiness.left
      await stopWork()
      await management?.app.close()
      await tracer?.close()
      await closeContext(context)
    },
  }
}

/** /healthz, /readyz and /version: what a supervisor asks. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Context } from '../runtime/context.ts'
import { networkClass } from '../runtime/limits/network.ts'
import { StorageUnavailable } from '../storage/contract.ts'
import type { Readiness } from './connection/connections.ts'

export function registerOperations(
  app: FastifyInstance,
  context: Context,
  readiness: Readiness,
  version: string,
): void {
  app.get('/healthz', (_request, reply) => {
    void reply.header('cache-control', 'no-store').send({ status: 'ok' })
  })

  app.get('/readyz', async (_request, reply) => {
    reply.header('cache-control', 'no-store')
    const problems = [...context.alarms.list()]
    let paused = false
    if (readiness.stopping) problems.push('stopping')
    try {
      await context.storage.ping()
      const restored = await context.storage.recovery.find()
      // The operator has yet to read what was lost with the database that the backup stands in for.
      if (restored?.unacknowledged) problems.push('restored_from_backup')
      paused = restored?.paused === true
      const providers = await context.providers.list()
      if (providers.some(({ provider }) => provider.secretUnreadable)) problems.push('provider_secret_unreadable')
    } catch (error) {
      if (!(error instanceof StorageUnavailable)) throw error
      problems.push('database_unreachable')
    }
    // What was lost since the start, and that nothing goes out since a restore, is told and keeps nobody away.
    const lost = { ...(paused && { paused }), ...lostSince(context), ...unansweredSince(context) }
    if (problems.length === 0) return { status: 'ready', ...lost }
    return reply.code(503).send({ status: 'not ready', problems, ...lost })
  })

  app.get('/version', (request, reply) => {
    const seen = seenOf(request, context.settings.issuer)
    void reply.header('cache-control', 'no-store').send({ name: 'consentry', version, node: process.version, seen })
  })
}

/**
 * What arrived of a request through the proxies, by which `doctor` finds one that is set up wrongly: whether it is to the
 * issuer's host and over https, whether a proxy that we trust said from whom it is, and the class of that address.
 */
function seenOf(request: FastifyRequest, issuer: string): Readonly<Record<string, boolean | string>> {
  const { host, hostname } = new URL(issuer)
  return {
    // Many proxies pass on the name of the host without a port ($host of nginx), which does no harm.
    host: [host, hostname].includes(request.host.toLowerCase()),
    https: request.protocol === 'https',
    forwarded: (request.ips?.length ?? 0) > 1,
    network: networkClass(request.ip),
  }
}

/** Passwords that were taken without an answer of the breach service, if any were. */
function unansweredSince({ breachedPasswords }: Context): { readonly breachChecksUnanswered?: number } {
  const count = breachedPasswords?.unanswered ?? 0
  return count > 0 ? { breachChecksUnanswered: count } : {}
}

/** Entries of the logs that were lost, if any were: by a full queue, or because the database would not take them. */
function lostSince({ audit, requests }: Context): { readonly lost?: Readonly<Record<string, number>> } {
  const lost = { audit_events: audit.dropped, requests: requests.dropped }
  return Object.values(lost).some((count) => count > 0) ? { lost } : {}
}

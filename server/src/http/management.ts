/**
 * What is for those who run the server and never on its public port: /metrics, with /healthz, /readyz and /version beside it.
 * It speaks http and asks for no password, so that it is bound to this machine unless the operator says otherwise.
 */
import { type FastifyInstance, fastify, LogController } from 'fastify'
import type { Logger } from 'pino'
import type { Context } from '../runtime/context.ts'
import { createMetrics, type Metrics } from '../runtime/metrics/metrics.ts'
import type { Tracer } from '../runtime/tracing/tracer.ts'
import type { Readiness } from './connection/connections.ts'
import { registerOperations } from './operations.ts'

export interface Management {
  /** Where requests are counted. */
  readonly metrics: Metrics
  /** Not listening yet. */
  readonly app: FastifyInstance
}

/** Begins to count, and makes what shows it. `version` is that of the program. */
export async function openManagement(
  context: Context,
  readiness: Readiness,
  version: string,
  tracer?: Tracer,
): Promise<Management> {
  const metrics = await createMetrics(context, version, tracer)
  const app = fastify({
    loggerInstance: context.log as Logger,
    logController: new LogController({ disableRequestLogging: true }),
    forceCloseConnections: true,
  }) as unknown as FastifyInstance
  app.addHook('onClose', async () => metrics.close())
  registerOperations(app, context, readiness, version)
  app.get('/metrics', async (_request, reply) => {
    const { type, body } = await metrics.text()
    return reply.header('cache-control', 'no-store').type(type).send(body)
  })
  app.setNotFoundHandler((_request, reply) => {
    void reply.code(404).send({ error: 'not_found', error_description: 'There is nothing at this path.' })
  })
  return { metrics, app }
}

/** Requests as numbers: each one by protocol, endpoint and outcome, and each refusal by its reason. */
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify'
import { second } from '../lib/clock.ts'
import type { Ended } from '../runtime/log/request_log.ts'
import type { Metrics } from '../runtime/metrics/metrics.ts'

/** By which protocol a route is spoken to, and what it is called: the first of its paths, without the values in them. */
export interface Served {
  readonly protocol: string
  readonly endpoint: string
}

type Outcome = 'answered' | 'refused' | 'fault'

const operations = new Set(['/healthz', '/readyz', '/version'])

/** Counts the requests to all routes that are registered after this. */
export function meterRequests(app: FastifyInstance, metrics: Metrics): void {
  app.addHook('onRoute', (route) => {
    route.onResponse = [...[route.onResponse ?? []].flat(), countOf(metrics, servedBy(route))]
  })
  const elsewhere = countOf(metrics, { protocol: 'none', endpoint: 'none' })
  app.addHook('onResponse', (request, reply, done) => {
    if (request.is404) elsewhere(request, reply, done)
    else done()
  })
}

/** What counts the requests to one route; what it needs for that is found once. */
function countOf(metrics: Metrics, { protocol, endpoint }: Served) {
  const took = metrics.timer('consentry_request_duration_seconds', { protocol, endpoint })
  const outcome = (name: Outcome) => metrics.counter('consentry_requests_total', { protocol, endpoint, outcome: name })
  const outcomes = { answered: outcome('answered'), refused: outcome('refused'), fault: outcome('fault') }
  const reasons = new Map<Ended['reason'], () => void>()
  return (request: FastifyRequest, reply: FastifyReply, done: () => void): void => {
    const { ended } = request
    if (ended !== undefined) {
      let refused = reasons.get(ended)
      if (refused === undefined) {
        refused = metrics.counter('consentry_refusals_total', { protocol, reason: ended })
        reasons.set(ended, refused)
      }
      refused()
    }
    outcomes[outcomeOf(ended, reply.statusCode)]()
    took(reply.elapsedTime / second)
    done()
  }
}

/** How a request ended, by its reason where it was refused or not decided. */
export function outcomeOf(ended: Ended['reason'] | undefined, status: number): Outcome {
  if (status >= 500 || ended === 'fault' || ended === 'unavailable') return 'fault'
  return ended !== undefined || status >= 400 ? 'refused' : 'answered'
}

/** By which protocol a route is spoken to, and under which name. */
export function servedBy({
  config,
  url = '',
}: Pick<RouteOptions, 'config'> & { readonly url?: string | undefined }): Served {
  if (config?.served !== undefined) return config.served
  if (operations.has(url)) return { protocol: 'operations', endpoint: url }
  // All versions of the API are one.
  const endpoint = url.replace(/^\/api\/v\d+(?=\/|$)/, '/api')
  return { protocol: /^\/api(?:\/|$)/.test(endpoint) ? 'api' : 'pages', endpoint }
}

/** The request log's entries for requests that ended in a fault, or whose body was not even read. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Context } from '../engine/context.ts'
import { startTrace, type Trace } from '../engine/request_log.ts'
import type { RulesetName } from '../engine/rules.ts'
import { undecided } from '../engine/undecided.ts'
import { formFrom, parseForm } from '../lib/form.ts'
import type { ClientId, Dialect } from '../protocol/names.ts'
import { Refusal } from '../protocol/refusal.ts'
import { fieldsOfForm, readFields } from './bodies.ts'
import { callerOf, queryOf } from './caller.ts'
import { undecidedReason } from './faults.ts'
import { decodeClient } from './token_form.ts'

/** What a route says of its entries in the request log. */
export interface Logged {
  readonly ruleset: RulesetName
  readonly dialect: Dialect
  /** The client of a protocol that has one only. */
  readonly clientId?: ClientId
}

declare module 'fastify' {
  interface FastifyContextConfig {
    logged?: Logged
  }
}

const traces = new WeakMap<FastifyRequest, Trace>()

/** Starts the trace of a request to a route that says how it is logged. */
export function beginTrace(request: FastifyRequest): Trace {
  const { logged } = request.routeOptions.config
  if (logged === undefined) throw new Error('undecided: the route does not say how it is logged')
  const path = request.url.split('?', 1)[0] ?? ''
  const trace = startTrace(path, request.method, callerOf(request, logged.dialect))
  trace.ruleset = logged.ruleset
  trace.clientId = logged.clientId
  traces.set(request, trace)
  return trace
}

/** Makes every route that says how it is logged leave an entry also where nothing was decided. */
export function logUndecided(app: FastifyInstance, context: Context): void {
  app.addHook('onSend', (request, reply, payload, done) => {
    const reason = undecidedReason(request)
    if (reason !== undefined && request.routeOptions.config.logged !== undefined) {
      const trace = traces.get(request) ?? beginTrace(request)
      const ended = { reason, why: undecided[reason].cause, detail: {} }
      const { statusCode } = reply
      // Nobody waits for the name: what is broken may be what it is looked up in.
      ownerOf(context, trace, request)
        .then(() => context.requests.record(trace, statusCode, ended))
        .catch(() => undefined)
    }
    done(null, payload)
  })
}

/** Names the client of a request that did not come far enough for it, where it says one. */
async function ownerOf(context: Context, trace: Trace, request: FastifyRequest): Promise<void> {
  if (trace.clientId !== undefined) return
  for (const id of await claimedIds(request)) {
    const client = await context.clients.find(id)
    trace.clientId = client?.id
    if (client !== undefined) return
  }
}

/** Who a request says to come from: by Basic, by its query, or by its body where that was read. */
async function claimedIds(request: FastifyRequest): Promise<readonly string[]> {
  const ids: (string | undefined)[] = []
  try {
    ids.push(decodeClient(request.headers.authorization, formFrom([])).clientId)
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
  }
  const query = parseForm(queryOf(request))
  const fields = [...(query === undefined ? [] : fieldsOfForm(query)), ...(await fieldsRead(request))]
  ids.push(...fields.filter(({ name }) => name === 'client_id' || name === 'clientId').map(({ value }) => value))
  return ids.filter((id) => id !== undefined).slice(0, 4)
}

async function fieldsRead(request: FastifyRequest) {
  const { body } = request
  if (typeof body === 'string') {
    const form = parseForm(body)
    return form === undefined ? [] : fieldsOfForm(form)
  }
  // A multipart body is read off the request itself, once.
  if (body === undefined || body === null || request.isMultipart?.() === true) return []
  return readFields(request).catch(() => [])
}

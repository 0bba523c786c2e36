/** The request log's entries for requests that ended in a fault, or whose body was not even read. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { type Begun, begunIn, clientIdOf } from '../engine/authorize/begun.ts'
import { formFrom, parseForm } from '../lib/form.ts'
import type { ClientId, Dialect } from '../protocol/names.ts'
import { Refusal } from '../protocol/refusal.ts'
import type { Context } from '../runtime/context.ts'
import type { RuleName, RulesetName } from '../runtime/log/rules.ts'
import { Trace } from '../runtime/log/trace.ts'
import { undecided } from '../runtime/log/undecided.ts'
import { type Field, fieldsOfForm, readFields } from './bodies/bodies.ts'
import { decodeClient } from './bodies/token_form.ts'
import { callerOf, queryOf } from './caller.ts'

/** What a route says of its entries in the request log. */
export interface Logged {
  readonly ruleset: RulesetName
  /** The rule under way from the start, where others were passed at authorize. */
  readonly rule?: RuleName
  readonly dialect: Dialect
  /** The client of a protocol that has one only. */
  readonly clientId?: ClientId
}

/** A page on which a person signs in, or agrees: part of the app's request that travels with it. */
export function loggedPage(rule: 'sign_in' | 'consent'): { readonly logged: Logged } {
  return { logged: { ruleset: 'authorize', rule, dialect: 'oauth' } }
}

declare module 'fastify' {
  interface FastifyContextConfig {
    logged?: Logged
  }
  interface FastifyRequest {
    /** Of a request to a route that says how it is logged, once it was begun. */
    trace: Trace | undefined
  }
}

/** Starts the trace of a request to a route that says how it is `logged`. */
export function beginTrace(request: FastifyRequest, logged = request.routeOptions.config.logged): Trace {
  if (logged === undefined) throw new Error('undecided: the route does not say how it is logged')
  const path = request.url.split('?', 1)[0] ?? ''
  const trace = new Trace(path, request.method, callerOf(request, logged.dialect), logged.ruleset)
  if (logged.rule !== undefined) trace.at(logged.rule)
  trace.client(logged.clientId)
  request.trace = trace
  return trace
}

/** Makes every route that says how it is logged leave an entry also where nothing was decided. */
export function logUndecided(app: FastifyInstance, context: Context): void {
  // Declared, so that a request has its place for them from the start.
  app.decorateRequest('trace', undefined)
  app.decorateRequest('undecided', undefined)
  app.addHook('onSend', (request, reply, payload, done) => {
    const reason = request.undecided
    if (reason !== undefined && request.routeOptions.config.logged !== undefined) {
      const trace = request.trace ?? beginTrace(request)
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
  const fields = await fieldsOf(request)
  const begun = fields.filter(({ name }) => sealed.has(name)).map(({ value }) => begunIn(context, value ?? ''))
  for (const one of begun) if (one !== undefined) tellBegun(trace, one)
  const ids = [basicId(request), ...fields.filter(({ name }) => claims.has(name)).map(({ value }) => value)]
  const claimed = [...ids, ...begun.map((one) => one && clientIdOf(one))]
  for (const id of claimed.filter((id) => id !== undefined).slice(0, 4)) {
    const client = await context.clients.find(id)
    trace.client(client?.id)
    if (client !== undefined) return
  }
}

const claims: ReadonlySet<string> = new Set(['client_id', 'clientId'])

/** The fields in which what an app has begun travels from page to page, and to a provider and back. */
const sealed: ReadonlySet<string> = new Set(['request', 'resume', 'again', 'state', 'link'])

/** Brings the rules in line with what was begun, which was checked when it came in. */
function tellBegun(trace: Trace, begun: Begun): void {
  if (begun.kind === 'page') return
  if (begun.kind === 'social') {
    trace.runs('social:login')
    trace.at('provider')
    return
  }
  const form = formFrom(begun.parameters)
  trace.skipAbsent({
    codeChallenge: form.get('code_challenge'),
    resources: form.all('resource'),
    prompt: form.all('prompt'),
    maxAge: form.has('max_age') ? 0 : undefined,
  })
}

/** The client that a request names by Basic. */
function basicId(request: FastifyRequest): string | undefined {
  try {
    return decodeClient(request.headers.authorization, formFrom([])).clientId
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return undefined
  }
}

/** What stands in the query of a request, and in its body where that was read. */
async function fieldsOf(request: FastifyRequest): Promise<readonly Field[]> {
  const query = parseForm(queryOf(request))
  return [...(query === undefined ? [] : fieldsOfForm(query)), ...(await fieldsRead(request))]
}

async function fieldsRead(request: FastifyRequest): Promise<readonly Field[]> {
  const { body } = request
  if (typeof body === 'string') {
    const form = parseForm(body)
    return form === undefined ? [] : fieldsOfForm(form)
  }
  // A multipart body is read off the request itself, once.
  if (body === undefined || body === null || request.isMultipart?.() === true) return []
  return readFields(request).catch(() => [])
}

/** The routes of the admin API, made from the table of operations: who is let in, how a request is read and answered. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { type AdminCaller, changesWithin, requireAdminCaller } from '../../engine/operator/admin_api/caller.ts'
import {
  claimKey,
  contextFor,
  type Expected,
  type KeptAnswer,
  type KeyClaim,
  keepAnswer,
  releaseKey,
  versionOf,
} from '../../engine/operator/admin_api/once.ts'
import { lowestRole, may } from '../../engine/operator/ranks.ts'
import { challenge, findToken } from '../../http/bearer_token.ts'
import { callerOf, queryOf } from '../../http/caller.ts'
import type { Answer } from '../../http/endpoint.ts'
import { sendAnswer } from '../../http/frame.ts'
import { Problem } from '../../http/problem_details.ts'
import { adminApiMetadata } from '../../http/resource_metadata.ts'
import { parseForm } from '../../lib/form.ts'
import { adminApiPath } from '../../protocol/endpoints.ts'
import { Refusal } from '../../protocol/refusal.ts'
import {
  type AdminContext,
  isChange,
  needsVersion,
  type Operation,
  type Outcome,
  type RawRequest,
} from './operation.ts'

/** Where the present version of the API is. */
export const basePath = `${adminApiPath}/v1`

/** Where its document is. */
export const documentPath = `${adminApiPath}/openapi.json`

/** A parameter of a path, as OpenAPI has it. */
const parameter = /\{([a-z_]+)\}/g

const decorator = 'adminCaller'

export function registerOperations(app: FastifyInstance, admin: AdminContext, operations: readonly Operation[]): void {
  app.decorateRequest(decorator, null)
  for (const one of operations) {
    app.route({
      method: one.method,
      url: `${basePath}${one.path.replaceAll(parameter, ':$1')}`,
      exposeHeadRoute: true,
      onRequest: async (request) => {
        request.setDecorator(decorator, await admit(admin, one, request))
      },
      handler: async (request, reply) => sendAnswer(reply, await answerTo(admin, one, request)),
    })
  }
}

/** The methods that the API takes at a path; undefined where there is nothing. */
export function methodsAt(operations: readonly Operation[], path: string): readonly string[] | undefined {
  if (path === documentPath) return ['GET', 'HEAD']
  const at = operations.filter((one) => patternOf(one.path).test(path))
  if (at.length === 0) return undefined
  return [...new Set(at.flatMap(({ method }) => (method === 'GET' ? ['GET', 'HEAD'] : [method])))]
}

const patterns = new Map<string, RegExp>()

function patternOf(path: string): RegExp {
  const known = patterns.get(path)
  if (known !== undefined) return known
  const made = new RegExp(`^${basePath}${path.replaceAll(parameter, '[^/]+')}$`)
  patterns.set(path, made)
  return made
}

/** Who calls, if they may do this. Before the body is read. Throws Refusal or Problem. */
async function admit({ context }: AdminContext, one: Operation, request: FastifyRequest): Promise<AdminCaller> {
  const caller = await requireAdminCaller(context, findToken(context.settings.issuer, request), callerOf(request))
  const scope = isChange(one) ? 'admin.write' : 'admin.read'
  if (caller.role === undefined) throw new Problem('not_allowed', 'This account does not run the server.')
  if (!caller.scope.includes(scope)) {
    throw new Refusal('scope_insufficient', { scope, got: caller.scope.join(' ') })
  }
  if (!may(caller.role, one.right)) throw new Problem('not_allowed', `This needs the role ${lowestRole(one.right)}.`)
  if (isChange(one) && caller.signInTooOld) throw signInAnew(context.settings, request)
  return caller
}

/** RFC 9470 §3. */
function signInAnew({ issuer }: AdminContext['context']['settings'], request: FastifyRequest): Problem {
  const error = 'insufficient_user_authentication'
  const text = 'Sign in again, with a second factor.'
  const refusal = new Refusal('sign_in_insufficient', { text, maxAge: changesWithin })
  const header = challenge(error, refusal, adminApiMetadata(issuer), request)
  return new Problem(error, { headers: { 'www-authenticate': header } })
}

async function answerTo(admin: AdminContext, one: Operation, request: FastifyRequest): Promise<Answer> {
  const caller = request.getDecorator<AdminCaller>(decorator)
  const raw = { params: request.params, query: queryIn(request), body: request.body }
  if (!isChange(one)) return show(admin, one, caller, raw)
  const expected = expectedBy(one, request, raw)
  const key = one.method === 'POST' ? keyIn(request) : undefined
  if (key === undefined) return change(admin, one, { caller, raw, expected })
  const { by, clientId } = caller
  const who = `${by.via} ${by.id} ${clientId}`
  const asked = JSON.stringify([request.url, request.body ?? null])
  const claim = await claimKey(admin.context, { who, route: `${one.method} ${request.url}`, key, asked })
  if ('status' in claim) return again(claim)
  return carryOut(admin, one, { caller, raw, expected, claim })
}

interface Change {
  readonly caller: AdminCaller
  readonly raw: RawRequest
  readonly expected: Expected | undefined
  readonly claim?: KeyClaim
}

/** A change under a claim: its answer is kept; where nothing came of it, the claim is given back. */
async function carryOut(
  admin: AdminContext,
  one: Operation,
  claimed: Change & { readonly claim: KeyClaim },
): Promise<Answer> {
  const { claim } = claimed
  let answer: Answer & { readonly kept?: string | undefined }
  try {
    answer = await change(admin, one, claimed)
  } catch (error) {
    await releaseKey(admin.context, claim)
    throw error
  }
  const { status, headers, body } = answer
  await keepAnswer(admin.context, claim, { status, headers, body: 'kept' in answer ? answer.kept : body })
  return answer
}

function again({ status, headers, body }: KeptAnswer): Answer {
  return { status, headers, ...(body === undefined ? {} : { body }) }
}

async function change(
  admin: AdminContext,
  one: Operation,
  { caller, raw, expected, claim }: Change,
): Promise<Answer & { readonly kept?: string }> {
  const { context, settle } = contextFor(admin.context, { expected, claim })
  const call = { ...admin, context, caller, by: caller.by, params: raw.params, query: raw.query, body: raw.body }
  const outcome = (await one.run(call, raw)) ?? {}
  await settle()
  const { status = 200, thing } = one
  if (status === 204) return { status, headers: noStore }
  const key =
    outcome.location === undefined ? one.keyOf(raw) : decodeURIComponent(outcome.location.split('/').at(-1) ?? '')
  const shown = thing === undefined || key === undefined ? undefined : await read(admin, thing, key)
  const body = { ...shown?.body, ...outcome.body }
  const headers = {
    ...json,
    ...shown?.headers,
    ...(outcome.location === undefined
      ? {}
      : { location: `${admin.context.settings.issuer}${basePath}${outcome.location}` }),
  }
  const kept = JSON.stringify(body)
  return { status, headers, body: JSON.stringify({ ...body, ...outcome.once }), kept }
}

async function show(admin: AdminContext, one: Operation, caller: AdminCaller, raw: RawRequest): Promise<Answer> {
  const call = { ...admin, caller, by: caller.by, params: raw.params, query: raw.query, body: raw.body }
  const outcome = await one.run(call, raw)
  if (outcome?.body !== undefined) {
    const headers = { ...json, ...linkTo(admin, one, raw, outcome) }
    return { status: 200, headers, body: JSON.stringify(outcome.body) }
  }
  if (outcome?.lines !== undefined) {
    const headers = { ...jsonLines, ...linkTo(admin, one, raw, outcome) }
    return { status: 200, headers, body: outcome.lines.map((line) => `${line}\n`).join('') }
  }
  const { thing } = one
  const key = one.keyOf(raw)
  if (thing === undefined || key === undefined) throw new Error(`admin API: ${one.id} answers nothing`)
  const { headers, body } = await read(admin, thing, key)
  return { status: 200, headers: { ...json, ...headers }, body: JSON.stringify(body) }
}

/** A thing with its version. The version is read first: of two at once it is the older one, and nobody overwrites unseen. */
async function read(admin: AdminContext, thing: NonNullable<Operation['thing']>, key: string) {
  const version = await versionOf(admin.context, { kind: thing.kind, key })
  const body = await thing.read(admin, key)
  if (body === undefined) throw new Problem('not_found')
  return { body, headers: { etag: `"${version ?? 'none'}"` } }
}

/** Where the next page of a list is (RFC 8288). */
function linkTo(
  { context }: AdminContext,
  { path }: Operation,
  raw: RawRequest,
  { next }: Outcome,
): Record<string, string> {
  if (next === undefined) return {}
  const query = new URLSearchParams({ ...(raw.query as Record<string, string>), cursor: next })
  const params = raw.params as Readonly<Record<string, string>>
  const here = path.replaceAll(parameter, (_, name: string) => encodeURIComponent(params[name] ?? ''))
  return { link: `<${context.settings.issuer}${basePath}${here}?${query}>; rel="next"` }
}

const noStore = { 'cache-control': 'no-store' } as const
const jsonLines = { 'content-type': 'application/x-ndjson', ...noStore } as const
const json = { 'content-type': 'application/json', ...noStore } as const

/** What the request says that it has read; undefined where the operation changes nothing with a version. Throws Problem. */
function expectedBy(one: Operation, request: FastifyRequest, raw: RawRequest): Expected | undefined {
  const { thing } = one
  const key = one.keyOf(raw)
  if (thing === undefined || key === undefined || !needsVersion(one)) return undefined
  const header = request.headers['if-match']
  if (header === undefined) throw new Problem('precondition_required')
  if (header.trim() === '*') return { kind: thing.kind, key, versions: undefined }
  // Weak validators never match here (RFC 9110 §13.1.1).
  const tags = [...header.matchAll(/(W\/)?"([^"]*)"/g)]
  const versions = tags.flatMap(([, weak, version = '']) => (weak === undefined ? [version] : []))
  if (!entityTags.test(header)) throw new Problem('bad_request', malformedTags)
  return { kind: thing.kind, key, versions }
}

const entityTags = /^ *(?:W\/)?"[\x21\x23-\x7e]*" *(?:, *(?:W\/)?"[\x21\x23-\x7e]*" *)*$/
const malformedTags = {
  detail: 'The If-Match header is malformed.',
  errors: [{ parameter: 'If-Match', detail: 'must be the ETag that was read, in its quotation marks' }],
}

function keyIn(request: FastifyRequest): string | undefined {
  const key = request.headers['idempotency-key']
  if (key === undefined) return undefined
  if (typeof key === 'string' && /^[\x21-\x7e]{1,255}$/.test(key)) return key
  const errors = [{ parameter: 'Idempotency-Key', detail: 'must be 1 to 255 printable characters without space' }]
  throw new Problem('bad_request', { detail: 'The Idempotency-Key is malformed.', errors })
}

/** The parameters of the address, each once. Throws Problem. */
function queryIn(request: FastifyRequest): Readonly<Record<string, string>> {
  const form = parseForm(queryOf(request))
  if (form === undefined) throw new Problem('bad_request', 'The query string is malformed.')
  const [repeated] = form.repeated
  if (repeated !== undefined) {
    throw new Problem('bad_request', { errors: [{ parameter: repeated, detail: 'came more than once' }] })
  }
  return Object.fromEntries(form.names.map((name) => [name, form.get(name) ?? '']))
}

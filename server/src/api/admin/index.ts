/**
 * The admin API: what the operator's acts are for programs. One table of operations, of which its routes, its OpenAPI document
 * and its tests are made.
 * Not here: what an act does (`engine/operator`) and who is let in (`engine/operator/admin_caller.ts`). Neighbours:
 * `../resources/`, the API of account holders, which it does not know; `http/` below. To add: an operation, its row in a file of
 * `resources/`.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type Barred, ChangeBarred } from '../../engine/operator/admin_api/once.ts'
import { NotAllowed, type Objection } from '../../engine/operator/ranks.ts'
import { challenge, isOfProof } from '../../http/bearer_token.ts'
import { type Ambiguity, ambiguityOf } from '../../http/bodies/i_json.ts'
import { type Answer, type Envelope, pathOf } from '../../http/endpoint.ts'
import { frame, sendAnswer } from '../../http/frame.ts'
import {
  faultAnswer,
  Problem,
  type ProblemDetail,
  type ProblemType,
  problemAnswer,
} from '../../http/problem_details.ts'
import { adminApiMetadata } from '../../http/resource_metadata.ts'
import { adminApiPath } from '../../protocol/endpoints.ts'
import type { Refusal } from '../../protocol/refusal.ts'
import type { EngineSettings } from '../../runtime/context.ts'
import type { AdminContext } from './operation.ts'
import { operations } from './operations.ts'
import { documentPath, methodsAt, registerOperations } from './router.ts'

/** Bytes of a body. */
const bodyLimit = 256 * 1024

/** Adds the API, its document and its metadata to `app`. */
export async function registerAdminApi(app: FastifyInstance, admin: AdminContext): Promise<void> {
  const { settings } = admin.context
  const envelope = adminEnvelope(settings)
  await app.register(async (scope) => {
    frame(scope, envelope)
    scope.addHook('onRoute', (route) => {
      route.bodyLimit = bodyLimit
    })
    takeJson(scope)
    registerDocument(scope, admin)
    registerOperations(scope, admin, operations)
  })
  await app.register(
    async (scope) => {
      frame(scope, envelope)
      const answer = (request: FastifyRequest, reply: FastifyReply) =>
        sendAnswer(reply, nothingTaken(settings, request))
      // Nothing is at this address, so the answer comes before anything of the request is read.
      scope.addHook('onRequest', async (request, reply) => answer(request, reply))
      scope.setNotFoundHandler(answer)
    },
    { prefix: adminApiPath },
  )
}

/** The answer at an address with nothing at it, or to a method that it does not take (RFC 9110 §15.5.6). */
function nothingTaken({ issuer }: EngineSettings, request: FastifyRequest): Answer {
  const methods = methodsAt(operations, pathOf(request))
  if (methods === undefined) return problemAnswer(issuer, 'not_found')
  return problemAnswer(issuer, 'method_not_allowed', { headers: { allow: methods.join(', ') } })
}

/** How deeply a body may be nested; that of an app has four levels. */
const deepest = 16

const ambiguities: Readonly<Record<Ambiguity, string>> = {
  repeated: 'The body has a member twice.',
  not_text: 'The body holds a character that cannot be stored.',
  deep: 'The body is nested too deeply.',
}

/** JSON alone that is not ambiguous, and in which no member is called like a prototype's. */
function takeJson(scope: FastifyInstance): void {
  const parse = scope.getDefaultJsonParser('error', 'error')
  scope.removeAllContentTypeParsers()
  scope.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    const text = String(body)
    if (text.trim() === '') return done(null, undefined)
    void parse(request, text, (error, parsed) => {
      const ambiguity = error === null ? ambiguityOf(text, deepest) : undefined
      if (ambiguity === undefined) done(error, parsed)
      else done(new Problem('bad_request', ambiguities[ambiguity]))
    })
  })
}

/** The OpenAPI document, for everybody: it names nothing of this server but its address. */
function registerDocument(scope: FastifyInstance, admin: AdminContext): void {
  let made: Promise<string> | undefined
  scope.get(documentPath, async (_request, reply) => {
    made ??= import('./openapi.ts').then(({ describe }) => JSON.stringify(describe(admin, operations)))
    return reply
      .headers({ 'content-type': 'application/json', 'cache-control': 'public, max-age=300' })
      .send(await made)
  })
}

const objections: Readonly<Record<Objection, string>> = {
  role: 'The role is too low for this.',
  own_account: 'Nobody changes their own account here. Use the account pages.',
  rank: 'The other account has the same role or a higher one.',
}

const barred: Readonly<Record<Barred, readonly [ProblemType, ProblemDetail?]>> = {
  gone: ['not_found'],
  changed: ['precondition_failed'],
  other_request: ['idempotency_key_reused'],
  under_way: ['request_under_way', { headers: { 'retry-after': '1' } }],
  answer_lost: ['answer_lost'],
}

/** The API's way to say no. */
function adminEnvelope(settings: EngineSettings): Envelope {
  const { issuer } = settings
  return {
    refuse: (refusal, request) => refuse(settings, refusal, request),
    own(error) {
      if (error instanceof Problem) return problemAnswer(issuer, error.type, error.more)
      if (error instanceof ChangeBarred) return problemAnswer(issuer, ...barred[error.why])
      if (!(error instanceof NotAllowed)) return undefined
      return problemAnswer(issuer, 'not_allowed', { detail: objections[error.objection] })
    },
    fault: (fault, _request, error) => faultAnswer(issuer, fault, error),
  }
}

/** Every refusal of a token is told with the challenge (RFC 6750 §3). */
function refuse({ issuer }: EngineSettings, refusal: Refusal, request: FastifyRequest) {
  const { error, text: detail } = refusal
  const own = error === 'invalid_request' || error === 'insufficient_scope' || error === 'temporarily_unavailable'
  if (error === 'temporarily_unavailable') return problemAnswer(issuer, 'unavailable', { detail })
  const code = own || isOfProof(refusal) ? error : 'invalid_token'
  const type = own
    ? ({ invalid_request: 'bad_request', insufficient_scope: 'insufficient_scope' } as const)[error]
    : 'invalid_token'
  const header = challenge(code, refusal, adminApiMetadata(issuer), request)
  return problemAnswer(issuer, type as ProblemType, { detail, headers: { 'www-authenticate': header } })
}

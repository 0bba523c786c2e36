/** The token endpoint under all of its older addresses, by GET and POST: decode → the pipeline → encode. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { PresentedClient } from '../../engine/client/client_authentication.ts'
import type { UnnamedClient } from '../../engine/token/client_of_credential.ts'
import { exchange } from '../../engine/token/token.ts'
import { decodeClient, decodeTokenRequest } from '../../http/bodies/token_form.ts'
import { beginTrace } from '../../http/undecided.ts'
import type { Form } from '../../lib/form.ts'
import { Refusal } from '../../protocol/refusal.ts'
import type { Context } from '../../runtime/context.ts'
import { basicCredentials, encodeTokens, keepPrivate, refuse, send } from './envelope.ts'
import { readParameters, requireOnce, type SentForm } from './parameters.ts'
import { tokenRoutes } from './paths.ts'

const logged = { ruleset: 'token', dialect: 'quantimodo' } as const

export function registerToken(app: FastifyInstance, context: Context): void {
  for (const url of tokenRoutes) {
    // A HEAD request would exchange the code and throw the answer away.
    app.route({
      method: ['GET', 'POST'],
      url,
      exposeHeadRoute: false,
      config: { logged },
      handler: (request, reply) => answer(context, request, reply),
    })
    app.route({ method: ['HEAD', 'PUT', 'PATCH', 'DELETE'], url, onRequest: refuseMethod, handler: refuseMethod })
  }
}

async function answer(context: Context, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const trace = beginTrace(request)
  keepPrivate(reply)
  let form: SentForm | undefined
  try {
    form = await readParameters(request)
    requireOnce(form, once)
    const tokenRequest = decodeTokenRequest(form, grantTypeOf(form))
    const minted = await exchange(context, presentedClient(request, form), tokenRequest, trace)
    context.requests.record(trace, 200)
    return reply.type('application/json').send(encodeTokens(minted))
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    // A request that was refused before its client was looked at still finds its owner.
    if (trace.clientId === undefined) trace.client((await context.clients.find(form?.get('client_id') ?? ''))?.id)
    context.requests.record(trace, error.status, error)
    return refuse(request, reply, error)
  }
}

const once: ReadonlySet<string> = new Set([
  'client_id',
  'client_secret',
  'client_assertion',
  'client_assertion_type',
  'grant_type',
  'code',
  'code_verifier',
  'redirect_uri',
  'refresh_token',
  'scope',
])

/** The documents of the oldest clients let them leave it out. A code beside a refresh token is a stray, never its use. */
function grantTypeOf(form: Form): string | undefined {
  const implied = form.has('refresh_token') ? 'refresh_token' : form.has('code') ? 'authorization_code' : undefined
  return form.get('grant_type') ?? implied
}

/** The client as the request shows it: by Basic, by its parameters, or not at all but for its code or refresh token. */
function presentedClient(request: FastifyRequest, form: Form): PresentedClient | UnnamedClient {
  const basic = basicCredentials(request)
  const named = basic !== undefined || form.has('client_id') || form.has('client_assertion')
  return named ? decodeClient(basic, form) : { secret: form.get('client_secret') }
}

async function refuseMethod(_request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  keepPrivate(reply).header('allow', 'GET, POST, OPTIONS')
  return send(reply, 405, 'invalid_request', 'This endpoint takes GET and POST.')
}

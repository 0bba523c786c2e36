/**
 * The password token door: username and password for an opaque token of forty hex digits, in one request. Its client is
 * built in; there is nothing else to authenticate.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { hasAccount } from '../../engine/account/accounts.ts'
import { exchange } from '../../engine/token/token.ts'
import { takeBodies } from '../../http/bodies/bodies.ts'
import { refuseOtherPages } from '../../http/browser/other_pages.ts'
import { faultOf } from '../../http/faults.ts'
import { guardOlderDoor } from '../../http/legacy_dialect.ts'
import { beginTrace } from '../../http/undecided.ts'
import { seconds } from '../../lib/clock.ts'
import { Refusal } from '../../protocol/refusal.ts'
import type { Context } from '../../runtime/context.ts'
import { passwordTokenDoor } from '../../runtime/kept/builtin_clients.ts'
import { type Decoded, decodeRequest } from './decode.ts'
import { errorBody, type Problem, problem, problemOf, sendPretty, statusOf } from './envelope.ts'

/** With and without the slash that older web servers insisted on, and the path that the documents name by mistake. */
const tokenPaths = ['/v1/oauth/', '/v1/oauth', '/v1/oauth/index.php', '/v1/add/index.php']

const logged = {
  ruleset: 'token:password',
  dialect: 'password_token',
  clientId: passwordTokenDoor.clientId,
} as const

const otherMethods = ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE']

/** Registers the door's endpoints. */
export async function registerPasswordToken(app: FastifyInstance, context: Context): Promise<void> {
  const { passwordTokenStatus: plain, development } = context.settings

  function sendProblem(reply: FastifyReply, what: Problem, debug?: Readonly<Record<string, string>>): FastifyReply {
    return sendPretty(reply, statusOf(what, plain), errorBody(what, debug))
  }

  async function issueToken(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const trace = beginTrace(request)
    let decoded: Decoded | undefined
    try {
      await refuseOtherPages(context, request)
      decoded = await decodeRequest(request)
      const client = { method: 'none', clientId: passwordTokenDoor.clientId } as const
      const { accessToken, grant } = await exchange(context, client, decoded.token, trace)
      context.requests.record(trace, 200)
      const data = { access_token: accessToken, expiry: seconds(grant.expiresAt) }
      return sendPretty(reply, 200, { success: true, data })
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      const what = problemOf(error)
      context.requests.record(trace, statusOf(what, plain), error)
      if (error.detail.retryAfter !== undefined) reply.header('retry-after', String(error.detail.retryAfter))
      return sendProblem(reply, what, decoded?.debug && development ? await explain(decoded, error) : undefined)
    }
  }

  /** The documented debug object. It tells who has an account, so it is for a machine of one's own. */
  async function explain({ token }: Decoded, refusal: Refusal): Promise<Record<string, string>> {
    if (refusal.reason !== 'password_wrong') return {}
    if (await hasAccount(context, token.username)) return { password: 'Password incorrect' }
    return { username: 'Username not found' }
  }

  await app.register(async (scope) => {
    await takeBodies(scope)
    guardOlderDoor(scope, context, 'password_token', (_request, reply, text) => {
      const what = problem(5404, { status: 410, message: text })
      return sendProblem(reply, what)
    })
    scope.setErrorHandler((error, request, reply) => {
      if (error instanceof Refusal) return sendProblem(reply, problemOf(error))
      const fault = faultOf(error, request)
      if (fault.retryAfter !== undefined) reply.header('retry-after', String(fault.retryAfter))
      return sendProblem(reply, problem(fault.status < 500 ? 2400 : 5501, { status: fault.status }))
    })
    for (const url of tokenPaths) {
      scope.post(url, { config: { logged } }, issueToken)
      const unsupported = async (_request: FastifyRequest, reply: FastifyReply) =>
        sendProblem(reply.header('allow', 'POST'), problem(3100))
      // Before the body is read: what is wrong is the method, whatever the body is.
      scope.route({ method: otherMethods, url, onRequest: unsupported, handler: unsupported })
    }
    const unknown = async (request: FastifyRequest, reply: FastifyReply) => {
      const path = request.url.split('?', 1)[0]?.slice('/v1'.length, 200) ?? ''
      return sendProblem(reply, problem(2600, { message: `Unknown path components: ${path}` }))
    }
    scope.route({ method: [...otherMethods, 'POST'], url: '/v1/*', onRequest: unknown, handler: unknown })
  })
}

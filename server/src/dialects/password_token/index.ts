/**
 * The password token protocol: username and password for an opaque token of forty hex digits, in one request. Its client
 * is built in; there is nothing else to authenticate.
 * Not here: whether the password is right (`engine/token/grants/password.ts`). Neighbours: the other dialects, which it
 * does not know. To add: a documented error, its number in `envelope.ts`.
 */

import type { FastifyRequest } from 'fastify'
import { hasAccount } from '../../engine/account/accounts.ts'
import { exchange } from '../../engine/token/token.ts'
import { type Answer, type Endpoint, type Protocol, pathOf, type Surface } from '../../http/endpoint.ts'
import { seconds } from '../../lib/clock.ts'
import { passwordClients } from '../../protocol/dialects.ts'
import type { Refusal } from '../../protocol/refusal.ts'
import type { Context } from '../../runtime/context.ts'
import { decodeRequest } from './decode.ts'
import { encodeProblem, pretty, problem, problemOf, wasDecoded } from './envelope.ts'

const { clientId } = passwordClients.password_token

export function passwordToken({ settings }: Context): readonly Surface[] {
  const { passwordTokenStatus: plain, development } = settings
  const protocol: Protocol = {
    dialect: 'password_token',
    refuse: (refusal) => encodeProblem(problemOf(refusal), plain),
    fault({ status }) {
      const code = status === 405 ? 3100 : status < 500 ? 2400 : 5501
      return encodeProblem(problem(code, { status }), plain)
    },
  }
  const token: Endpoint = {
    // With and without the slash that older web servers insisted on, and the path that the documents name by mistake.
    paths: ['/v1/oauth/', '/v1/oauth', '/v1/oauth/index.php', '/v1/add/index.php'],
    methods: ['POST'],
    pages: 'apps',
    noOtherPages: true,
    logged: { ruleset: 'token:password', clientId },
    async answer({ context, request, trace }) {
      const { token } = await decodeRequest(request)
      const { accessToken, grant } = await exchange(context, { method: 'none', clientId }, token, trace)
      return pretty(200, { success: true, data: { access_token: accessToken, expiry: seconds(grant.expiresAt) } })
    },
    async refuse(refusal, { context, request }) {
      const debug = development && wasDecoded(refusal) ? await explain(context, request, refusal) : undefined
      return encodeProblem(problemOf(refusal), plain, debug)
    },
  }
  const unknown = (request: FastifyRequest): Answer => {
    const message = `Unknown path components: ${pathOf(request).slice('/v1'.length, 200)}`
    return encodeProblem(problem(2600, { message }), plain)
  }
  return [{ protocol, bodies: 'every kind', endpoints: [token], fixed: [{ paths: ['/v1/*'], answer: unknown }] }]
}

/** The documented debug object, where it was asked for. It tells who has an account, so it is for a machine of one's own. */
async function explain(context: Context, request: FastifyRequest, { reason }: Refusal): Promise<object | undefined> {
  const { token, debug } = await decodeRequest(request)
  if (!debug) return undefined
  if (reason !== 'password_wrong') return {}
  if (await hasAccount(context, token.username)) return { password: 'Password incorrect' }
  return { username: 'Username not found' }
}

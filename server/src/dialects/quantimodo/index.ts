/** The QuantiModo / CureDAO dialect: the documented OAuth2 of its older clients, over the one grant core. */
import type { FastifyInstance } from 'fastify'
import type { ErrorPage } from '../../http/authorize_flow.ts'
import { takeBodies } from '../../http/bodies/bodies.ts'
import { guardOlderDoor } from '../../http/legacy_dialect.ts'
import type { Context } from '../../runtime/context.ts'
import { registerAuthorize } from './authorize.ts'
import { failed, send } from './envelope.ts'
import { registerSocialTokens } from './social.ts'
import { registerToken } from './token.ts'

/** Registers the door's endpoints. */
export async function registerQuantimodo(app: FastifyInstance, context: Context, errorPage: ErrorPage): Promise<void> {
  await registerAuthorize(app, context, errorPage)
  await app.register(async (scope) => {
    await takeBodies(scope)
    scope.setErrorHandler(failed)
    guardOlderDoor(scope, context, 'quantimodo', (_request, reply, text) =>
      send(reply, reply.statusCode, 'invalid_request', text),
    )
    registerToken(scope, context)
    registerSocialTokens(scope, context)
  })
}

/** The QuantiModo / CureDAO dialect: the documented OAuth2 of its older clients, over the one grant core. */
import type { FastifyInstance } from 'fastify'
import type { Context } from '../../engine/context.ts'
import { takeBodies } from '../../http/bodies.ts'

/** Registers the door's endpoints. */
export async function registerQuantimodo(app: FastifyInstance, _context: Context): Promise<void> {
  await app.register(async (scope) => {
    await takeBodies(scope)
  })
}

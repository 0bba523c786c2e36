/** Requests that carry nothing, whatever type their nothing is declared to be. */
import type { FastifyInstance } from 'fastify'

/**
 * Takes the content type from requests without a body, so that no parser refuses it. Generated clients declare JSON on
 * every request (RFC 9110 §8.3: a type is that of a representation, and there is none).
 */
export function ignoreTypeOfNothing(app: FastifyInstance): void {
  app.addHook('onRequest', ({ headers }, _reply, done) => {
    const carries = headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
    if (!carries) delete headers['content-type']
    done()
  })
}

/** How many header fields a request may have. Their length together is limited by Node, to 16 kB. */
import type { FastifyInstance } from 'fastify'

/** Far more than a browser and a chain of proxies send. */
const mostHeaders = 200

/** Refuses requests with more fields than anybody sends. Beyond two thousand Node would leave some out without a word. */
export function limitHeaders(app: FastifyInstance): void {
  app.addHook('onRequest', ({ raw }, reply, done) => {
    // Names and values stand in turn.
    if (raw.rawHeaders.length <= mostHeaders * 2) return done()
    void reply
      .code(431)
      .header('connection', 'close')
      .send({ error: 'invalid_request', error_description: `The request has more than ${mostHeaders} header fields.` })
  })
}

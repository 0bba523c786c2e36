/**
 * Pages that are fetched before anybody has clicked (`Sec-Purpose: prefetch`, also with `prerender`). Nobody has decided to
 * come here, so nothing is checked, issued or set: the browser is told to ask again when somebody does.
 */
import type { FastifyInstance } from 'fastify'

/** Puts the answer in front of every route of the scope. */
export function refusePrefetch(app: FastifyInstance): void {
  app.addHook('onRequest', async (request, reply) => {
    const purpose = [request.headers['sec-purpose'] ?? []].flat().join(',')
    if (!/\b(prefetch|prerender)\b/i.test(purpose)) return
    await reply
      .code(503)
      .header('cache-control', 'no-store')
      .header('referrer-policy', 'no-referrer')
      .type('text/plain; charset=utf-8')
      .send('Not in advance.\n')
  })
}

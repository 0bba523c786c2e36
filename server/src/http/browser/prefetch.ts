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
      .type('text/plain; charset=utf-8')
      .send('Not in advance.\n')
  })
}

/** Answers HEAD at the paths of authorize: it may not decide anything, and has nothing to show (RFC 9110 §15.5.6). */
export function refuseHead(app: FastifyInstance, path: string): void {
  app.head(path, (_request, reply) =>
    reply.code(405).header('allow', 'GET, POST').header('cache-control', 'no-store').send(),
  )
}

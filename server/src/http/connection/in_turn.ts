/**
 * The requests of one connection. A client may send the next before the answer to the one before (RFC 9112 §9.3.2), but it
 * is served after it: whoever has to wait for an answer, as the rest of us do, cannot have a thousand more under way
 * meanwhile. Browsers and libraries for HTTP never send that way.
 */
import type { Socket } from 'node:net'
import type { FastifyInstance, FastifyReply } from 'fastify'

/** How many may wait on one connection. One more ends it; a client sends again what was not answered (RFC 9112 §9.3.2). */
const mostWaiting = 100

/** Serves the requests of each connection one after another. What waits on one that has ended is not begun. */
export function serveInTurn(app: FastifyInstance): void {
  /** The newest answer on each connection; those before it have ended when it has. */
  const newest = new WeakMap<Socket, FastifyReply['raw']>()
  const waiting = new WeakMap<Socket, number>()

  app.addHook('onRequest', (request, { raw: answer }, done) => {
    const { socket } = request.raw
    const before = newest.get(socket)
    newest.set(socket, answer)
    if (before === undefined || before.closed) {
      done()
      return
    }
    const others = waiting.get(socket) ?? 0
    if (others >= mostWaiting) {
      socket.destroy()
      return
    }
    waiting.set(socket, others + 1)
    before.once('close', () => {
      waiting.set(socket, (waiting.get(socket) ?? 1) - 1)
      if (!socket.destroyed) done()
    })
  })
}

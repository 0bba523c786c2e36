/**
 * The requests of one connection. A client may send the next before the answer to the one before (RFC 9112 §9.3.2), but it
 * is served after it: whoever has to wait for an answer, as the rest of us do, cannot have a thousand more under way
 * meanwhile. Browsers and libraries for HTTP never send that way.
 */
import type { Socket } from 'node:net'
import type { FastifyInstance } from 'fastify'

/** How many may wait on one connection. One more ends it; a client sends again what was not answered (RFC 9112 §9.3.2). */
const mostWaiting = 100

/** Serves the requests of each connection one after another. What waits on one that has ended is not begun. */
export function serveInTurn(app: FastifyInstance): void {
  /** What waits on each connection with a request under way. */
  const waiting = new WeakMap<Socket, (() => void)[]>()

  function goOn(socket: Socket): void {
    const next = socket.destroyed ? undefined : waiting.get(socket)?.shift()
    if (next === undefined) waiting.delete(socket)
    else next()
  }

  app.addHook('onRequest', (request, reply, done) => {
    const { socket } = request.raw
    reply.raw.once('close', () => goOn(socket))
    const queue = waiting.get(socket)
    if (queue === undefined) {
      waiting.set(socket, [])
      done()
    } else if (queue.length < mostWaiting) queue.push(done)
    else socket.destroy()
  })
}

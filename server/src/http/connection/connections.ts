/**
 * The connections of a server that is told to stop: those on which nothing is under way end at once, the others with
 * the answer that they wait for.
 */
import type { Socket } from 'node:net'
import type { FastifyInstance } from 'fastify'

/** How long answers may take once the server stops, in milliseconds; then their connections are cut. */
const patience = 8000

/** Ends connections when `app` closes. Without this a client that says nothing would keep the process from ending. */
export function endConnectionsOnClose(app: FastifyInstance): void {
  /** By the address of the client, so that the socket of a finished TLS handshake takes the place of the one below it. */
  const open = new Map<string, Socket>()
  /** Weak: what still waits on a connection that its client ends is never told so. */
  const busy = new WeakMap<Socket, number>()
  let stopping = false

  const opened = (socket: Socket) => {
    const client = `${socket.remoteAddress} ${socket.remotePort}`
    if (stopping) {
      socket.destroy()
      return
    }
    open.set(client, socket)
    socket.once('close', () => {
      if (open.get(client) === socket) open.delete(client)
    })
  }
  const { server } = app
  server.on('connection', opened)
  server.on('secureConnection', opened)
  server.on('request', ({ socket }, response) => {
    busy.set(socket, (busy.get(socket) ?? 0) + 1)
    response.once('close', () => {
      const left = (busy.get(socket) ?? 1) - 1
      if (left > 0) busy.set(socket, left)
      else {
        busy.delete(socket)
        if (stopping) socket.destroySoon()
      }
    })
  })

  app.addHook('preClose', (done) => {
    stopping = true
    for (const socket of open.values()) if (!busy.has(socket)) socket.destroy()
    const late = setTimeout(() => {
      for (const socket of open.values()) socket.destroy()
    }, patience)
    server.once('close', () => clearTimeout(late))
    done()
  })
}

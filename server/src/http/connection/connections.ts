/**
 * The connections of a server that is told to stop. While it drains, each ends with its next answer; then those on which
 * nothing is under way end at once, the others with the answer that they wait for. The room is about sockets and bytes.
 * Not here: what stands in a request. Neighbours: `../instance.ts`, which puts these around one Fastify instance. To
 * add: what holds for every connection, a file here.
 */
import { once } from 'node:events'
import { Server as NetServer, type Socket } from 'node:net'
import type { FastifyInstance, FastifyReply } from 'fastify'

type Answer = FastifyReply['raw']

/** How long answers may take once the server stops, in milliseconds; then their connections are cut. */
const patience = 8000

/** Whether the server still takes part, as proxies and clients are told it. */
export interface Readiness {
  /** Set once the process has been told to stop: it is not ready. */
  stopping: boolean
  /**
   * Set with `stopping`, and where other processes go on on the same port: the client that is told goes elsewhere with its
   * next request, before this connection could close below it (RFC 9112 §9.6).
   */
  endsConnections: boolean
  /** Resolves when the last connection has ended of a server that has left its port. */
  left?: Promise<unknown>
}

/** Of a server that nobody has told anything. */
export function serving(): Readiness {
  return { stopping: false, endsConnections: false }
}

/** Says that the server stops; requests are still served. */
export function beginStopping(readiness: Readiness): void {
  readiness.stopping = true
  readiness.endsConnections = true
}

/** Leaves the port to other processes that listen on it. */
export function leavePort({ server }: FastifyInstance, readiness: Readiness): void {
  readiness.endsConnections = true
  readiness.left = once(server, 'close')
  // Not the server's own `close`, which would also cut the connections on which nothing is under way.
  NetServer.prototype.close.call(server)
}

/** Ends connections when `app` closes. Without this a client that says nothing would keep the process from ending. */
export function endConnectionsOnClose(app: FastifyInstance): void {
  /** By the address of the client, so that the socket of a finished TLS handshake takes the place of the one below it. */
  const open = new Map<string, Socket>()
  /** The newest answer on each connection; those before it have ended when it has (RFC 9112 §9.3.2). */
  const newest = new WeakMap<Socket, Answer>()
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
    newest.set(socket, response)
    if (stopping) endBehind(response, socket)
  })

  function endBehind(response: Answer, socket: Socket): void {
    response.once('close', () => {
      if (newest.get(socket) === response) socket.destroySoon()
    })
  }

  app.addHook('preClose', (done) => {
    stopping = true
    for (const socket of open.values()) {
      const response = newest.get(socket)
      if (response === undefined || response.closed) socket.destroy()
      else endBehind(response, socket)
    }
    const late = setTimeout(() => {
      for (const socket of open.values()) socket.destroy()
    }, patience)
    server.once('close', () => clearTimeout(late))
    done()
  })
}

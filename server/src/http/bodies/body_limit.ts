/**
 * One byte limit for every request body, however it is framed, and the end of a connection whose body nobody reads.
 * What is announced is judged before anything else; what is not announced is counted as it arrives.
 */
import type { FastifyInstance, FastifyRequest, RouteOptions } from 'fastify'

/** Bytes of a body where a route says nothing else. */
export const defaultBodyLimit = 64 * 1024

/** After an answer that came before the end of the body we listen on for so many bytes, and looks of 20 ms each. */
const lingerBytes = 1024 * 1024
const lingerLooks = 50
const lingerLook = 20

/** The body is larger than its route takes. A broken request to the error handlers (RFC 9110 §15.5.14). */
export class BodyTooLarge extends Error {
  override readonly name = 'BodyTooLarge'
  readonly statusCode = 413
}

/** Bytes that the route of a request takes. */
function bodyLimitOf(request: FastifyRequest): number {
  return request.routeOptions.bodyLimit ?? defaultBodyLimit
}

/** The sentence of a 413; it names the limit. */
export function tooLargeText(request: FastifyRequest): string {
  return `The request body is larger than ${sizeText(bodyLimitOf(request))}.`
}

/** A number of bytes as people read it. */
export function sizeText(bytes: number): string {
  if (bytes % 1_000_000 === 0) return `${bytes / 1_000_000} MB`
  return bytes % 1024 === 0 ? `${bytes / 1024} kB` : `${bytes} bytes`
}

/** Puts the limit in front of every route of `app`. */
export function limitBodies(app: FastifyInstance): void {
  const routes: RouteOptions[] = []
  app.addHook('onRoute', (route) => void routes.push(route))
  // What every route takes is let through without a look at its own: Fastify puts the options together at each look.
  let least: number | undefined
  app.addHook('onRequest', (request, reply, done) => {
    least ??= Math.min(defaultBodyLimit, ...routes.map(({ bodyLimit = defaultBodyLimit }) => bodyLimit))
    const length = Number(request.headers['content-length'] ?? 0)
    if (length <= least || length <= bodyLimitOf(request)) return done()
    reply.header('connection', 'close')
    done(new BodyTooLarge())
  })
  app.addHook('onSend', (request, reply, payload, done) => {
    // What is answered at once is answered before Node says of a request without a body that it has come to its end.
    if (request.raw.complete === false && hasBody(request)) {
      reply.header('connection', 'close')
      closeWithoutReading(request)
    }
    done(null, payload)
  })
}

/** Whether a body was announced (RFC 9112 §6.3). */
function hasBody({ headers }: FastifyRequest): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
}

/**
 * Node would read the rest of the body, however long, to keep the connection. Ours ends; but only after the client had
 * a moment to read its answer, because closing on unread bytes takes the answer away (RFC 9112 §9.6).
 */
function closeWithoutReading({ raw: { socket } }: FastifyRequest): void {
  socket.destroySoon = () => {
    socket.end()
    const most = socket.bytesRead + lingerBytes
    let looks = 0
    const look = setInterval(() => {
      if (++looks >= lingerLooks || socket.bytesRead > most) socket.destroy()
    }, lingerLook)
    look.unref()
    socket.once('close', () => clearInterval(look))
  }
}

/** Counts what arrives of a body that a parser reads off the request itself; rejects once it is too much. */
export function tooMuchArrives(request: FastifyRequest): Promise<never> {
  const limit = bodyLimitOf(request)
  let size = 0
  return new Promise((_resolve, reject) => {
    request.raw.on('data', function count(chunk: Buffer) {
      size += chunk.length
      if (size <= limit) return
      request.raw.off('data', count)
      request.raw.unpipe()
      request.raw.pause()
      reject(new BodyTooLarge())
    })
  })
}

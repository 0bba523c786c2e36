/** Who is calling, read off an HTTP request. The proxy headers were judged by Fastify's trustProxy before. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Caller } from '../runtime/context.ts'

/** The caller of a request. */
export function callerOf(request: FastifyRequest): Caller {
  return {
    requestId: request.id,
    address: request.ip,
    userAgent: request.headers['user-agent']?.slice(0, 500) ?? null,
  }
}

/** The raw query string of a request, without the question mark. */
export function queryOf(request: FastifyRequest): string {
  const cut = request.url.indexOf('?')
  return cut < 0 ? '' : request.url.slice(cut + 1)
}

/** The body as text, as the form parser of our plugins leaves it. */
export function bodyText(request: FastifyRequest): string {
  return typeof request.body === 'string' ? request.body : ''
}

/** Makes a scope take urlencoded bodies only, as text; what is in them is for strict readers (RFC 6749 Appendix B). */
export function takeForms(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) => {
    done(null, body)
  })
}

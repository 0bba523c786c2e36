/** Who is calling, read off an HTTP request. The proxy headers were judged by Fastify's trustProxy before. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { type Form, parseForm } from '../lib/form.ts'
import { Refusal } from '../protocol/refusal.ts'
import type { Caller } from '../runtime/context.ts'

/** The caller of a request. */
export function callerOf(request: FastifyRequest): Caller {
  return {
    requestId: request.id,
    address: request.ip,
    // An empty one says as little as none.
    userAgent: request.headers['user-agent']?.slice(0, 500) || null,
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

/** The parameters in the query string. Throws parameter_malformed. */
export function queryForm(request: FastifyRequest): Form {
  return formIn(queryOf(request))
}

/** The parameters in an urlencoded body. Throws parameter_malformed. */
export function bodyForm(request: FastifyRequest): Form {
  return formIn(bodyText(request))
}

function formIn(text: string): Form {
  const form = parseForm(text)
  if (form === undefined) throw new Refusal('parameter_malformed')
  return form
}

/** Makes a scope take urlencoded bodies only, as text; what is in them is for strict readers (RFC 6749 Appendix B). */
export function takeForms(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) => {
    done(null, body)
  })
}

/** Callers of authorize that are programs, not browsers: they take JSON alone, and cannot show anybody a page. */
import type { FastifyRequest } from 'fastify'
import { queryOf } from '../../http/caller.ts'
import { pathOf } from '../../http/endpoint.ts'
import { decode } from '../../lib/form.ts'
import { spellingsOf } from './parameters.ts'

const pages: ReadonlySet<string> = new Set(['text/html', 'application/xhtml+xml', 'text/*', '*/*'])

/** Whether the Accept header takes JSON and no page. */
export function wantsJson(request: FastifyRequest): boolean {
  const accepted = (request.headers.accept ?? '')
    .split(',')
    .map((range) => range.split(';', 1)[0]?.trim().toLowerCase())
  return accepted.includes('application/json') && !accepted.some((type) => type !== undefined && pages.has(type))
}

/** What must not be handed on in an address. */
const confidential: ReadonlySet<string> = new Set([
  ...spellingsOf('client_secret'),
  'client_assertion',
  'token',
  'access_token',
  'accessToken',
  'quantimodo_access_token',
  'quantimodoAccessToken',
  'sessionToken',
])

/** The same request as an address of ours that a person can open, without what is secret in it. */
export function loginUrl(issuer: string, request: FastifyRequest): string {
  const query = queryOf(request)
    .split('&')
    .filter((piece) => piece !== '' && !confidential.has(decode(piece.split('=', 1)[0] ?? '') ?? ''))
    .join('&')
  return `${issuer}${pathOf(request)}${query === '' ? '' : `?${query}`}`
}

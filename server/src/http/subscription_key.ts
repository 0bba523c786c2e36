/** Where the clients of the JWT login put their subscription key. */
import type { FastifyRequest } from 'fastify'
import { parseForm } from '../lib/form.ts'
import { queryOf } from './caller.ts'

/** The key in the header of this version, in that of the first, or in the query string; the first that is there. */
export function presentedKey(request: FastifyRequest): string | undefined {
  for (const name of ['subscription-key', 'ocp-apim-subscription-key']) {
    const value = request.headers[name]
    if (value !== undefined) return String(value)
  }
  return parseForm(queryOf(request))?.get('subscription-key')
}

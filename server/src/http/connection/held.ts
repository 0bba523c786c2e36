/** Whether the caller has what it asks for already (RFC 9110 §13.1.2). */
import type { FastifyRequest } from 'fastify'

/** Whether `etag` is among those that the caller holds; a weak one is as good. */
export function isHeld({ headers }: Pick<FastifyRequest, 'headers'>, etag: string): boolean {
  const held = headers['if-none-match']
  if (held === undefined) return false
  const tags = held.split(',').map((tag) => tag.trim().replace(/^W\//, ''))
  return tags.includes(etag) || tags.includes('*')
}

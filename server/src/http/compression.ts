/** Which answers are never compressed: their length would tell of a secret in them to whoever can add text beside it. */
import type { FastifyReply } from 'fastify'

/** Marks an answer that shows a secret, code or token: whatever compresses answers leaves it as it is (RFC 9110 §8.4). */
export function neverCompress(reply: FastifyReply): FastifyReply {
  return reply.header('content-encoding', 'identity')
}

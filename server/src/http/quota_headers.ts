/** What an answer says of the plan of whoever asked: RateLimit and RateLimit-Policy (draft-ietf-httpapi-ratelimit-headers-10). */
import type { FastifyReply } from 'fastify'
import type { Quota } from '../runtime/limits/quotas.ts'

export function sayQuota(reply: FastifyReply, { policy, left }: Quota): void {
  reply.header('ratelimit-policy', policy).header('ratelimit', left)
}

/** How the JWT login says no: a status, and the same status with a sentence in the body, as its gateway did. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { sendJson } from '../../http/bodies/json.ts'
import { faultOf } from '../../http/faults.ts'
import { Refusal } from '../../protocol/refusal.ts'

export function sendError(reply: FastifyReply, statusCode: number, message: string): FastifyReply {
  return sendJson(reply, statusCode, { statusCode, message })
}

/** The status of a refusal at this door: what is bad about a person, key or token is 401 here. */
export function statusOf(refusal: Refusal): number {
  return refusal.error === 'invalid_grant' || refusal.error === 'invalid_client' ? 401 : refusal.status
}

export function refuse(reply: FastifyReply, refusal: Refusal): FastifyReply {
  if (refusal.detail.retryAfter !== undefined) reply.header('retry-after', String(refusal.detail.retryAfter))
  return sendError(reply, statusOf(refusal), refusal.text)
}

/** The error handler of the door. */
export function failed(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (error instanceof Refusal) return refuse(reply, error)
  const fault = faultOf(error, request)
  if (fault.retryAfter !== undefined) reply.header('retry-after', String(fault.retryAfter))
  return sendError(reply, fault.status, fault.text)
}

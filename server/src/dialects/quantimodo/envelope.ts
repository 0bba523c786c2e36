/**
 * How the QuantiModo door answers: a superset of what its documents show (RFC 6749 §5), so that each client finds the
 * member it reads.
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Minted } from '../../engine/token/mint.ts'
import { errorBody } from '../../http/error_body.ts'
import { faultOf } from '../../http/faults.ts'
import type { Millis } from '../../lib/clock.ts'
import { Refusal } from '../../protocol/refusal.ts'

/** The successful token answer. Clients of 2022 take one without `success` for an error. */
export function encodeTokens(minted: Minted): string {
  return JSON.stringify({
    success: true,
    access_token: minted.accessToken,
    token_type: 'Bearer',
    expires_in: minted.expiresIn,
    scope: minted.scope.join(' '),
    refresh_token: minted.refreshToken,
    id_token: minted.idToken,
    accessToken: minted.accessToken,
    refreshToken: minted.refreshToken,
    expiresIn: minted.expiresIn,
    expires: formatUtc(minted.expiresAt),
    // The text above has no time zone; a browser takes it for local time. This cannot be misread.
    accessTokenExpiresAtMilliseconds: minted.expiresAt,
  })
}

function formatUtc(time: Millis): string {
  return new Date(time).toISOString().slice(0, 19).replace('T', ' ')
}

/** Nothing of these requests may stay anywhere: their addresses can hold codes and secrets. */
export function keepPrivate(reply: FastifyReply): FastifyReply {
  return reply.header('cache-control', 'no-store').header('pragma', 'no-cache').header('referrer-policy', 'no-referrer')
}

/** A refusal on the wire: RFC 6749 §5.2 and the members of the older documents. */
export function refuse(request: FastifyRequest, reply: FastifyReply, refusal: Refusal): FastifyReply {
  if (refusal.detail.retryAfter !== undefined) reply.header('retry-after', String(refusal.detail.retryAfter))
  if (refusal.error === 'invalid_client' && basicCredentials(request) !== undefined) {
    reply.header('www-authenticate', 'Basic realm="Consentry", charset="UTF-8"')
  }
  return send(reply, refusal.status, refusal.error, refusal.text)
}

/** The error handler of the door: faults, and requests that were too broken to reach an endpoint. */
export function failed(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  keepPrivate(reply)
  if (error instanceof Refusal) return refuse(request, reply, error)
  const fault = faultOf(error, request)
  if (fault.status === 415) {
    return refuse(request, reply, new Refusal('content_type_unsupported', { text: contentTypes, cause: contentTypes }))
  }
  if (fault.retryAfter !== undefined) reply.header('retry-after', String(fault.retryAfter))
  return send(reply, fault.status, fault.error, fault.text)
}

const contentTypes = 'The request body must be urlencoded, JSON or multipart/form-data.'

/** An answer with an error, in the door's envelope. */
export function send(reply: FastifyReply, status: number, error: string, text: string): FastifyReply {
  return reply
    .code(status)
    .type('application/json')
    .send(JSON.stringify(errorBody(status, error, text)))
}

/** The Authorization header where it is meant for the token endpoint; of any other scheme it says nothing here. */
export function basicCredentials(request: FastifyRequest): string | undefined {
  const { authorization } = request.headers
  return authorization !== undefined && /^Basic\b/i.test(authorization) ? authorization : undefined
}

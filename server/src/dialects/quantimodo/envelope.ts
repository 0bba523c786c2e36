/**
 * How the QuantiModo protocol answers: a superset of what its documents show (RFC 6749 §5), so that each client finds the
 * member it reads.
 */
import type { FastifyRequest } from 'fastify'
import type { Minted } from '../../engine/token/mint.ts'
import { type Answer, json, type Protocol } from '../../http/endpoint.ts'
import { errorBody } from '../../http/error_body.ts'
import type { Millis } from '../../lib/clock.ts'
import { Refusal } from '../../protocol/refusal.ts'

/** The successful token answer. Clients of 2022 take one without `success` for an error. */
export function encodeTokens(minted: Minted): Answer {
  return unkept(200, {
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

export const protocol: Protocol = {
  dialect: 'quantimodo',
  closable: ['quantimodo'],
  refuse,
  fault(fault, request) {
    if (fault.status !== 415) return failure(fault.status, fault.error, fault.text)
    return refuse(new Refusal('content_type_unsupported', { text: contentTypes, cause: contentTypes }), request)
  },
}

const contentTypes = 'The request body must be urlencoded, JSON or multipart/form-data.'

/** A refusal on the wire: RFC 6749 §5.2 and the members of the older documents. */
function refuse({ status, error, text }: Refusal, request: FastifyRequest): Answer {
  const byBasic = error === 'invalid_client' && basicCredentials(request) !== undefined
  return failure(status, error, text, byBasic ? basicChallenge : undefined)
}

const basicChallenge = { 'www-authenticate': 'Basic realm="Consentry", charset="UTF-8"' } as const

/** An answer with an error. */
export function failure(status: number, error: string, text: string, more?: Readonly<Record<string, string>>): Answer {
  return unkept(status, errorBody(status, error, text), more)
}

/** Nothing of these requests may stay anywhere: their addresses can hold codes and secrets. */
export function unkept(status: number, body: object, more?: Readonly<Record<string, string>>): Answer {
  return json(status, body, { 'referrer-policy': 'no-referrer', ...more })
}

/** The Authorization header where it is meant for the token endpoint; of any other scheme it says nothing here. */
export function basicCredentials(request: FastifyRequest): string | undefined {
  const { authorization } = request.headers
  return authorization !== undefined && /^Basic\b/i.test(authorization) ? authorization : undefined
}

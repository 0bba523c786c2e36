/**
 * How the QuantiModo protocol answers: a superset of what its documents show (RFC 6749 §5), so that each client finds the
 * member it reads.
 */
import type { FastifyRequest } from 'fastify'
import type { Minted } from '../../engine/token/mint.ts'
import { basicChallenge, tokenMembers } from '../../http/bodies/token_form.ts'
import { type Answer, json, type Protocol } from '../../http/endpoint.ts'
import { errorBody } from '../../http/error_body.ts'
import { versionOfPath } from './paths.ts'

/** The successful token answer. Clients of 2022 take one without `success` for an error. */
export function encodeTokens(minted: Minted): Answer {
  return unkept(200, {
    success: true,
    ...tokenMembers(minted),
    accessToken: minted.accessToken,
    refreshToken: minted.refreshToken,
    expiresIn: minted.expiresIn,
    expires: new Date(minted.expiresAt).toISOString().slice(0, 19).replace('T', ' '),
    // The text above has no time zone; a browser takes it for local time. This cannot be misread.
    accessTokenExpiresAtMilliseconds: minted.expiresAt,
  })
}

/** How it says no to programs: RFC 6749 §5.2 and the members of the older documents. */
export const protocol: Protocol = {
  dialect: 'quantimodo',
  version: versionOfPath,
  refuse: (refusal, request) =>
    failure(refusal.status, refusal.error, refusal.text, basicChallenge(refusal, basicCredentials(request))),
  fault: ({ status, error, text }) =>
    status === 415 ? failure(400, error, contentTypes) : failure(status, error, text),
}

const contentTypes = 'The request body must be urlencoded, JSON or multipart/form-data.'

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

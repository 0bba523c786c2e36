/** What the JWT login answers: the documented document, in snake case as documented and in camel case as its client reads. */
import type { Minted } from '../../engine/token/mint.ts'
import { type Answer, json } from '../../http/endpoint.ts'
import { type Seconds, seconds } from '../../lib/clock.ts'
import type { Refusal } from '../../protocol/refusal.ts'

const authorizationNote = 'Use this token to make the request in the API...'
const refreshNote =
  'Use refresh_token to request a new set of tokens. When the access token expires and you request a new set of tokens, ' +
  "the refresh token will also be updated! So always save the last refresh token, so you won't have any problems. " +
  'The refresh token may expire or be disabled when you request a new set of tokens'

/** The pair of tokens with when each ends. */
export function tokenDocument({ accessToken, refreshToken, expiresIn, grant }: Minted): object {
  const issued = seconds(grant.steppedAt)
  return {
    authorization: {
      token: accessToken,
      type: 'Bearer',
      ...lifetime(issued, expiresIn),
      not_before: issued,
      notBefore: issued,
      note: authorizationNote,
    },
    refresh: {
      token: refreshToken,
      ...lifetime(issued, seconds(grant.expiresAt) - issued),
      note: refreshNote,
    },
  }
}

/** How long from a moment, and until when, under both spellings. */
export function lifetime(from: Seconds, expiresIn: Seconds): object {
  // UTC without saying so, to the second: the form in which the documented clients read it.
  const expiresAt = new Date((from + expiresIn) * 1000).toISOString().slice(0, 19)
  return { expires_in: expiresIn, expires_at: expiresAt, expiresIn, expiresAt }
}

/** No: a status, and the same status with a sentence in the body, as its gateway did. */
export function failure(statusCode: number, message: string): Answer {
  return json(statusCode, { statusCode, message })
}

/** A refusal: what is bad about a person, key or token is 401 here. */
export function refuse({ error, status, text }: Refusal): Answer {
  return failure(error === 'invalid_grant' || error === 'invalid_client' ? 401 : status, text)
}

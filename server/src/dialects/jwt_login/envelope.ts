/** How the JWT login says no: a status, and the same status with a sentence in the body, as its gateway did. */
import { type Answer, json } from '../../http/endpoint.ts'
import type { Refusal } from '../../protocol/refusal.ts'

export function failure(statusCode: number, message: string, more?: Readonly<Record<string, string>>): Answer {
  return json(statusCode, { statusCode, message }, more)
}

/** A refusal: what is bad about a person, key or token is 401 here. */
export function refuse({ error, status, text }: Refusal): Answer {
  return failure(error === 'invalid_grant' || error === 'invalid_client' ? 401 : status, text)
}

/** What the standard dialect's JSON endpoints share: how they read a form and how they say no. */
import type { FastifyRequest } from 'fastify'
import { basicChallenge, tokenParameters } from '../../http/bodies/token_form.ts'
import { bodyForm, queryForm, queryOf } from '../../http/caller.ts'
import { type Answer, json, type Protocol } from '../../http/endpoint.ts'
import type { Form } from '../../lib/form.ts'
import { whyAnyTwice } from '../../protocol/parameters.ts'
import { orThrow, Refusal } from '../../protocol/refusal.ts'

export const protocol: Protocol = {
  dialect: 'oauth',
  refuse: (refusal, { headers }) => refuse(refusal, headers.authorization),
  fault({ status, error, text }) {
    return status === 415 ? refuse(new Refusal('content_type_unsupported')) : failure(status, error, text)
  },
}

/** The envelope of RFC 6749 §5.2: exactly two members. */
export function failure(status: number, error: string, text: string, more?: Readonly<Record<string, string>>): Answer {
  return json(status, { error, error_description: text }, more)
}

/** A refusal on the wire. The reason stays behind. */
function refuse(refusal: Refusal, authorization?: string): Answer {
  return failure(refusal.status, refusal.error, refusal.text, basicChallenge(refusal, authorization))
}

/** Parameters that must never stand in a query string of an endpoint that is posted to. */
const bodyOnly = [...tokenParameters, 'token', 'access_token', 'username', 'password']

/** The body's parameters, each at most once. Throws Refusal. */
export function readForm(request: FastifyRequest): Form {
  const query = queryOf(request) === '' ? undefined : queryForm(request)
  if (query !== undefined && bodyOnly.some((name) => query.has(name))) throw new Refusal('credentials_in_query')
  const form = bodyForm(request)
  orThrow(whyAnyTwice(form))
  return form
}

/** What the standard dialect's JSON endpoints share: how they read a form and how they say no. */
import type { FastifyRequest } from 'fastify'
import { repeatedCause } from '../../engine/authorize/checks/parameters.ts'
import { bodyText, queryOf } from '../../http/caller.ts'
import { type Answer, json, type Protocol } from '../../http/endpoint.ts'
import { type Form, parseForm } from '../../lib/form.ts'
import { Refusal } from '../../protocol/refusal.ts'

export const protocol: Protocol = {
  dialect: 'oauth',
  closable: [],
  refuse: (refusal, { headers }) => refuse(refusal, headers.authorization !== undefined),
  fault({ status, error, text }) {
    return status === 415 ? refuse(new Refusal('content_type_unsupported'), false) : failure(status, error, text)
  },
}

/** The envelope of RFC 6749 §5.2: exactly two members. */
export function failure(status: number, error: string, text: string, more?: Readonly<Record<string, string>>): Answer {
  return json(status, { error, error_description: text }, more)
}

/** A refusal on the wire. The reason stays behind. */
function refuse({ status, error, text }: Refusal, byHeader: boolean): Answer {
  // "If the client attempted to authenticate via the Authorization request header field, [...] WWW-Authenticate"
  return failure(status, error, text, error === 'invalid_client' && byHeader ? basicChallenge : undefined)
}

const basicChallenge = { 'www-authenticate': 'Basic realm="Consentry", charset="UTF-8"' } as const

/** Parameters that must never stand in a query string of an endpoint that is posted to. */
const bodyOnly = [
  'client_id',
  'client_secret',
  'client_assertion',
  'grant_type',
  'code',
  'code_verifier',
  'refresh_token',
  'token',
  'access_token',
  'redirect_uri',
  'scope',
  'username',
  'password',
]

/** The body's parameters, each at most once. Throws Refusal. */
export function readForm(request: FastifyRequest): Form {
  const query = queryOf(request)
  if (query !== '') {
    const parameters = parseForm(query)
    if (parameters === undefined) throw new Refusal('parameter_malformed')
    if (bodyOnly.some((name) => parameters.has(name))) throw new Refusal('credentials_in_query')
  }
  const form = parseForm(bodyText(request))
  if (form === undefined) throw new Refusal('parameter_malformed')
  const repeated = form.repeated.find((name) => name !== 'resource' && name !== 'audience')
  if (repeated !== undefined) throw new Refusal('parameter_repeated', { cause: repeatedCause(repeated) })
  return form
}

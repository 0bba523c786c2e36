/** POST /oauth/register (RFC 7591 §3), and what an app does with its registration below it (RFC 7592 §2). */
import type { FastifyRequest } from 'fastify'
import { changeItself, readItself, removeItself } from '../../engine/developer/registration/manage.ts'
import { registerItself, type SelfRegistered } from '../../engine/developer/registration/register.ts'
import { findHeaderToken } from '../../http/bearer_token.ts'
import { callerOf } from '../../http/caller.ts'
import { type Answer, type Endpoint, json, type Protocol } from '../../http/endpoint.ts'
import { readStoredMetadata } from '../../protocol/client_metadata.ts'
import { endpoints } from '../../protocol/endpoints.ts'
import { isSecretMethod } from '../../protocol/names.ts'
import { orThrow, Refusal } from '../../protocol/refusal.ts'
import type { Context } from '../../runtime/context.ts'
import { failure, protocol } from './envelope.ts'

export const registrationProtocol: Protocol = {
  ...protocol,
  refuse: (refusal) => refuse(refusal),
  fault: (fault, request, error) =>
    fault.status === 415
      ? failure(415, 'invalid_client_metadata', 'The request body must be application/json.')
      : protocol.fault(fault, request, error),
}

/** The envelope of RFC 7591 §3.2.2, and the challenge of RFC 6750 §3 where a token is wanted. */
function refuse({ reason, status, error, text }: Refusal): Answer {
  if (reason === 'parameter_malformed') return failure(400, 'invalid_client_metadata', text)
  if (status !== 401) return failure(status, error, text)
  const challenge =
    reason === 'initial_token_missing' ? 'Bearer' : `Bearer error="${error}", error_description="${text}"`
  return failure(status, error, text, { 'www-authenticate': challenge })
}

const bodyLimit = 65_536

export const registrationEndpoint: Endpoint = {
  paths: [endpoints.registration_endpoint],
  methods: ['POST'],
  pages: 'everybody',
  bodyLimit,
  async answer({ context, request }) {
    const asked = { token: tokenOf(request), body: request.body }
    return json(201, shown(context, orThrow(await registerItself(context, callerOf(request), asked))))
  },
}

export const registrationManagement: Endpoint = {
  paths: [`${endpoints.registration_endpoint}/:client_id`],
  methods: ['GET', 'PUT', 'DELETE'],
  bodyLimit,
  async answer({ context, request }) {
    const { client_id: clientId } = request.params as { readonly client_id: string }
    const asking = { clientId, token: tokenOf(request) }
    const caller = callerOf(request)
    if (request.method === 'DELETE') {
      const refused = await removeItself(context, caller, asking)
      if (refused !== undefined) throw refused
      return { status: 204, headers: { 'cache-control': 'no-store' } }
    }
    const found =
      request.method === 'PUT'
        ? await changeItself(context, caller, { ...asking, body: request.body })
        : await readItself(context, asking)
    return json(200, shown(context, orThrow(found)))
  },
}

/** The token in the header, the only place for it; undefined where there is none. */
function tokenOf(request: FastifyRequest): string | undefined {
  if (request.headers.authorization === undefined) return undefined
  const { text, dpop } = findHeaderToken(request, undefined)
  // It is bound to no key.
  if (dpop !== undefined) throw new Refusal('token_unbound')
  return text
}

/** The client information response (RFC 7591 §3.2.1, RFC 7592 §3). Settings of ours are not in it. */
function shown({ settings }: Context, { app, secret, token }: SelfRegistered): object {
  const {
    registered_by: _by,
    dialects: _dialects,
    first_party: _first,
    profile: _profile,
    profile_by: _profileBy,
    any_secret_method: _either,
    client_assertion_audience: _audience,
    ...metadata
  } = readStoredMetadata(app.metadata)
  const { clientId, createdAt } = app
  return {
    client_id: clientId,
    client_id_issued_at: Math.floor(createdAt / 1000),
    ...(secret !== undefined && { client_secret: secret }),
    ...(isSecretMethod(metadata.token_endpoint_auth_method) && { client_secret_expires_at: 0 }),
    ...(token !== undefined && {
      registration_access_token: token,
      registration_client_uri: `${settings.issuer}${endpoints.registration_endpoint}/${clientId}`,
    }),
    ...metadata,
  }
}

/** The token endpoint under all of its older addresses, by GET and POST: decode → the pipeline → encode. */
import type { FastifyRequest } from 'fastify'
import type { PresentedClient } from '../../engine/client/client_authentication.ts'
import type { UnnamedClient } from '../../engine/token/client_of_credential.ts'
import { exchange } from '../../engine/token/token.ts'
import { decodeClient, decodeTokenRequest, tokenParameters } from '../../http/bodies/token_form.ts'
import type { Endpoint } from '../../http/endpoint.ts'
import type { Form } from '../../lib/form.ts'
import { basicCredentials, encodeTokens } from './envelope.ts'
import { readParameters } from './parameters.ts'
import { tokenRoutes } from './paths.ts'

export const tokenEndpoint: Endpoint = {
  paths: tokenRoutes,
  methods: ['GET', 'POST'],
  allow: 'GET, POST, OPTIONS',
  pages: 'apps',
  logged: { ruleset: 'token' },
  async answer({ context, request, trace }) {
    const form = await readParameters(request, { once: tokenParameters })
    const tokenRequest = decodeTokenRequest(form, grantTypeOf(form))
    return encodeTokens(await exchange(context, presentedClient(request, form), tokenRequest, trace))
  },
  claimed: async (request) => (await readParameters(request)).get('client_id'),
}

/** The documents of the oldest clients let them leave it out. A code beside a refresh token is a stray, never its use. */
function grantTypeOf(form: Form): string | undefined {
  const implied = form.has('refresh_token') ? 'refresh_token' : form.has('code') ? 'authorization_code' : undefined
  return form.get('grant_type') ?? implied
}

/** The client as the request shows it: by Basic, by its parameters, or not at all but for its code or refresh token. */
function presentedClient(request: FastifyRequest, form: Form): PresentedClient | UnnamedClient {
  const basic = basicCredentials(request)
  const named = basic !== undefined || form.has('client_id') || form.has('client_assertion')
  return named ? decodeClient(basic, form) : { secret: form.get('client_secret') }
}

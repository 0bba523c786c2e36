/** POST /oauth/token (RFC 6749 §3.2, §5): decode → the pipeline → encode. */
import type { Minted } from '../../engine/token/mint.ts'
import { exchange } from '../../engine/token/token.ts'
import { claimedClient, decodeClient, decodeTokenRequest } from '../../http/bodies/token_form.ts'
import { bodyText } from '../../http/caller.ts'
import { type Answer, type Endpoint, json } from '../../http/endpoint.ts'
import { parseForm } from '../../lib/form.ts'
import { endpoints } from '../../protocol/endpoints.ts'
import { readForm } from './envelope.ts'

export const tokenEndpoint: Endpoint = {
  paths: [endpoints.token_endpoint],
  methods: ['POST'],
  pages: 'apps',
  logged: { ruleset: 'token' },
  async answer({ context, request, trace }) {
    const form = readForm(request)
    const presented = decodeClient(request.headers.authorization, form)
    return encode(await exchange(context, presented, decodeTokenRequest(form), trace))
  },
  claimed(request) {
    const form = parseForm(bodyText(request))
    return form && claimedClient(request.headers.authorization, form)
  },
}

/** The successful answer (RFC 6749 §5.1, OIDC Core §3.1.3.3). */
function encode(minted: Minted): Answer {
  return json(200, {
    access_token: minted.accessToken,
    token_type: 'Bearer',
    expires_in: minted.expiresIn,
    scope: minted.scope.join(' '),
    refresh_token: minted.refreshToken,
    id_token: minted.idToken,
  })
}

/** POST /oauth/par (RFC 9126 §2): a client pushes its authorization request, and gets a short name for it. */
import { pushRequest } from '../../engine/authorize/push.ts'
import { heedDocument } from '../../engine/developer/registration/documents.ts'
import { identify } from '../../engine/token/token.ts'
import { shownProof } from '../../http/bearer_token.ts'
import { claimedClient, decodeClient } from '../../http/bodies/token_form.ts'
import { bodyForm } from '../../http/caller.ts'
import { type Endpoint, json } from '../../http/endpoint.ts'
import { endpoints } from '../../protocol/endpoints.ts'
import { orThrow } from '../../protocol/refusal.ts'
import { readForm } from './envelope.ts'

export const pushEndpoint: Endpoint = {
  paths: [endpoints.pushed_authorization_request_endpoint],
  methods: ['POST'],
  pages: 'apps',
  logged: { ruleset: 'pushed' },
  async answer({ context, request, trace }) {
    const form = readForm(request)
    const presented = decodeClient(request.headers.authorization, form)
    trace.at('client_authentication')
    const unread = await heedDocument(context, trace, presented.clientId, true)
    if (unread !== undefined) throw unread
    const authenticated = await identify(context, presented, trace)
    const { requestUri, expiresIn } = orThrow(
      await pushRequest(context, { form, proof: shownProof(context.settings.issuer, request) }, authenticated, trace),
    )
    return json(201, { request_uri: requestUri, expires_in: expiresIn })
  },
  claimed: (request) => claimedClient(request.headers.authorization, bodyForm(request)),
}

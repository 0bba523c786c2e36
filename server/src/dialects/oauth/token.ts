/** POST /oauth/token (RFC 6749 §3.2, §5): decode → the pipeline → encode. */
import { exchange } from '../../engine/token/token.ts'
import { shownProof } from '../../http/bearer_token.ts'
import { claimedClient, decodeClient, decodeTokenRequest, tokenMembers } from '../../http/bodies/token_form.ts'
import { bodyForm } from '../../http/caller.ts'
import { type Endpoint, json } from '../../http/endpoint.ts'
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
    const proof = shownProof(context.settings.issuer, request)
    const minted = await exchange(context, presented, { ...decodeTokenRequest(form), proof }, trace)
    return json(200, tokenMembers(minted))
  },
  claimed: (request) => claimedClient(request.headers.authorization, bodyForm(request)),
}

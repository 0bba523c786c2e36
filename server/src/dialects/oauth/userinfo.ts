/** GET and POST /oauth/userinfo (OIDC Core §5.3). */
import { requireLiveToken } from '../../engine/access_tokens/bearer.ts'
import { signUserinfo, userinfo } from '../../engine/access_tokens/userinfo.ts'
import { bearerError, challenge, findToken } from '../../http/bearer_token.ts'
import { bodyForm } from '../../http/caller.ts'
import { type Endpoint, json, signedAnswer } from '../../http/endpoint.ts'
import { ownApiMetadata } from '../../http/resource_metadata.ts'
import { endpoints } from '../../protocol/endpoints.ts'
import { Refusal } from '../../protocol/refusal.ts'
import { failure } from './envelope.ts'

export const userinfoEndpoint: Endpoint = {
  paths: [endpoints.userinfo_endpoint],
  methods: ['GET', 'HEAD', 'POST'],
  pages: 'apps',
  async answer({ context, request }) {
    const body = bodyForm(request)
    if (body.repeated.length > 0) throw new Refusal('parameter_repeated')
    const token = await requireLiveToken(context, findToken(context.settings.issuer, request, body), { mark: true })
    const claims = await userinfo(context, token)
    const signed = signUserinfo(context, token.client, claims)
    return signed === undefined ? json(200, claims) : signedAnswer('application/jwt', signed)
  },
  refuse(refusal, { context, request }) {
    const { error, status } = bearerError(refusal)
    return failure(status, error, refusal.text, {
      'www-authenticate': challenge(error, refusal, ownApiMetadata(context.settings), request),
    })
  },
}

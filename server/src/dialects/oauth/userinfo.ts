/** GET and POST /oauth/userinfo (OIDC Core §5.3). */
import { requireLiveToken } from '../../engine/access_tokens/bearer.ts'
import { userinfo } from '../../engine/access_tokens/userinfo.ts'
import { bearerError, challenge, findBearerToken } from '../../http/bearer_token.ts'
import { bodyForm } from '../../http/caller.ts'
import { type Endpoint, json } from '../../http/endpoint.ts'
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
    const token = await requireLiveToken(context, findBearerToken(request, body), { mark: true })
    return json(200, await userinfo(context, token))
  },
  refuse(refusal, { context }) {
    const { error, status } = bearerError(refusal)
    return failure(status, error, refusal.text, {
      'www-authenticate': challenge(error, refusal, ownApiMetadata(context.settings)),
    })
  },
}

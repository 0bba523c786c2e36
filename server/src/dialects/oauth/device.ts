/** POST /oauth/device_authorization (RFC 8628 §3.1): a device that cannot show a browser gets a code for its person to type. */
import { askForDevice } from '../../engine/authorize/device/ask.ts'
import { identify } from '../../engine/token/token.ts'
import { claimedClient, decodeClient } from '../../http/bodies/token_form.ts'
import { devicePath } from '../../http/browser/paths.ts'
import { bodyForm } from '../../http/caller.ts'
import { type Endpoint, json } from '../../http/endpoint.ts'
import { endpoints } from '../../protocol/endpoints.ts'
import { orThrow } from '../../protocol/refusal.ts'
import { readForm } from './envelope.ts'

export const deviceEndpoint: Endpoint = {
  paths: [endpoints.device_authorization_endpoint],
  methods: ['POST'],
  pages: 'apps',
  logged: { ruleset: 'device' },
  async answer({ context, request, trace }) {
    const form = readForm(request)
    const authenticated = await identify(context, decodeClient(request.headers.authorization, form), trace)
    const asked = orThrow(await askForDevice(context, form, authenticated, trace))
    const { issuer } = context.settings
    return json(200, {
      device_code: asked.deviceCode,
      user_code: asked.userCode,
      verification_uri: issuer + devicePath,
      verification_uri_complete: `${issuer}${devicePath}/${asked.userCode}`,
      expires_in: asked.expiresIn,
      interval: asked.interval,
    })
  },
  claimed: (request) => claimedClient(request.headers.authorization, bodyForm(request)),
}

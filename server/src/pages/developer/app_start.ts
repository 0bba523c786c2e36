/** /developer/apps/ID/start: the first steps with an app, and the one page that shows the secret it was registered with. */
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { sendPage } from '../../http/browser/page_headers.ts'
import { briefly } from '../../lib/briefly.ts'
import { hmacSha256, sha256 } from '../../lib/hash.ts'
import { formatScope } from '../../protocol/scope.ts'
import type { Context } from '../../runtime/context.ts'
import { kindOf } from '../../runtime/kept/app_form.ts'
import { type Client, registeredScope } from '../../runtime/kept/clients.ts'
import { takeFlash } from '../flash.ts'
import { startPath } from '../kit/paths.ts'
import { readQuery, requireSignedIn, type SignedIn } from '../page.ts'
import type { ProofInCode } from './app_code.ts'
import { type AppStartProps, appStart } from './app_start_view.tsx'
import { frame, requireOwnApp } from './apps.ts'
import { readLog } from './requests/read_log.ts'

export function registerDeveloperStart(app: FastifyInstance, context: Context): void {
  const options = { exposeHeadRoute: false }
  app.get<{ Params: { id: string } }>('/developer/apps/:id/start', options, async (request, reply) => {
    const browser = await requireSignedIn(context, request, reply)
    if (browser === undefined) return reply
    const client = await requireOwnApp(context, browser.live, request.params.id)
    const secret = await takeFlash(context, request, reply, {
      browser,
      place: startPath(client.id),
      shape: z.string(),
    })
    const { issuer } = context.settings
    const { metadata } = client
    const html = appStart({
      ...frame(context, browser, client),
      status: client.status,
      kind: kindOf(metadata),
      issuer,
      tokenEndpoint: `${issuer}/oauth/token`,
      proof: proofOf(client),
      registered: readQuery(request).get('done') === 'registered',
      secret,
      redirectUri: metadata.redirect_uris[0],
      trial: trialOf(context, browser, client),
      newest: await readLog(() => newestRequest(context, client)),
      detailsMissing: [metadata.publisher, metadata.client_uri, metadata.policy_uri].includes(undefined),
    })
    return sendPage(reply, 200, html)
  })
}

async function newestRequest(context: Context, client: Client): Promise<AppStartProps['newest']> {
  // What was sent a moment ago is what one is waiting for.
  await briefly(context.requests.flush())
  const [newest] = await context.storage.requests.list(client.id, 1)
  return newest === undefined ? 'none' : { ...newest, refused: newest.reason !== '' }
}

function proofOf({ confidential, metadata }: Client): ProofInCode {
  if (!confidential) return 'none'
  const { token_endpoint_auth_method: method, any_secret_method: anyMethod } = metadata
  if (anyMethod === true || method === 'client_secret_basic') return 'basic'
  return method === 'client_secret_post' ? 'post' : 'other'
}

/**
 * An authorization request to try, with a verifier for the token request that follows it (RFC 7636 §4.1). The page is
 * loaded again between the two, so the verifier stays the same for one session and app; nobody else can work it out.
 */
function trialOf(context: Context, browser: SignedIn, client: Client): AppStartProps['trial'] {
  const { metadata } = client
  const [redirectUri] = metadata.redirect_uris
  const standard = metadata.dialects.includes('oauth') && metadata.grant_types.includes('authorization_code')
  if (redirectUri === undefined || !standard) return undefined
  const key = context.keyring.current('trial verifier')
  const verifier = hmacSha256(key, browser.live.session.id, '\0', client.id).toString('base64url')
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: client.id,
    redirect_uri: redirectUri,
    scope: formatScope(registeredScope(client)),
    state: 'try',
    code_challenge: sha256(verifier).toString('base64url'),
    code_challenge_method: 'S256',
  })
  return { uri: `${context.settings.issuer}/oauth/authorize?${query}`, verifier }
}

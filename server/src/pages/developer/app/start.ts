/** /developer/apps/ID/start: the first steps with an app, and the one page that shows the secret it was registered with. */

import { z } from 'zod'
import { newestRequest } from '../../../engine/developer/request_log.ts'
import { usableScopes } from '../../../engine/grant/scopes.ts'
import { hmacSha256, sha256 } from '../../../lib/hash.ts'
import { standardDialect } from '../../../protocol/dialects.ts'
import { formatScope } from '../../../protocol/scope.ts'
import { kindOf } from '../../../runtime/kept/app_form.ts'
import { type Client, defaultScopeOf } from '../../../runtime/kept/clients.ts'
import { takeFlash } from '../../flash.ts'
import { startPath } from '../../kit/paths.ts'
import { page } from '../../page.ts'
import { readQuery } from '../../visit.ts'
import { frame, type OwnApp, ownApp } from '../own_app.ts'
import type { ProofInCode } from './code.ts'
import { type AppStartProps, appStart } from './start_view.tsx'

export const appStartPage = page({
  path: '/developer/apps/:id/start',
  guard: ownApp,
  head: false,
  get: async (visit) => {
    const { context, client } = visit
    const secret = await takeFlash(visit, startPath(client.id), z.string())
    const { issuer } = context.settings
    const { metadata } = client
    const newest = await newestRequest(context, client.id)
    return appStart({
      ...frame(visit),
      status: client.status,
      kind: kindOf(metadata),
      issuer,
      tokenEndpoint: `${issuer}/oauth/token`,
      proof: proofOf(client),
      registered: readQuery(visit).get('done') === 'registered',
      secret,
      redirectUri: metadata.redirect_uris[0],
      trial: await trialOf(visit),
      newest: newest === undefined || newest === 'none' ? newest : { ...newest, refused: newest.reason !== '' },
      detailsMissing: [metadata.publisher, metadata.client_uri, metadata.policy_uri].includes(undefined),
    })
  },
})

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
async function trialOf({ context, live, client }: OwnApp): Promise<AppStartProps['trial']> {
  const { metadata } = client
  const [redirectUri] = metadata.redirect_uris
  const standard = metadata.dialects.includes(standardDialect) && metadata.grant_types.includes('authorization_code')
  if (redirectUri === undefined || !standard) return undefined
  const key = context.keyring.current('trial verifier')
  const verifier = hmacSha256(key, live.session.id, '\0', client.id).toString('base64url')
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: client.id,
    redirect_uri: redirectUri,
    scope: formatScope(await usableScopes(context, client, defaultScopeOf(client))),
    state: 'try',
    code_challenge: sha256(verifier).toString('base64url'),
    code_challenge_method: 'S256',
  })
  return { uri: `${context.settings.issuer}/oauth/authorize?${query}`, verifier }
}

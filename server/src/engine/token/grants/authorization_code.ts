/**
 * The authorization_code grant (RFC 6749 §4.1.3) with PKCE (RFC 7636 §4.5). It proves that the caller is the client
 * that asked, by redirect URI and verifier; that a code works once is the pipeline's business.
 */
import { codeChallenge, isCodeVerifier, provesChallenge } from '../../../protocol/pkce.ts'
import { Refusal } from '../../../protocol/refusal.ts'
import type { Context } from '../../../runtime/context.ts'
import { scopeNow } from '../../../runtime/kept/clients.ts'
import type { Trace } from '../../../runtime/log/trace.ts'
import type { AuthenticatedClient } from '../../client/client_authentication.ts'
import { openOwnCredential } from '../../client/own_credential.ts'
import { requireGrantedResources } from '../../grant/resources.ts'
import { usableScopes } from '../../grant/scopes.ts'
import type { GrantType, Proof } from '../grant_type.ts'
import { requireParameter } from '../token_parameters.ts'

export interface AuthorizationCodeRequest {
  readonly grantType: 'authorization_code'
  readonly code: string
  readonly redirectUri: string | undefined
  readonly codeVerifier: string | undefined
  readonly resources: readonly string[]
}

export const authorizationCode: GrantType<AuthorizationCodeRequest> = {
  name: 'authorization_code',
  rules: [
    'credential',
    'credential_client',
    'same_redirect_uri',
    'code_verifier',
    'sender_key',
    'resource',
    'standing',
    'account_limit',
    'plan',
    'dpop_once',
    'once',
  ],
  decode: (form) => ({
    grantType: 'authorization_code',
    code: requireParameter(form, 'code'),
    redirectUri: form.get('redirect_uri'),
    codeVerifier: form.get('code_verifier'),
    resources: form.all('resource'),
  }),
  prove,
}

async function prove(
  context: Context,
  request: AuthorizationCodeRequest,
  { client }: AuthenticatedClient,
  trace: Trace,
): Promise<Proof> {
  const opened = await openOwnCredential(context, { text: request.code, kind: 'code' }, client, trace)
  const agreed = opened.grant.context
  trace.proved()

  trace.at('same_redirect_uri')
  // "if the redirect_uri parameter was included in the authorization request, [...] their values MUST be identical"
  if (request.redirectUri === undefined) {
    trace.skip('same_redirect_uri')
    if (agreed.redirectUriSent)
      throw new Refusal('redirect_uri_missing_at_token', { expected: agreed.redirectUri ?? '' })
  } else if (request.redirectUri !== agreed.redirectUri) {
    throw new Refusal('redirect_uri_mismatch', { expected: agreed.redirectUri ?? '', got: request.redirectUri })
  }

  trace.at('code_verifier')
  requireVerifier(request.codeVerifier, agreed.codeChallenge)
  if (agreed.codeChallenge === undefined) trace.skip('code_verifier')
  trace.at('resource')
  if (request.resources.length === 0) trace.skip('resource')
  const resources = requireGrantedResources(request.resources, agreed.resources)
  trace.proved(opened.grant.userId)
  return {
    kind: 'advance',
    credential: 'code',
    grant: opened.grant,
    standing: opened.standing,
    step: opened.step,
    issued: opened.issued,
    scope: await usableScopes(context, client, scopeNow(client, agreed.scope)),
    resources,
  }
}

function requireVerifier(verifier: string | undefined, challenge: string | undefined): void {
  if (challenge === undefined) {
    // A verifier without a challenge is how a stripped challenge shows (RFC 9700 §4.8.2).
    if (verifier !== undefined)
      throw new Refusal('code_verifier_unexpected', { expected: 'no code_verifier', got: 'a code_verifier' })
    return
  }
  if (verifier === undefined)
    throw new Refusal('code_verifier_missing', { expected: `the code_verifier of ${challenge}` })
  if (!isCodeVerifier(verifier)) {
    throw new Refusal('code_verifier_malformed', {
      expected: '43 to 128 characters of A-Z a-z 0-9 - . _ ~',
      got: `${verifier.length} characters`,
    })
  }
  if (!provesChallenge(verifier, challenge)) {
    throw new Refusal('code_verifier_wrong', { expected: challenge, got: codeChallenge(verifier) })
  }
}

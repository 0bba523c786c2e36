/** The code challenge (RFC 7636 §4.3): S256, and present where the client needs it. */
import { capabilities, has } from '../../../protocol/capabilities.ts'
import { isCodeChallenge } from '../../../protocol/pkce.ts'
import { Refusal } from '../../../protocol/refusal.ts'
import type { FrontChannel } from '../../../protocol/response_type.ts'
import type { Client } from '../../../runtime/kept/clients.ts'
import { requiresPkce } from '../../client/leniencies.ts'
import type { Asking } from './checks.ts'

export function findCodeChallenge(
  { form, trace }: Asking,
  { client, frontChannel }: { readonly client: Client; readonly frontChannel: FrontChannel | undefined },
): { readonly codeChallenge: string | undefined } | Refusal {
  const challenge = form.get('code_challenge')
  const method = form.get('code_challenge_method')
  // Without a code there is nothing that could be intercepted.
  if (frontChannel !== undefined && frontChannel.code !== true) {
    trace.skip('pkce')
    return { codeChallenge: challenge }
  }
  if (challenge === undefined) {
    if (method !== undefined)
      return new Refusal('code_challenge_malformed', {
        cause: 'The request has a code_challenge_method but no code_challenge.',
      })
    if (requiresPkce(client, trace.dialect)) return new Refusal('code_challenge_missing')
    trace.skip('pkce')
    return { codeChallenge: undefined }
  }
  if (!has('codeChallengeMethods', method)) {
    return new Refusal('code_challenge_method_unsupported', {
      expected: capabilities.codeChallengeMethods.join(' '),
      got: method ?? 'none, which means plain',
    })
  }
  if (!isCodeChallenge(challenge)) {
    return new Refusal('code_challenge_malformed', { expected: '43 characters of A-Z a-z 0-9 - _', got: challenge })
  }
  return { codeChallenge: challenge }
}

/** Sign-in by a token that an app has got from the provider's own SDK (the social endpoints' authorizeToken). */
import { Refusal } from '../../protocol/refusal.ts'
import type { Caller, Context } from '../context.ts'
import { askProvider } from './ask.ts'
import { UpstreamDenied, UpstreamFailed } from './failure.ts'
import type { RelyingParty } from './relying_party.ts'
import type { UpstreamIdentity } from './upstream_identity.ts'

/** Who the token's person is. Guesses are counted by address. Throws Refusal. */
export async function recognizeToken(
  context: Context,
  party: RelyingParty,
  token: string,
  caller: Caller,
): Promise<UpstreamIdentity> {
  const answer = await askProvider(context, party, caller, () => party.recognize(token))
  if (answer instanceof UpstreamDenied) throw new Refusal('upstream_denied')
  if (!(answer instanceof UpstreamFailed)) return answer
  throw new Refusal(answer.unreachable ? 'upstream_unavailable' : 'upstream_token_refused')
}

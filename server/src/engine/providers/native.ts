/** Sign-in by a token that an app has got from the provider's own SDK (the social endpoints' authorizeToken). */
import { Refusal } from '../../protocol/refusal.ts'
import type { Caller, Context } from '../../runtime/context.ts'
import { ProviderDenied, ProviderFailed } from '../../runtime/providers/failure.ts'
import type { ProviderIdentity } from '../../runtime/providers/provider_identity.ts'
import type { RelyingParty } from '../../runtime/providers/relying_party.ts'
import { askProvider } from './ask.ts'

/** Who the token's person is. Guesses are counted by address. Throws Refusal. */
export async function recognizeToken(
  context: Context,
  party: RelyingParty,
  token: string,
  caller: Caller,
): Promise<ProviderIdentity> {
  const answer = await askProvider(context, party, caller, () => party.recognize(token))
  if (answer instanceof ProviderDenied) throw new Refusal('upstream_denied')
  if (!(answer instanceof ProviderFailed)) return answer
  throw new Refusal(answer.unreachable ? 'upstream_unavailable' : 'upstream_token_refused')
}

/** Sign-in by a token that an app has got from the provider's own SDK (the social endpoints' authorizeToken). */
import { Refusal } from '../../protocol/refusal.ts'
import type { Caller, Context } from '../context.ts'
import { networkUnit } from '../network.ts'
import type { ThrottleKeys } from '../throttle.ts'
import { UpstreamFailed } from './failure.ts'
import type { RelyingParty } from './relying_party.ts'
import type { UpstreamIdentity } from './upstream_identity.ts'

/** Who the token's person is. Guesses are counted by address. Throws Refusal. */
export async function recognizeToken(
  context: Context,
  party: RelyingParty,
  token: string,
  caller: Caller,
): Promise<UpstreamIdentity> {
  const keys: ThrottleKeys = [['upstream', networkUnit(caller.address)]]
  const result = await context.throttle.guard<UpstreamIdentity | UpstreamFailed>(keys, async () => {
    try {
      return { ok: true, value: await party.recognize(token) }
    } catch (error) {
      if (!(error instanceof UpstreamFailed)) throw error
      return { ok: error.unreachable, value: error }
    }
  })
  if (result === undefined) throw new Refusal('too_many_failures', { retryAfter: context.throttle.retryAfter(keys) })
  if (!(result instanceof UpstreamFailed)) return result
  const { id } = party.provider
  context.log.warn(
    { provider: id, why: result.message, request: caller.requestId },
    'a token of a provider was refused',
  )
  throw new Refusal(result.unreachable ? 'upstream_unavailable' : 'upstream_token_refused')
}

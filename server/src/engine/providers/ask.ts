/** Asking a provider who somebody is. Each answer that is none has cost a call, so those from one address are counted. */
import { Refusal } from '../../protocol/refusal.ts'
import type { Caller, Context } from '../../runtime/context.ts'
import { networkUnit } from '../../runtime/limits/network.ts'
import type { ThrottleKeys } from '../../runtime/limits/throttle.ts'
import { ProviderDenied, ProviderFailed } from '../../runtime/providers/failure.ts'
import type { ProviderIdentity } from '../../runtime/providers/provider_identity.ts'
import type { RelyingParty } from '../../runtime/providers/relying_party.ts'

function keysOf(caller: Caller): ThrottleKeys {
  return [['provider_answer', networkUnit(caller.address)]]
}

/**
 * Who it is, or how the provider has said otherwise, which the operator's log tells too. Neither a no nor a provider out
 * of reach counts. Throws too_many_failures.
 */
export async function askProvider(
  context: Context,
  { provider }: RelyingParty,
  caller: Caller,
  ask: () => Promise<ProviderIdentity>,
): Promise<ProviderIdentity | ProviderDenied | ProviderFailed> {
  const keys = keysOf(caller)
  const answer = await context.throttle.guard<ProviderIdentity | ProviderDenied | ProviderFailed>(keys, async () => {
    try {
      return { ok: true, value: await ask() }
    } catch (error) {
      if (error instanceof ProviderDenied) return { ok: true, value: error }
      if (!(error instanceof ProviderFailed)) throw error
      const said = { provider: provider.id, why: error.message, request: caller.requestId }
      context.log.warn(said, 'a provider did not say who somebody is')
      return { ok: error.unreachable, value: error }
    }
  })
  if (answer === undefined) throw new Refusal('too_many_failures', { retryAfter: context.throttle.retryAfter(keys) })
  return answer
}

/** Counts somebody whose address is somebody else's here, with the answers that were none. */
export function noteAddressTaken(context: Context, caller: Caller): void {
  for (const [kind, key] of keysOf(caller)) context.throttle.fail(kind, key)
}

/** The rules where a subscription key is asked for: that it is one, whom it signs in, and which grants go on with it. */
import { subscriptionKeyClient } from '../../protocol/dialects.ts'
import type { Grant } from '../../protocol/grant.ts'
import type { UserId } from '../../protocol/names.ts'
import { Refusal } from '../../protocol/refusal.ts'
import type { Context } from '../../runtime/context.ts'
import { keyPattern, maySignIn } from '../../runtime/kept/subscription_keys.ts'
import { guesserKey } from '../../runtime/limits/network.ts'
import type { Quota } from '../../runtime/limits/quotas.ts'
import { tooManyFailures } from '../../runtime/limits/throttle.ts'
import type { Trace } from '../../runtime/log/trace.ts'
import type { SubscriptionKey } from '../../storage/contract.ts'

/**
 * The key that was presented, counted. Guesses count like those at a client secret; text that no key can be is none. A
 * right key is good whatever was guessed before. Throws Refusal.
 */
export async function requireSubscriptionKey(
  context: Context,
  presented: string | undefined,
  trace: Trace,
): Promise<SubscriptionKey> {
  trace.at('client_authentication')
  const guesser = guesserKey(subscriptionKeyClient.clientId, trace.caller)
  const found = await context.throttle.prove('client', guesser, async () => {
    const value = await context.subscriptionKeys.find(presented)
    return { ok: value.outcome !== 'unknown' || !keyPattern.test(presented ?? ''), value }
  })
  if (found === undefined) throw tooManyFailures(context.throttle, [['client', guesser]])
  if (found.outcome !== 'ok') throw new Refusal(`subscription_key_${found.outcome}`)
  context.subscriptionKeys.countUse(found.key)
  trace.at('plan')
  trace.spends(context.quotas.take('key', found.key.id))
  trace.at('client_authentication')
  return found.key
}

/**
 * Counts the use of a key where none is asked for, and answers what is left of its plan. One that is not good is as good as
 * none.
 */
export async function noteSubscriptionKey(context: Context, presented: string | undefined): Promise<Quota | undefined> {
  const found = await context.subscriptionKeys.find(presented)
  if (found.outcome !== 'ok') return undefined
  context.subscriptionKeys.countUse(found.key)
  return context.quotas.take('key', found.key.id)
}

/** Throws where the key is for other people. Without a key anybody may come. */
export function requireKeyOf(key: SubscriptionKey | undefined, userId: UserId): void {
  if (key !== undefined && !maySignIn(key, userId)) throw new Refusal('subscription_key_not_yours')
}

/**
 * Throws unless the grant goes on with the key that it was made with, and that key still signs its person in. A grant
 * that was made without one goes on with any.
 */
export function requireKeyOfGrant(key: SubscriptionKey | undefined, grant: Grant): void {
  const { subscriptionKey } = grant.context
  if (subscriptionKey !== undefined && subscriptionKey !== key?.id)
    throw new Refusal('subscription_key_of_another_grant')
  if (grant.userId !== null) requireKeyOf(key, grant.userId)
}

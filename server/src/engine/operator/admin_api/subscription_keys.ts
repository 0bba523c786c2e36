/** What the operator does with subscription keys: make one for somebody, and remove one. What is changed of one goes by `apply/`. */
import type { UserId } from '../../../protocol/names.ts'
import type { Context } from '../../../runtime/context.ts'
import type { SubscriptionKey } from '../../../storage/contract.ts'
import { endKeyLogins, generateKey, handleOf, keyLimit } from '../../developer/developer_keys.ts'
import { type Operator, type OperatorContext, operate } from '../operator.ts'

export type { SubscriptionKey }

/** Keys by the order of their IDs, from behind one on: of everybody, or those that a person owns. */
export function listSubscriptionKeys(
  { storage }: Pick<Context, 'storage'>,
  limit: number,
  of: { readonly after?: string | undefined; readonly owner?: UserId | undefined } = {},
): Promise<readonly SubscriptionKey[]> {
  return storage.subscriptionKeys.page(limit, of)
}

export function findSubscriptionKey(
  { storage }: Pick<Context, 'storage'>,
  id: string,
): Promise<SubscriptionKey | undefined> {
  return storage.subscriptionKeys.find(id)
}

/** Makes a key for somebody. Its text is answered here and never again. 'full' where they have as many as they may. */
export function createSubscriptionKey(
  context: OperatorContext,
  by: Operator,
  wanted: { readonly owner: UserId; readonly name: string },
): Promise<{ readonly id: string; readonly text: string } | 'full'> {
  const { text, key } = generateKey(context.clock, wanted)
  return operate(
    context,
    by,
    async ({ subscriptionKeys }, record) => {
      if ((await subscriptionKeys.insert(key, keyLimit)) !== 'inserted') return 'full'
      const detail = { key: handleOf(key.id), name: key.name }
      await record('subscription_key_created', { subject: wanted.owner, detail })
      return { id: key.id, text }
    },
    'apps',
  )
}

/** Removes a key: it is refused at once, and the sign-ins that were made with it end. False where there is no such key. */
export function removeSubscriptionKey(context: OperatorContext, by: Operator, id: string): Promise<boolean> {
  return operate(
    context,
    by,
    async (acting, record) => {
      const key = await acting.subscriptionKeys.find(id)
      if (key === undefined || !(await acting.subscriptionKeys.delete(id))) return false
      await endKeyLogins(acting, id)
      await record('subscription_key_deleted', { subject: key.owner, detail: { key: handleOf(id), name: key.name } })
      return true
    },
    'apps',
  )
}

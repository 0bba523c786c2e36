/** Plans: how many requests may be made (`runtime/limits/quotas.ts`), and which app has which. `apply/` makes and changes them. */
import type { ClientId } from '../../protocol/names.ts'
import type { StoredPlan } from '../../storage/contract.ts'
import { type Operator, type OperatorContext, operate } from './operator.ts'

export type { StoredPlan }

/** The names of all plans, in order. */
export async function planNames({ storage }: Pick<OperatorContext, 'storage'>): Promise<readonly string[]> {
  return (await storage.plans.list()).map(({ name }) => name)
}

/** Gives an app a plan, or with null takes its plan away. Nothing is changed unless this answers 'changed'. */
export function changeAppPlan(
  context: OperatorContext,
  by: Operator,
  clientId: ClientId,
  plan: string | null,
): Promise<'changed' | 'unchanged' | 'unknown_app' | 'unknown_plan'> {
  return operate(
    context,
    by,
    async ({ clients, plans, planHolders }, record) => {
      let known = false
      // Held, so that nobody deletes it meanwhile.
      await clients.amend(clientId, () => {
        known = true
        return undefined
      })
      if (!known) return 'unknown_app'
      if (plan !== null && !(await plans.list()).some(({ name }) => name === plan)) return 'unknown_plan'
      const holder = `client:${clientId}` as const
      let changed = false
      if (plan === null) changed = await planHolders.delete(holder)
      else {
        await planHolders.amend(holder, (present) => {
          changed = present?.plan !== plan
          return changed ? { holder, plan } : undefined
        })
      }
      if (!changed) return 'unchanged'
      await record('client_plan_changed', { clientId, detail: { plan } })
      return 'changed'
    },
    'apps',
  )
}

/** All plans, by name. */
export function listPlans({ storage }: Pick<OperatorContext, 'storage'>): Promise<readonly StoredPlan[]> {
  return storage.plans.list()
}

/** Makes a plan. False, and nothing is changed, where one has this name, also of several at once. */
export function createPlan(context: OperatorContext, by: Operator, plan: StoredPlan): Promise<boolean> {
  return operate(context, by, async ({ plans }, record) => {
    const made = await plans.amend(plan.name, (present) => (present === undefined ? plan : undefined))
    if (made === undefined) return false
    await record('applied', { detail: { action: 'create', kind: 'plan', name: plan.name, members: [] } })
    return true
  })
}

/** Removes a plan that nobody has. */
export function removePlan(
  context: OperatorContext,
  by: Operator,
  name: string,
): Promise<'removed' | 'held' | 'unknown'> {
  return operate(context, by, async ({ plans, planHolders }, record) => {
    if ((await planHolders.list()).some(({ plan }) => plan === name)) return 'held'
    if (!(await plans.delete(name))) return 'unknown'
    await record('applied', { detail: { action: 'remove', kind: 'plan', name, members: [] } })
    return 'removed'
  })
}

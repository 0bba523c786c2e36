/** The operator's document, applied: what would change, then the change. Nothing is written before all is judged. */
import { normalizeLogin } from '../../../protocol/account_names.ts'
import type { UserId } from '../../../protocol/names.ts'
import { type Operator, operate } from '../operator.ts'
import type { ApplyContext, Change } from './change.ts'
import { planClients, pruneClients } from './clients.ts'
import { type ApplyDocument, DocumentError } from './document.ts'
import { planPlans, planProviders, planResources, pruneKept } from './kept.ts'
import { planHoldings } from './plans.ts'
import { planSubscriptionKeys, pruneSubscriptionKeys } from './subscription_keys.ts'
import { planUsers } from './users.ts'

/**
 * What the document would change, in the order in which it must be done. With `prune`, everything but people that a
 * section of the document does not name goes; a section that the document does not have is left alone even then.
 * Throws DocumentError.
 */
export async function planApply(
  context: ApplyContext,
  document: ApplyDocument,
  { prune = false }: { readonly prune?: boolean } = {},
): Promise<Change[]> {
  const users = await planUsers(context, document.users ?? [])
  const findOwner = async (username: string): Promise<UserId | undefined> => {
    const login = normalizeLogin(username)
    return users.created.get(login) ?? (await context.storage.accounts.findByLogin(login))?.id
  }
  const parts = [
    users,
    await planResources(context, document.resources ?? [], document.clients, prune),
    await planProviders(context, document.providers ?? []),
    await planPlans(context, document.plans ?? []),
    await planClients(context, document.clients ?? [], findOwner),
    await planSubscriptionKeys(context, document.subscription_keys ?? [], findOwner),
    await planHoldings(context, document),
  ]
  const problems = parts.flatMap((part) => part.problems)
  if (problems.length > 0) throw new DocumentError(problems)
  const changes = parts.flatMap((part) => part.changes)
  if (!prune) return changes
  if (document.clients !== undefined) changes.push(...(await pruneClients(context, document.clients)))
  changes.push(...(await pruneKept(context, document)))
  if (document.subscription_keys !== undefined) {
    changes.push(...(await pruneSubscriptionKeys(context, document.subscription_keys)))
  }
  return changes
}

/** Makes the changes in their order, each together with its row in the audit log. Where one fails, those before it stay. */
export async function executeApply(context: ApplyContext, by: Operator, changes: readonly Change[]): Promise<void> {
  for (const change of changes) {
    await change.prepare?.()
    await operate(context, by, async (acting, record) => {
      await change.write(acting, record)
      const { action, kind, name, members } = change
      await record('applied', {
        detail: { action, kind, name, members },
        clientId: kind === 'client' ? name : null,
      })
    })
  }
}

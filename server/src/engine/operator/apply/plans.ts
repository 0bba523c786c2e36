/** Plans in the operator's document, and who has which. */
import type { Acting, PlanHolder } from '../../../storage/contract.ts'
import { type Path, problemAt } from '../../../words/schema_problem.ts'
import type { ApplyContext, Change, Planned } from './change.ts'
import type { ApplyDocument } from './document.ts'

/** Who shall have a plan, by the place in the document. */
interface Holding {
  readonly path: Path
  readonly holder: PlanHolder
  /** What people know the holder by. */
  readonly name: string
  readonly plan: string | null
}

/** The plans that clients and subscription keys of the document are given. Their names have to be those of plans. */
export async function planHoldings({ storage }: ApplyContext, document: ApplyDocument): Promise<Planned> {
  const holdings = [...clientHoldings(document), ...(await keyHoldings(storage, document))]
  if (holdings.length === 0) return { changes: [], problems: [] }
  const known = new Set([...(await storage.plans.list()), ...(document.plans ?? [])].map(({ name }) => name))
  const present = new Map((await storage.planHolders.list()).map(({ holder, plan }) => [holder, plan]))
  const problems: string[] = []
  const changes: Change[] = []
  for (const { path, holder, name, plan } of holdings) {
    if (plan !== null && !known.has(plan)) problems.push(problemAt(path, 'is no plan: name it in plans'))
    else if ((present.get(holder) ?? null) !== plan) {
      changes.push({
        action: 'update',
        kind: holder.startsWith('client:') ? 'client' : 'subscription_key',
        name,
        members: ['plan'],
        write: (acting) => setPlan(acting, holder, plan),
      })
    }
  }
  return { changes, problems }
}

/** Gives a plan, or takes it away. */
async function setPlan({ planHolders }: Acting, holder: PlanHolder, plan: string | null): Promise<void> {
  if (plan === null) await planHolders.delete(holder)
  else await planHolders.put({ holder, plan })
}

function clientHoldings({ clients = [] }: ApplyDocument): readonly Holding[] {
  return clients.flatMap(({ client_id, plan }, at) =>
    plan === undefined
      ? []
      : [{ path: ['clients', at, 'plan'], holder: `client:${client_id}` as const, name: client_id, plan }],
  )
}

async function keyHoldings(
  { subscriptionKeys }: ApplyContext['storage'],
  document: ApplyDocument,
): Promise<readonly Holding[]> {
  const holdings: Holding[] = []
  for (const [at, { digest, plan }] of (document.subscription_keys ?? []).entries()) {
    if (plan === undefined) continue
    const id = (await subscriptionKeys.findByText(digest))?.id ?? digest
    holdings.push({ path: ['subscription_keys', at, 'plan'], holder: `key:${id}`, name: id.slice(0, 8), plan })
  }
  return holdings
}

/** For how long what is written down is kept. */
import { day } from '../../lib/clock.ts'
import type { EngineSettings } from '../../runtime/context.ts'
import { keptFor } from '../../storage/contract.ts'

/** What is kept for a time, in the order in which the operator reads it. */
export const retained = ['requests', 'audit', 'grants', 'sessions', 'usage', 'appUses', 'webhooks', 'jobs'] as const

/** Days that each is kept, as the sweep goes by them. */
export function retentionOf({
  retention,
  auditRetention,
}: Pick<EngineSettings, 'retention' | 'auditRetention'>): Readonly<Record<(typeof retained)[number], number>> {
  const kept = {
    requests: keptFor.requests,
    audit: auditRetention,
    grants: retention,
    sessions: Math.max(retention, keptFor.sessions),
    usage: retention,
    appUses: keptFor.apps,
    webhooks: keptFor.deliveries,
    jobs: keptFor.jobsDone,
  }
  return Object.fromEntries(retained.map((what) => [what, Math.round(kept[what] / day)])) as Record<
    (typeof retained)[number],
    number
  >
}

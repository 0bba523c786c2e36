/** When a grant was last used: how often that is written, when it was too long ago, and which step was seen. */
import { day, type Millis } from '../../lib/clock.ts'
import type { Grant, GrantView } from '../../protocol/grant.ts'
import { Refusal } from '../../protocol/refusal.ts'
import type { Context, EngineSettings } from '../../runtime/context.ts'
import type { Client } from '../../runtime/kept/clients.ts'

/** How long a grant of the client may go unused: the client's own threshold, or the server's. */
function idleLimit(client: Client, settings: EngineSettings): Millis {
  return (client.metadata.idle_ttl ?? settings.idleTtl) * 1000
}

/** The refusal of a grant that was not used for longer than the idle threshold of its client. */
export function whyUnused(
  { grant }: GrantView,
  client: Client,
  settings: EngineSettings,
  now: Millis,
): Refusal | undefined {
  const idle = idleLimit(client, settings)
  const last = Math.max(grant.usedAt, grant.steppedAt)
  if (now - last <= idle) return undefined
  return new Refusal('unused_too_long', {
    expected: `use within ${inWords(idle)}`,
    got: `last used ${new Date(last).toISOString()}`,
  })
}

function inWords(time: Millis): string {
  return time < day ? `${Math.round(time / 60_000)} minutes` : `${Math.round(time / day)} days`
}

/**
 * Remembers that a token of `step` was used now. Written at a tenth of the threshold that decides, and at most daily: so
 * what was used within nine tenths of the threshold is never taken for unused.
 */
export function noteUse(context: Context, client: Client, grant: Grant, step: number): void {
  const now = context.clock.now()
  if (now - grant.usedAt < Math.min(day, idleLimit(client, context.settings) / 10)) return
  context.storage.grants.markUsed(grant.id, now, step)
}

/**
 * Remembers that a token of the grant's present step came here, in whatever request and with whatever outcome: the answer
 * that it was in has not been lost. Once for each step; for what is never refreshed it is of no interest.
 */
export function noteSeen(context: Context, grant: Grant, step: number): void {
  if (step !== grant.step || step <= grant.usedStep || !grant.context.refreshable) return
  context.storage.grants.markUsed(grant.id, grant.usedAt, step)
}

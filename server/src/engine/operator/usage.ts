/** What the server was used for in the last thirty days. */
import { day, dayOf } from '../../lib/clock.ts'
import type { Context } from '../../runtime/context.ts'
import type { DayUse, DialectUse } from '../../storage/contract.ts'

/** Days that are shown, today among them. */
const shownDays = 30
/** Pairs of a legacy protocol and an app that are listed, the most used first. */
const listed = 100

export interface ServerUsage {
  /** Every day, the oldest first. */
  readonly days: readonly DayUse[]
  readonly protocols: readonly Omit<DialectUse, 'day'>[]
}

export async function serverUsage({ storage, clock }: Pick<Context, 'storage' | 'clock'>): Promise<ServerUsage> {
  const days = Array.from({ length: shownDays }, (_, i) => dayOf(clock.now() - (shownDays - 1 - i) * day))
  const since = days[0] ?? dayOf(clock.now())
  const found = new Map((await storage.usage.byDay(since)).map((use) => [use.day, use]))
  const used = (await storage.dialectUses.sum(since)).filter(({ count }) => count > 0)
  return {
    days: days.map((one) => found.get(one) ?? { day: one, signIns: 0, failedSignIns: 0, tokenRequests: 0 }),
    protocols: used.sort((one, other) => other.count - one.count).slice(0, listed),
  }
}

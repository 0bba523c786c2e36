/** What was used of plans, by holder and period. */
import { sql } from 'kysely'
import type { PlanHolder, PlanUses } from '../../contract.ts'
import type { Connection } from '../connection.ts'

/** Rows of one INSERT; each has 4 parameters and SQLite takes 32,766. */
const chunk = 1000

export function planUses({ db, clock }: Connection): PlanUses {
  return {
    async add(uses) {
      const keyOf = (row: { holder: string; period: string }) => `${row.holder} ${row.period}`
      // In one order, so that two processes that write the same rows lock them alike.
      const rows = uses
        .map(({ holder, period, count, endsAt }) => ({ holder, period, count, ends_at: endsAt }))
        .sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
      const totals = new Map<string, number>()
      await db.transaction().execute(async (trx) => {
        for (let i = 0; i < rows.length; i += chunk) {
          const written = await trx
            .insertInto('plan_uses')
            .values(rows.slice(i, i + chunk))
            .onConflict((conflict) =>
              conflict
                .columns(['holder', 'period'])
                .doUpdateSet({ count: sql<number>`plan_uses.count + excluded.count` }),
            )
            .returning(['holder', 'period', 'count'])
            .execute()
          for (const row of written) totals.set(keyOf(row), row.count)
        }
      })
      return uses.map((use) => totals.get(keyOf(use)) ?? 0)
    },

    async list(holder) {
      const rows = await db
        .selectFrom('plan_uses')
        .selectAll()
        .where('holder', '=', holder)
        .where('ends_at', '>', clock.now())
        .execute()
      return rows.map(({ period, count, ends_at }) => ({
        holder: holder as PlanHolder,
        period,
        count,
        endsAt: ends_at,
      }))
    },
  }
}

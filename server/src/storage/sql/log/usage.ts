/** Token requests per account and day. */
import { sql } from 'kysely'
import { dayOf, day as oneDay } from '../../../lib/clock.ts'
import type { DayUse, Usage } from '../../contract.ts'
import type { Connection } from '../connection.ts'
import { holdAccounts } from '../people/account_rows.ts'

/** Rows of one INSERT; each has 3 parameters and SQLite takes 32,766. */
const chunk = 1000

/** Days that are over are counted once in a process: what is written late is there a day later. */
interface Counted {
  readonly from: string
  /** The first day that is not among them. */
  readonly until: string
  readonly days: readonly DayUse[]
}

export function usage({ db, facts, lists, clock }: Connection): Usage {
  let counted: Counted | undefined

  /** What the days from one to another had, or all that come. */
  async function count(from: string, until?: string): Promise<readonly DayUse[]> {
    const ofDays = lists
      .selectFrom('usage')
      .select((of) => ['day', of.fn.sum('count').as('count')])
      .where('day', '>=', from)
      .groupBy('day')
    const requests = await (until === undefined ? ofDays : ofDays.where('day', '<', until)).execute()
    const number = sql<number>`at / ${sql.lit(oneDay)}`
    const signIns = lists
      .selectFrom('audit_log')
      .select((of) => ['type', number.as('number'), of.fn.countAll().as('count')])
      .where('type', 'in', ['signed_in', 'sign_in_failed'])
      .where('at', '>=', Date.parse(from))
      .groupBy(['type', number])
    const events = await (until === undefined ? signIns : signIns.where('at', '<', Date.parse(until))).execute()
    const days = new Map<string, DayUse>()
    const put = (day: string, some: Partial<DayUse>) =>
      days.set(day, { day, signIns: 0, failedSignIns: 0, tokenRequests: 0, ...days.get(day), ...some })
    for (const { day, count } of requests) put(day, { tokenRequests: Number(count) })
    for (const { type, number: of, count } of events) {
      put(dayOf(Number(of) * oneDay), { [type === 'signed_in' ? 'signIns' : 'failedSignIns']: Number(count) })
    }
    return [...days.values()].sort((one, other) => (one.day < other.day ? -1 : 1))
  }

  return {
    async byDay(since) {
      const yesterday = dayOf(clock.now() - oneDay)
      if (counted === undefined || since < counted.from || since > counted.until || counted.until > yesterday) {
        counted = { from: since, until: since, days: [] }
      }
      // One after another: each has a row for every account.
      let known: Counted = counted
      while (known.until < yesterday) {
        const until = dayOf(Date.parse(known.until) + oneDay)
        known = { from: known.from, until, days: [...known.days, ...(await count(known.until, until))] }
        counted = known
      }
      return [...known.days.filter(({ day }) => day >= since), ...(await count(known.until))]
    },

    async add(day, counts) {
      const sums = new Map<string, number>()
      for (const { userId, count } of counts) sums.set(userId, (sums.get(userId) ?? 0) + count)
      // One row per account and in their order: one statement may not meet a row twice, and two processes that write
      // the same accounts must lock them alike.
      const rows = [...sums].sort(([a], [b]) => (a < b ? -1 : 1)).map(([user_id, count]) => ({ day, user_id, count }))
      const totals = new Map<string, number>()
      await db.transaction().execute(async (trx) => {
        for (let i = 0; i < rows.length; i += chunk) {
          const some = rows.slice(i, i + chunk)
          // What is counted late must not write the ID of an account back that has been erased meanwhile.
          const there = await holdAccounts(
            trx,
            facts,
            some.map(({ user_id }) => user_id),
          )
          const kept = some.filter(({ user_id }) => there.has(user_id))
          if (kept.length === 0) continue
          const written = await trx
            .insertInto('usage')
            .values(kept)
            .onConflict((conflict) =>
              conflict.columns(['day', 'user_id']).doUpdateSet({ count: sql<number>`usage.count + excluded.count` }),
            )
            .returning(['user_id', 'count'])
            .execute()
          for (const row of written) totals.set(row.user_id, row.count)
        }
      })
      return counts.map(({ userId }) => totals.get(userId) ?? 0)
    },
  }
}

/** Counters of failed attempts in fixed windows. */
import { sql } from 'kysely'
import type { Millis } from '../../lib/clock.ts'
import type { Failures } from '../contract.ts'
import { storable } from '../text.ts'
import type { Connection } from './connection.ts'

export function failures({ db, facts }: Connection): Failures {
  return {
    async count(key, window, at) {
      const [start, end] = bounds(window, at)
      const row = await db
        .selectFrom('failures')
        .select('count')
        .where('key', '=', storable(key))
        .where('starts_at', '=', start)
        .where('ends_at', '=', end)
        .executeTakeFirst()
      return row?.count ?? 0
    },

    async add(key, window, at, by = 1) {
      const [start, end] = bounds(window, at)
      const row = await db
        .insertInto('failures')
        .values({ key: storable(key), starts_at: start, ends_at: end, count: by })
        .onConflict((conflict) =>
          conflict.columns(['key', 'starts_at', 'ends_at']).doUpdateSet({ count: sql<number>`failures.count + ${by}` }),
        )
        .returning('count')
        .executeTakeFirstOrThrow()
      return row.count
    },

    async clear(key) {
      const own = db.selectFrom('failures').select('starts_at').where('key', '=', storable(key))
      await db
        .deleteFrom('failures')
        .where('key', '=', storable(key))
        .where('starts_at', 'in', own.orderBy('starts_at').modifyEnd(facts.lock))
        .execute()
    },
  }
}

function bounds(window: Millis, at: Millis): [Millis, Millis] {
  const start = Math.floor(at / window) * window
  return [start, start + window]
}

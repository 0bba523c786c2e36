/** What apps did with people's data, per person, app, day and resource. */
import { sql } from 'kysely'
import type { ClientId, UserId } from '../../../protocol/names.ts'
import type { AppUse, AppUses } from '../../contract.ts'
import type { Connection } from '../connection.ts'
import { holdAccounts } from '../people/account_rows.ts'
import type { AppUseRow } from './app_use_row.ts'

/** Rows of one INSERT; each has 7 parameters and SQLite takes 32,766. */
const chunk = 1000

export function appUses({ db, lists, facts }: Connection): AppUses {
  return {
    async add(uses) {
      if (uses.length === 0) return
      // In the order of the key: two processes that write the same rows must lock them alike.
      const rows = uses.map(fromUse).sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
      await db.transaction().execute(async (trx) => {
        for (let i = 0; i < rows.length; i += chunk) {
          const some = rows.slice(i, i + chunk)
          const there = await holdAccounts(trx, facts, [...new Set(some.map((row) => row.user_id))])
          const kept = some.filter((row) => there.has(row.user_id))
          if (kept.length === 0) continue
          await trx
            .insertInto('app_uses')
            .values(kept)
            .onConflict((conflict) =>
              conflict.columns(['user_id', 'client_id', 'day', 'resource']).doUpdateSet({
                reads: sql<number>`app_uses.reads + excluded.reads`,
                writes: sql<number>`app_uses.writes + excluded.writes`,
                records: sql<number>`app_uses.records + excluded.records`,
              }),
            )
            .execute()
        }
      })
    },

    async list(userId, clientId, since) {
      const rows = await lists
        .selectFrom('app_uses')
        .selectAll()
        .where('user_id', '=', userId)
        .where('client_id', '=', clientId)
        .where('day', '>=', since)
        .orderBy('day', 'desc')
        .orderBy('resource')
        .execute()
      return rows.map(toUse)
    },
  }
}

function fromUse({ userId, clientId, day, resource, reads, writes, records }: AppUse): AppUseRow {
  return { user_id: userId, client_id: clientId, day, resource, reads, writes, records }
}

function toUse({ user_id, client_id, day, resource, reads, writes, records }: AppUseRow): AppUse {
  return { userId: user_id as UserId, clientId: client_id as ClientId, day, resource, reads, writes, records }
}

function keyOf({ user_id, client_id, day, resource }: AppUseRow): string {
  return `${user_id} ${client_id} ${day} ${resource}`
}

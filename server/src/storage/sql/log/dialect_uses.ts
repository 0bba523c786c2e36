/** Uses of the legacy protocols per app and day. */
import { sql } from 'kysely'
import type { Dialect } from '../../../protocol/dialects.ts'
import type { DialectUses } from '../../contract.ts'
import type { Connection } from '../connection.ts'

export function dialectUses({ db }: Connection): DialectUses {
  return {
    async add(uses) {
      if (uses.length === 0) return
      // In the order of the key: two processes that write the same rows must lock them alike.
      const rows = uses
        .map(({ day, dialect, clientId, count, lastAt }) => ({
          day,
          dialect,
          client_id: clientId,
          count,
          last_at: lastAt,
        }))
        .sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
      await db.transaction().execute(async (trx) => {
        for (const row of rows) {
          await trx
            .insertInto('dialect_uses')
            .values(row)
            .onConflict((conflict) =>
              conflict.columns(['day', 'dialect', 'client_id']).doUpdateSet({
                count: sql<number>`dialect_uses.count + excluded.count`,
                last_at: sql<number>`case when dialect_uses.last_at > excluded.last_at
                  then dialect_uses.last_at else excluded.last_at end`,
              }),
            )
            .execute()
        }
      })
    },

    async sum(since) {
      const rows = await db
        .selectFrom('dialect_uses')
        .select((of) => ['dialect', 'client_id', of.fn.max('last_at').as('last_at')])
        .select(sql<number>`sum(case when day >= ${since} then count else 0 end)`.as('count'))
        .groupBy(['dialect', 'client_id'])
        .orderBy('dialect')
        .orderBy('last_at', 'desc')
        .execute()
      return rows.map((row) => ({
        dialect: row.dialect as Dialect,
        clientId: row.client_id,
        count: Number(row.count),
        lastAt: Number(row.last_at),
      }))
    },
  }
}

function keyOf(row: { readonly day: string; readonly dialect: string; readonly client_id: string }): string {
  return `${row.day} ${row.dialect} ${row.client_id}`
}

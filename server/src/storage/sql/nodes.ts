/** The processes that serve from this database. */
import type { Nodes } from '../contract.ts'
import type { Connection } from './connection.ts'

export function nodes({ db, clock }: Connection): Nodes {
  return {
    async seen({ id, release }) {
      const now = clock.now()
      await db
        .insertInto('nodes')
        .values({ id, release, started_at: now, seen_at: now })
        .onConflict((conflict) => conflict.column('id').doUpdateSet({ seen_at: now }))
        .execute()
    },

    async list(since) {
      const rows = await db
        .selectFrom('nodes')
        .selectAll()
        .where('seen_at', '>=', since)
        .orderBy('started_at')
        .execute()
      return rows.map(({ id, release, started_at, seen_at }) => ({
        id,
        release,
        startedAt: started_at,
        seenAt: seen_at,
      }))
    },
  }
}

/** The yes of a person to an app, remembered by scope. */
import { sql } from 'kysely'
import type { UserId } from '../../../protocol/names.ts'
import type { Consent, ConsentShown, Consents } from '../../contract.ts'
import { type Connection, transact } from '../connection.ts'
import type { ConsentRow } from './rows.ts'

export function consents(connection: Connection): Consents {
  const { db, lists, clock } = connection
  return {
    async find(userId, clientId) {
      const row = await db
        .selectFrom('consents')
        .selectAll()
        .where('user_id', '=', userId)
        .where('client_id', '=', clientId)
        .executeTakeFirst()
      return row && toConsent(row)
    },

    remember(userId, clientId, scope, shown) {
      const now = clock.now()
      return transact(connection, async (trx) => {
        // Inserting or touching the row holds it, so that of two answers at once neither loses the other's scopes.
        const held = await trx
          .insertInto('consents')
          .values({
            user_id: userId,
            client_id: clientId,
            scope: '[]',
            enabled: 1,
            valid_after: now,
            granted_at: now,
            touched: 0,
          })
          .onConflict((conflict) =>
            conflict.columns(['user_id', 'client_id']).doUpdateSet({ touched: sql<number>`consents.touched + 1` }),
          )
          .returningAll()
          .executeTakeFirstOrThrow()
        const known = held.enabled === 1 ? (JSON.parse(held.scope) as string[]) : []
        const row = await trx
          .updateTable('consents')
          .set({
            scope: JSON.stringify([...new Set([...known, ...scope])]),
            enabled: 1,
            granted_at: now,
            shown: shown === undefined ? null : JSON.stringify(shown),
          })
          .where('user_id', '=', userId)
          .where('client_id', '=', clientId)
          .returningAll()
          .executeTakeFirstOrThrow()
        return toConsent(row)
      })
    },

    async forget(clientId) {
      await db.updateTable('consents').set({ scope: '[]' }).where('client_id', '=', clientId).execute()
    },

    async withdraw(userId, clientId) {
      const now = clock.now()
      const { numUpdatedRows } = await db
        .updateTable('consents')
        .set({
          enabled: 0,
          valid_after: sql<number>`case when valid_after >= ${now} then valid_after + 1 else ${now} end`,
        })
        .where('user_id', '=', userId)
        .where('client_id', '=', clientId)
        .where('enabled', '=', 1)
        .executeTakeFirst()
      return numUpdatedRows > 0n
    },

    async listByUser(userId) {
      const rows = await lists
        .selectFrom('consents')
        .selectAll()
        .where('user_id', '=', userId)
        .where('enabled', '=', 1)
        .orderBy('granted_at', 'desc')
        .orderBy('client_id')
        .execute()
      return rows.map(toConsent)
    },

    async listWithdrawn(userId, since) {
      const rows = await lists
        .selectFrom('consents')
        .selectAll()
        .where('user_id', '=', userId)
        .where('enabled', '=', 0)
        .where('valid_after', '>', since)
        .execute()
      return rows.map(toConsent)
    },
  }
}

function toConsent(row: ConsentRow): Consent {
  return {
    userId: row.user_id as UserId,
    clientId: row.client_id,
    scope: JSON.parse(row.scope) as string[],
    enabled: row.enabled === 1,
    validAfter: row.valid_after,
    grantedAt: row.granted_at,
    shown: row.shown === null ? null : (JSON.parse(row.shown) as ConsentShown),
  }
}

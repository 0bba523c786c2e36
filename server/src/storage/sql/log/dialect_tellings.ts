/** Who was told that a legacy protocol goes. */
import type { ClosableDialect } from '../../../protocol/dialects.ts'
import type { UserId } from '../../../protocol/names.ts'
import type { DialectTellings } from '../../contract.ts'
import type { Connection } from '../connection.ts'

export function dialectTellings({ db }: Connection): DialectTellings {
  return {
    async add({ dialect, clientId, userId, sunset, at }) {
      await db
        .insertInto('dialect_tellings')
        .values({ dialect, client_id: clientId, user_id: userId, sunset, told_at: at })
        .onConflict((conflict) => conflict.columns(['dialect', 'client_id', 'user_id', 'sunset']).doNothing())
        .execute()
    },

    async list(dialect) {
      const rows = await db
        .selectFrom('dialect_tellings')
        .selectAll()
        .where('dialect', '=', dialect)
        .orderBy('told_at', 'desc')
        .orderBy('client_id')
        .orderBy('user_id')
        .execute()
      return rows.map((row) => ({
        dialect: row.dialect as ClosableDialect,
        clientId: row.client_id,
        userId: row.user_id as UserId,
        sunset: row.sunset,
        at: row.told_at,
      }))
    },

    async remove({ dialect, clientId, userId }) {
      const { numDeletedRows } = await db
        .deleteFrom('dialect_tellings')
        .where('dialect', '=', dialect)
        .where('client_id', '=', clientId)
        .where('user_id', '=', userId)
        .executeTakeFirst()
      return numDeletedRows > 0n
    },
  }
}

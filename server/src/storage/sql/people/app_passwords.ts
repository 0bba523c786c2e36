/** Passwords that one app of a person uses in place of theirs, found by their digest. */
import type { UserId } from '../../../protocol/names.ts'
import type { AppPassword, AppPasswords } from '../../contract.ts'
import { type Connection, transact } from '../connection.ts'
import { holdAccount } from './account_rows.ts'
import type { AppPasswordRow } from './rows.ts'

export function appPasswords(connection: Connection): AppPasswords {
  const { db, lists, facts } = connection

  return {
    insert: (password, { digest, room }) =>
      transact(connection, async (trx) => {
        const { userId } = password
        await holdAccount(trx, facts, userId)
        const held = await trx.selectFrom('app_passwords').select('id').where('user_id', '=', userId).execute()
        if (held.length >= room) return 'full'
        await trx
          .insertInto('app_passwords')
          .values({
            digest,
            id: password.id,
            user_id: userId,
            name: password.name,
            created_at: password.createdAt,
            used_at: password.usedAt,
          })
          .execute()
        return 'inserted'
      }),

    async find(digest) {
      const row = await db.selectFrom('app_passwords').selectAll().where('digest', '=', digest).executeTakeFirst()
      return row && toAppPassword(row)
    },

    async listByUser(userId) {
      const rows = await lists
        .selectFrom('app_passwords')
        .selectAll()
        .where('user_id', '=', userId)
        .orderBy('created_at', 'desc')
        .orderBy('id')
        .execute()
      return rows.map(toAppPassword)
    },

    async used(id, at) {
      await db
        .updateTable('app_passwords')
        .set({ used_at: at })
        .where('id', '=', id)
        .where((where) => where.or([where('used_at', 'is', null), where('used_at', '<', at)]))
        .execute()
    },

    end: (userId, id) =>
      transact(connection, async (trx) => {
        await holdAccount(trx, facts, userId)
        const all = trx.deleteFrom('app_passwords').where('user_id', '=', userId)
        const rows = await (id === undefined ? all : all.where('id', '=', id)).returning('id').execute()
        return rows.map((row) => row.id)
      }),
  }
}

function toAppPassword(row: AppPasswordRow): AppPassword {
  return {
    id: row.id,
    userId: row.user_id as UserId,
    name: row.name,
    createdAt: row.created_at,
    usedAt: row.used_at,
  }
}

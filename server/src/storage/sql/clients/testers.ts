/** The people who were invited to test an app, by the username that was given. */
import type { Tester, Testers } from '../../contract.ts'
import { isStorable } from '../../text.ts'
import { type Connection, transact } from '../connection.ts'
import type { ClientTesterRow } from './rows.ts'

export function testers(connection: Connection): Testers {
  const { db, facts, clock } = connection
  return {
    async invite(clientId, { username, userId }, limit) {
      const username_key = username.toLowerCase()
      return transact(connection, async (trx) => {
        // The locked app makes invitations to it come one after another.
        const app = await trx
          .selectFrom('clients')
          .select('client_id')
          .where('client_id', '=', clientId)
          .modifyEnd(facts.lock)
          .executeTakeFirst()
        if (app === undefined) return 'gone'
        const rows = await trx
          .selectFrom('client_testers')
          .select('username_key')
          .where('client_id', '=', clientId)
          .execute()
        if (rows.some((row) => row.username_key === username_key)) return 'present'
        if (rows.length >= limit) return 'full'
        await trx
          .insertInto('client_testers')
          .values({
            client_id: clientId,
            username_key,
            username,
            user_id: userId,
            state: 'invited',
            invited_at: clock.now(),
          })
          .execute()
        return 'invited'
      })
    },

    async answer(clientId, userId, state) {
      if (!isStorable(clientId)) return false
      const { numUpdatedRows } = await db
        .updateTable('client_testers')
        .set({ state })
        .where('client_id', '=', clientId)
        .where('user_id', '=', userId)
        .where('state', '<>', 'declined')
        .executeTakeFirst()
      return numUpdatedRows > 0n
    },

    async remove(clientId, username) {
      if (!isStorable(username)) return undefined
      const row = await db
        .deleteFrom('client_testers')
        .where('client_id', '=', clientId)
        .where('username_key', '=', username.toLowerCase())
        .returningAll()
        .executeTakeFirst()
      return row && toTester(row)
    },

    async list(clientId) {
      const rows = await db
        .selectFrom('client_testers')
        .selectAll()
        .where('client_id', '=', clientId)
        .orderBy('username_key')
        .execute()
      return rows.map(toTester)
    },

    async listOf(userId) {
      const rows = await db
        .selectFrom('client_testers')
        .selectAll()
        .where('user_id', '=', userId)
        .where('state', '<>', 'declined')
        .orderBy('client_id')
        .execute()
      return rows.map(toTester)
    },

    async isTester(clientId, userId) {
      const row = await db
        .selectFrom('client_testers')
        .select('state')
        .where('client_id', '=', clientId)
        .where('user_id', '=', userId)
        .where('state', '=', 'accepted')
        .executeTakeFirst()
      return row !== undefined
    },
  }
}

function toTester(row: ClientTesterRow): Tester {
  return {
    clientId: row.client_id,
    username: row.username,
    userId: row.user_id as Tester['userId'],
    state: row.state as Tester['state'],
    invitedAt: row.invited_at,
  }
}

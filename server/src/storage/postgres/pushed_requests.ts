/** Pushed authorization requests on PostgreSQL. */
import type { PushedRequests } from '../contract.ts'
import { toPushedRequest } from '../sql/claims.ts'
import type { Connection } from '../sql/connection.ts'

export function postgresPushedRequests({ db }: Connection): PushedRequests {
  return {
    async put({ id, clientId, parameters, expiresAt }) {
      const row = { id, client_id: clientId, parameters: JSON.stringify(parameters), expires_at: expiresAt }
      await db.insertInto('pushed_requests').values(row).execute()
    },

    async find(id) {
      const row = await db.selectFrom('pushed_requests').selectAll().where('id', '=', id).executeTakeFirst()
      return row && toPushedRequest([row.id, row.client_id, row.parameters, row.expires_at])
    },
  }
}

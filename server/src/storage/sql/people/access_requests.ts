/** Requests of developers without an account to be let in with an app. */
import { type Selectable, sql } from 'kysely'
import { normalizeLogin } from '../../../protocol/account_names.ts'
import type { AccessRequest, AccessRequests } from '../../contract.ts'
import { isStorable } from '../../text.ts'
import { type Connection, transact } from '../connection.ts'
import type { AccessRequestRow } from './rows.ts'

export function accessRequests(connection: Connection): AccessRequests {
  const { db, lists } = connection

  async function take(id: string, has: 'is' | 'is not'): Promise<AccessRequest | undefined> {
    if (!isStorable(id)) return undefined
    const row = await db
      .deleteFrom('access_requests')
      .where('id', '=', id)
      .where('client_id', has, null)
      .returningAll()
      .executeTakeFirst()
    return row && toAccessRequest(row)
  }

  return {
    put: ({ id, email, appName, purpose, website, language, askedAt, expiresAt }) =>
      transact(connection, async (trx) => {
        const key = normalizeLogin(email)
        await trx.deleteFrom('access_requests').where('email_key', '=', key).where('client_id', 'is', null).execute()
        await trx
          .insertInto('access_requests')
          .values({
            id,
            email,
            email_key: key,
            app_name: appName,
            purpose,
            website,
            language,
            asked_at: askedAt,
            client_id: null,
            expires_at: expiresAt,
          })
          .execute()
      }),

    async find(id) {
      if (!isStorable(id)) return undefined
      const row = await db.selectFrom('access_requests').selectAll().where('id', '=', id).executeTakeFirst()
      return row && toAccessRequest(row)
    },

    async list(limit, after) {
      const stretch = (waits: boolean, limit: number) => {
        const of = lists
          .selectFrom('access_requests')
          .selectAll()
          .where('client_id', waits ? 'is' : 'is not', null)
          .orderBy('asked_at')
          .orderBy('id')
          .limit(limit)
        if (after?.waits !== waits) return of.execute()
        return of.where(sql<boolean>`(asked_at, id) > (${after.askedAt}, ${after.id})`).execute()
      }
      const waiting = after?.waits === false ? [] : await stretch(true, limit)
      const rows = waiting.length < limit ? [...waiting, ...(await stretch(false, limit - waiting.length))] : waiting
      return rows.map(toAccessRequest)
    },

    async countWaiting() {
      const row = await lists
        .selectFrom('access_requests')
        .select((of) => of.fn.countAll<number | string>().as('count'))
        .where('client_id', 'is', null)
        .executeTakeFirstOrThrow()
      return Number(row.count)
    },

    async approve(id, clientId, expiresAt) {
      if (!isStorable(id)) return undefined
      const row = await db
        .updateTable('access_requests')
        .set({ client_id: clientId, expires_at: expiresAt })
        .where('id', '=', id)
        .where('client_id', 'is', null)
        .returningAll()
        .executeTakeFirst()
      return row && toAccessRequest(row)
    },

    async extend(id, expiresAt) {
      await db.updateTable('access_requests').set({ expires_at: expiresAt }).where('id', '=', id).execute()
    },

    takeApproved: (id) => take(id, 'is not'),
    takeWaiting: (id) => take(id, 'is'),
  }
}

function toAccessRequest(row: Selectable<AccessRequestRow>): AccessRequest {
  return {
    id: row.id,
    email: row.email,
    appName: row.app_name,
    purpose: row.purpose,
    website: row.website,
    language: row.language,
    askedAt: row.asked_at,
    clientId: row.client_id,
    expiresAt: row.expires_at,
  }
}

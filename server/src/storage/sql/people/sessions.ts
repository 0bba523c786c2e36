/** Sessions of browsers, found by the digest of their cookie. */

import { briefly } from '../../../lib/briefly.ts'
import { minute } from '../../../lib/clock.ts'
import { createGatherer, type Gatherer } from '../../../lib/gather.ts'
import type { SessionId, UserId } from '../../../protocol/names.ts'
import type { Session, Sessions } from '../../contract.ts'
import { storable } from '../../text.ts'
import type { Connection } from '../connection.ts'
import { toAccount } from './account_rows.ts'
import type { SessionRow } from './rows.ts'

export function sessions({
  db,
  lists,
  facts,
}: Connection): Sessions & { readonly touched: Gatherer<SessionId, number> } {
  const touched = createGatherer<SessionId, number>(Math.max, async (entries) => {
    // In the order of ids like every writer of several rows, so that two of them never wait for each other in a ring.
    for (const [id, at] of entries.sort(([a], [b]) => (a < b ? -1 : 1))) {
      await db
        .updateTable('sessions')
        .set({ last_seen_at: at })
        .where('id', '=', id)
        .where('last_seen_at', '<=', at - minute)
        .execute()
    }
  })

  return {
    touched,

    async insert(session, tokenHash) {
      await db
        .insertInto('sessions')
        .values({
          id: session.id,
          token_hash: tokenHash,
          user_id: session.userId,
          auth_time: session.authTime,
          amr: JSON.stringify(session.amr),
          created_at: session.createdAt,
          last_seen_at: session.lastSeenAt,
          user_agent: storable(session.userAgent),
          user_valid_after: session.userValidAfter,
          address: session.address,
          terms_due: Number(session.termsDue),
        })
        .execute()
    },

    async find(tokenHash) {
      const row = await db
        .selectFrom('sessions as s')
        .innerJoin('users as u', 'u.id', 's.user_id')
        .selectAll('u')
        .select(['s.id as session_id', 's.user_id', 's.auth_time', 's.amr', 's.created_at as session_created_at'])
        .select(['s.last_seen_at', 's.user_agent', 's.user_valid_after', 's.address', 's.terms_due'])
        .where('s.token_hash', '=', tokenHash)
        .executeTakeFirst()
      if (row === undefined) return undefined
      const session = toSession({ ...row, id: row.session_id, created_at: row.session_created_at })
      return { session, account: toAccount(row) }
    },

    touch(id, at) {
      touched.add(id, at)
    },

    async end(id) {
      const { numDeletedRows } = await db.deleteFrom('sessions').where('id', '=', id).executeTakeFirst()
      return numDeletedRows > 0n
    },

    async endAll(userId, except) {
      const { numDeletedRows } = await db
        .deleteFrom('sessions')
        .where('id', 'in', (of) => {
          const all = of.selectFrom('sessions').select('id').where('user_id', '=', userId)
          const some = except === undefined ? all : all.where('id', '<>', except)
          return some.orderBy('id').modifyEnd(facts.lock)
        })
        .executeTakeFirst()
      return Number(numDeletedRows)
    },

    async listByUser(userId) {
      await briefly(touched.flush())
      const rows = await lists
        .selectFrom('sessions')
        .selectAll()
        .where('user_id', '=', userId)
        .orderBy('last_seen_at', 'desc')
        .orderBy('id')
        .execute()
      return rows.map(toSession)
    },

    async hold({ id, userId }) {
      const user = db.selectFrom('users').selectAll().where('id', '=', userId).modifyEnd(facts.lock)
      const held = await user.executeTakeFirst()
      const one = db.selectFrom('sessions').selectAll().where('id', '=', id).where('user_id', '=', userId)
      const row = held && (await one.executeTakeFirst())
      return held && row && { session: toSession(row), account: toAccount(held) }
    },
  }
}

function toSession(row: Omit<SessionRow, 'token_hash'>): Session {
  return {
    id: row.id as SessionId,
    userId: row.user_id as UserId,
    authTime: row.auth_time,
    amr: JSON.parse(row.amr) as string[],
    createdAt: row.created_at,
    lastSeenAt: row.last_seen_at,
    userAgent: row.user_agent,
    userValidAfter: row.user_valid_after,
    address: row.address,
    termsDue: row.terms_due === 1,
  }
}

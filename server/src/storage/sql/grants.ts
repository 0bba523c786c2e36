/** Reads of grants that no request waits for in haste. */
import { sql } from 'kysely'
import { briefly } from '../../lib/briefly.ts'
import type { EndReason } from '../../protocol/grant.ts'
import type { ClientId } from '../../protocol/names.ts'
import type { Grants } from '../contract.ts'
import type { Connection } from './connection.ts'
import { stateCode, termsAt, toView, type ViewValues, viewSql } from './grant_row.ts'
import type { GrantTerms } from './grant_terms.ts'

/** `flush` writes what the driver has gathered, so that the lists are true. */
export function grantLists(
  { db, lists, clock }: Connection,
  terms: GrantTerms,
  flush: () => Promise<void>,
): Pick<Grants, 'listByUser' | 'appsOfUser' | 'endedOfUser' | 'repeats'> {
  return {
    async listByUser(userId, limit, { state, clientId, except, unlabelled = false, offset = 0 } = {}) {
      await briefly(flush())
      const atClient = clientId === undefined ? sql`` : sql`and g.client_id = ${clientId}`
      const butAt = except === undefined ? sql`` : sql`and g.client_id <> ${except}`
      const unnamed = unlabelled ? sql`and g.label is null` : sql``
      const first = state === 'live' ? stateCode.live : stateCode.offered
      const { rows } = await sql<Record<string, unknown>>`
        select ${sql.raw(viewSql.columns)} from grants as g ${sql.raw(viewSql.joins)}
        where g.user_id = ${userId} ${atClient} ${butAt} ${unnamed} and g.state between ${first} and ${stateCode.live}
        and g.expires_at > ${clock.now()}
        order by g.created_at desc, g.id desc limit ${limit} offset ${offset}`.execute(lists)
      const views = rows.map((row) => Object.values(row) as ViewValues)
      const termsOf = await terms.read(views.map((values) => values[termsAt] as number))
      return views.map((values) => toView(values, termsOf))
    },

    async appsOfUser(userId) {
      await briefly(flush())
      const rows = await lists
        .selectFrom('grants')
        .select((of) => [
          'client_id',
          of.fn.min('created_at').as('since'),
          // `used_at` is moved by each step as well.
          of.fn.max('used_at').as('last_used'),
        ])
        .where('user_id', '=', userId)
        .where('state', '=', stateCode.live)
        .where('expires_at', '>', clock.now())
        .groupBy('client_id')
        .execute()
      return rows.map((row) => ({ clientId: row.client_id, since: row.since, lastUsed: row.last_used }))
    },

    async endedOfUser(userId, since) {
      const isEnded = sql`state = ${stateCode.ended}`
      const { rows } = await sql<{ client_id: ClientId; end_reason: EndReason | null; over_at: number }>`
        select client_id, end_reason, over_at from (
          select client_id, end_reason, over_at,
            row_number() over (partition by client_id order by over_at desc, id desc) as latest
          from (
            select id, client_id, case when ${isEnded} then end_reason end as end_reason,
              case when ${isEnded} then ended_at else expires_at end as over_at
            from grants where user_id = ${userId} and state in (${stateCode.live}, ${stateCode.ended})
          ) as overs
          where over_at > ${since} and over_at <= ${clock.now()}
        ) as ranked
        where latest = 1`.execute(lists)
      return rows.map((row) => ({ clientId: row.client_id, reason: row.end_reason, at: Number(row.over_at) }))
    },

    async repeats(id) {
      await briefly(flush())
      const row = await db
        .selectFrom('grant_repeats')
        .select((fn) => [
          fn.fn.coalesce(sql<number>`cast(sum(count) as bigint)`, sql<number>`0`).as('count'),
          fn.fn.countAll<number>().as('networks'),
          fn.fn.max('last_at').as('last'),
        ])
        .where('grant_id', '=', id)
        .executeTakeFirstOrThrow()
      return row.networks === 0 ? undefined : { count: row.count, networks: row.networks, last: row.last }
    },
  }
}

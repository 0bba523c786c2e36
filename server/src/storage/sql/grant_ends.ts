/** Ending and moving grants by what they have in common: for acts that change more than one grant. */
import { type SelectQueryBuilder, sql } from 'kysely'
import type { GrantContext } from '../../protocol/grant.ts'
import type { Grants, GrantsNamed } from '../contract.ts'
import { ownMember } from '../grant_verbs.ts'
import { announced, type Connection, transact } from './connection.ts'
import { stateCode } from './grant_row.ts'
import type { Tables } from './schema.ts'

type Found = SelectQueryBuilder<Tables, 'grants', { id: Buffer }>

export function grantEnds(connection: Connection): Pick<Grants, 'endAll' | 'hearers' | 'moveOwn'> {
  const { facts, clock } = connection
  /** Locked in the order of ids, as in every batch. */
  const inOrder = (found: Found) => found.orderBy('id').modifyEnd(facts.lock)

  return {
    endAll(of, reason) {
      return transact(connection, async (trx) => {
        const open = trx.selectFrom('grants').select('id').where('state', '<>', stateCode.ended)
        const { numUpdatedRows } = await trx
          .updateTable('grants')
          .set({ state: stateCode.ended, end_reason: reason, ended_at: clock.now() })
          .where('id', 'in', inOrder(named(open, of)))
          .executeTakeFirst()
        return Number(numUpdatedRows)
      })
    },

    async hearers(channel, userId, session) {
      const registered = connection.db
        .selectFrom('grants as g')
        .innerJoin('clients as c', 'c.client_id', 'g.client_id')
        .select(['g.client_id', 'g.session_id', 'g.own', 'c.metadata'])
        .where('g.user_id', '=', userId)
        .where('c.metadata', 'like', `%"${channel}_logout_uri":%`)
      const rows = await registered.orderBy('g.client_id').execute()
      const found = rows.flatMap((row) => {
        const of = row.session_id ?? outlivedIn(row.own)
        if (of === undefined || (session !== undefined && of !== session)) return []
        const bySession = JSON.parse(row.metadata)[`${channel}_logout_session_required`] === true
        return [[`${row.client_id} ${of}`, { clientId: row.client_id, session: of, bySession }] as const]
      })
      return [...new Map(found).values()]
    },

    async moveOwn(clientId) {
      const now = clock.now()
      await announced(connection, (trx) => {
        const live = trx.selectFrom('grants').select('id').where('state', '=', stateCode.live)
        return trx
          .updateTable('grants')
          .set({
            step: sql<number>`step + 1`,
            stepped_at: sql<number>`case when stepped_at > ${now} then stepped_at else ${now} end`,
          })
          .where('id', 'in', inOrder(live.where('client_id', '=', clientId).where('user_id', 'is', null)))
          .execute()
      })
    },
  }
}

function named(grants: Found, of: GrantsNamed): Found {
  if ('id' in of) return grants.where('id', '=', of.id)
  if ('session' in of) return grants.where('session_id', '=', of.session)
  if ('subscriptionKey' in of) {
    return grants.where('client_id', '=', of.clientId).where(holds(ownMember('subscriptionKey', of.subscriptionKey)))
  }
  if ('appPassword' in of) {
    return grants.where('user_id', '=', of.userId).where(holds(ownMember('appPassword', of.appPassword)))
  }
  if ('unlabelled' in of) {
    return grants.where('user_id', '=', of.userId).where('state', '=', stateCode.live).where('label', 'is', null)
  }
  const ofUser = grants.where('user_id', '=', of.userId)
  return of.clientId === undefined ? ofUser : ofUser.where('client_id', '=', of.clientId)
}

function outlivedIn(own: string | null): string | undefined {
  return own === null ? undefined : (JSON.parse(own) as GrantContext).outlivedSession
}

/** A text that something can be taken out of held it. */
function holds(member: string) {
  return sql<boolean>`replace(own, ${member}, '') <> own`
}

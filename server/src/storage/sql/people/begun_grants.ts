/** Beginning a grant within an act, together with what else the act does. */
import { sql } from 'kysely'
import type { Grant } from '../../../protocol/grant.ts'
import type { GrantBeginnings } from '../../contract.ts'
import { type Connection, type Db, transact } from '../connection.ts'
import { grantValues, readColumns, requireStorableGrant, stateCode } from '../grant_row.ts'
import { termsText, termsValues } from '../grant_terms.ts'
import type { GrantRow } from '../schema.ts'
import { holdAccount } from './account_rows.ts'

export function grantBeginnings(connection: Connection): GrantBeginnings {
  const { facts, clock } = connection

  /** The number of the grant's terms, which go with the act where they are new. */
  async function numberOf(trx: Db, grant: Grant): Promise<number> {
    const values = { ...termsValues(termsText(grant)), used_at: Math.floor(clock.now()) }
    const { id } = await trx
      .insertInto('grant_terms')
      .values(values)
      .onConflict((on) =>
        on.column('digest').doUpdateSet({
          used_at: sql<number>`case when grant_terms.used_at > excluded.used_at
            then grant_terms.used_at else excluded.used_at end`,
        }),
      )
      .returning('id')
      .executeTakeFirstOrThrow()
    return id
  }

  async function liveOnes(trx: Db, { userId, clientId }: Grant): Promise<number> {
    const { count } = await trx
      .selectFrom('grants')
      .select((of) => of.fn.countAll<number>().as('count'))
      .where('user_id', '=', userId)
      .where('client_id', '=', clientId)
      .where('state', '=', stateCode.live)
      .where('expires_at', '>', clock.now())
      .executeTakeFirstOrThrow()
    return Number(count)
  }

  return {
    begin: (grant: Grant, room: number) =>
      transact(connection, async (trx) => {
        if (grant.userId === null) throw new TypeError('grants.begin: a person expected')
        requireStorableGrant(grant)
        await holdAccount(trx, facts, grant.userId)
        if ((await liveOnes(trx, grant)) >= room) return 'full'
        const values = grantValues(grant, await numberOf(trx, grant))
        const row = Object.fromEntries(readColumns.map((name, at) => [name, values[at]])) as unknown as GrantRow
        await trx.insertInto('grants').values(row).execute()
        return 'begun'
      }),
  }
}

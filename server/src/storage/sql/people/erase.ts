/** Erasing an account, and what is left of its holder elsewhere. */
import { sql } from 'kysely'
import type { Millis } from '../../../lib/clock.ts'
import type { UserId } from '../../../protocol/names.ts'
import type { Accounts } from '../../contract.ts'
import { announced, type Connection, type Db } from '../connection.ts'
import { eraseWhere } from '../log/erase_events.ts'
import { deleteBelongings, invitationTables } from './belongings.ts'

export function erasure(connection: Connection): Pick<Accounts, 'erase' | 'listClosed'> {
  return {
    erase: (id, closedBefore) => eraseAccount(connection, id, closedBefore),
    async listClosed(before, limit) {
      const rows = await connection.db
        .selectFrom('users')
        .select('id')
        .where('closing_at', '<', before)
        .orderBy('closing_at')
        .limit(limit)
        .execute()
      return rows.map(({ id }) => id as UserId)
    },
  }
}

function eraseAccount(connection: Connection, id: UserId, closedBefore?: Millis): ReturnType<Accounts['erase']> {
  return announced(connection, async (trx) => {
    // The first statement writes, so that nobody takes the account back meanwhile.
    const one = trx.updateTable('users').set({ updated_at: connection.clock.now() }).where('id', '=', id)
    const row = await (closedBefore === undefined ? one : one.where('closing_at', '<', closedBefore))
      .returning(['number', 'username', 'username_key', 'email', 'email_key', 'claims'])
      .executeTakeFirst()
    if (row === undefined) return 'not_found'
    const app = await trx.selectFrom('clients').select('client_id').where('owner_id', '=', id).executeTakeFirst()
    if (app !== undefined) return 'owns_apps'
    const identities = await trx
      .selectFrom('identities')
      .select(['subject', 'label'])
      .where('user_id', '=', id)
      .execute()
    const former = await trx
      .selectFrom('former_usernames')
      .select(['username', 'username_key'])
      .where('user_id', '=', id)
      .execute()
    await deleteBelongings(trx, id, row.number)
    if (row.email_key !== null) await trx.deleteFrom('access_requests').where('email_key', '=', row.email_key).execute()
    await trx.deleteFrom('users').where('id', '=', id).execute()
    await trx.deleteFrom('identities').where('user_id', '=', id).execute()
    await deleteGrants(trx, id)
    const known = [row.username_key, ...former.map((one) => one.username_key)]
    await deleteInvitations(trx, row.email_key === null ? known : [...known, row.email_key])
    const { locale: _, zoneinfo: __, ...claims } = JSON.parse(row.claims) as Record<string, unknown>
    const names = [row.username, row.email, ...former.map(({ username }) => username)]
    const linked = identities.flatMap(({ subject, label }) => [subject, label])
    const texts = [...names, ...Object.values(claims), ...linked]
    await forget(
      connection,
      trx,
      id,
      texts.filter((text) => typeof text === 'string' && text !== ''),
    )
    return 'erased'
  })
}

/** Deletes what somebody was invited to by one of these names or addresses, but for those that others bear by now. */
async function deleteInvitations(trx: Db, names: readonly string[]): Promise<void> {
  const borne = trx.selectFrom('users').select('username_key').where('username_key', 'in', names)
  for (const table of Object.keys(invitationTables) as (keyof typeof invitationTables)[]) {
    await trx.deleteFrom(table).where('username_key', 'in', names).where('username_key', 'not in', borne).execute()
  }
}

async function deleteGrants(trx: Db, id: UserId): Promise<void> {
  const own = trx.selectFrom('grants').select('id').where('user_id', '=', id)
  await trx.deleteFrom('grant_repeats').where('grant_id', 'in', own).execute()
  await trx.deleteFrom('grants').where('user_id', '=', id).execute()
}

/**
 * Takes out of the audit log where the person's acts came from, what names the person in the acts of others, and where
 * events came from that concern nobody: somebody who mistypes their name at sign-in leaves one.
 */
async function forget(connection: Connection, trx: Db, id: UserId, texts: readonly unknown[]): Promise<void> {
  const there = { origin: true, detail: false }
  await eraseWhere(
    connection,
    trx,
    sql`actor is null and subject is null and (address, user_agent) in (
      select address, user_agent from audit_log where actor = ${id}
      union select address, user_agent from audit_log where subject = ${id}
    )`,
    there,
  )
  for (const role of ['actor', 'subject']) {
    await eraseWhere(connection, trx, sql`${sql.ref(role)} = ${id}`, { origin: true, detail: true })
  }
  for (const text of new Set(texts)) {
    const named = `%${JSON.stringify(text).replaceAll(/[\\%_]/g, (sign) => `\\${sign}`)}%`
    await eraseWhere(connection, trx, sql`detail like ${named} escape '\\'`, { origin: false, detail: true })
  }
}

/** Deleting an account with what lies in tables of its own. */
import type { UserId } from '../../../protocol/names.ts'
import type { Accounts } from '../../contract.ts'
import { announced, type Connection, type Db } from '../connection.ts'

export function deleteAccount(connection: Connection, id: UserId): ReturnType<Accounts['delete']> {
  return announced(connection, async (trx) => {
    // The first statement writes, so that nobody changes the account meanwhile.
    const row = await trx
      .updateTable('users')
      .set({ updated_at: connection.clock.now() })
      .where('id', '=', id)
      .returning(['number', 'email_key'])
      .executeTakeFirst()
    if (row === undefined) return 'not_found'
    const app = await trx.selectFrom('clients').select('client_id').where('owner_id', '=', id).executeTakeFirst()
    if (app !== undefined) return 'owns_apps'
    await deleteBelongings(trx, id, row.number)
    if (row.email_key !== null) await trx.deleteFrom('access_requests').where('email_key', '=', row.email_key).execute()
    await trx.deleteFrom('users').where('id', '=', id).execute()
    return 'deleted'
  })
}

/** Tables with rows of a person by `user_id`, which go with the account. */
const ofPerson = [
  'former_usernames',
  'pictures',
  'sessions',
  'factors',
  'recovery_codes',
  'app_passwords',
  'consents',
  'consent_receipts',
  'client_collaborators',
  'client_testers',
  'subscription_key_collaborators',
  'subscription_key_invitations',
  'email_clashes',
  'mailed_links',
  'usage',
  'app_uses',
] as const

async function deleteBelongings(trx: Db, id: UserId, number: number): Promise<void> {
  await trx.deleteFrom('subscription_keys').where('owner_id', '=', id).execute()
  for (const table of ofPerson) await trx.deleteFrom(table).where('user_id', '=', id).execute()
  await trx.deleteFrom('email_clashes').where('other_id', '=', id).execute()
  await trx.deleteFrom('jobs').where('target', '=', id).execute()
  // First, as every write of measurements holds it first.
  await trx.deleteFrom('measurement_counts').where('user_number', '=', number).execute()
  await trx.deleteFrom('measurements').where('user_number', '=', number).execute()
  await trx.deleteFrom('data_imports').where('user_number', '=', number).execute()
  await trx.deleteFrom('variables').where('user_number', '=', number).execute()
}

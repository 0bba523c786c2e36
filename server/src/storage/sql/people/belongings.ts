/** What lies in tables of its own for a person, and goes with their account. */
import type { UserId } from '../../../protocol/names.ts'
import type { Db } from '../connection.ts'

/** Tables with rows of a person by `user_id`, which go with the account. */
const ofPerson = [
  'former_usernames',
  'pictures',
  'sessions',
  'acceptances',
  'factors',
  'recovery_codes',
  'app_passwords',
  'consents',
  'consent_receipts',
  'client_collaborators',
  'client_invitations',
  'client_testers',
  'subscription_key_collaborators',
  'subscription_key_invitations',
  'email_clashes',
  'mailed_links',
  'usage',
  'app_uses',
  'dialect_tellings',
] as const

/** Tables of invitations by username or e-mail address, each with the column that says to what. */
export const invitationTables = {
  client_invitations: 'client_id',
  client_testers: 'client_id',
  subscription_key_invitations: 'key_id',
} as const

export async function deleteBelongings(trx: Db, id: UserId, number: number): Promise<void> {
  const keys = await trx.deleteFrom('subscription_keys').where('owner_id', '=', id).returning('id').execute()
  for (const key of keys) await trx.deleteFrom('plan_holders').where('holder', '=', `key:${key.id}`).execute()
  for (const table of ofPerson) await trx.deleteFrom(table).where('user_id', '=', id).execute()
  await trx.deleteFrom('email_clashes').where('other_id', '=', id).execute()
  await trx.deleteFrom('jobs').where('target', '=', id).execute()
  // First, as every write of measurements holds it first.
  await trx.deleteFrom('measurement_counts').where('user_number', '=', number).execute()
  await trx.deleteFrom('measurements').where('user_number', '=', number).execute()
  await trx.deleteFrom('data_imports').where('user_number', '=', number).execute()
  await trx.deleteFrom('variables').where('user_number', '=', number).execute()
}

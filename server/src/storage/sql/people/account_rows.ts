/** Accounts as rows: reading one, and holding it while something is written for it or ended. */
import type { Selectable } from 'kysely'
import type { Role, UserId } from '../../../protocol/names.ts'
import type { Account } from '../../contract.ts'
import type { Db, Facts } from '../connection.ts'
import type { UserRow } from '../schema.ts'

export function toAccount(row: Selectable<UserRow>): Account {
  return {
    id: row.id as UserId,
    number: row.number,
    username: row.username,
    email: row.email,
    emailVerified: row.email_verified === 1,
    emailRefusedAt: row.email_refused_at,
    passwordHash: row.password_hash,
    roles: JSON.parse(row.roles) as Role[],
    claims: JSON.parse(row.claims) as Record<string, unknown>,
    secondFactor: row.second_factor === 1,
    enabled: row.enabled === 1,
    closingAt: row.closing_at,
    validAfter: row.valid_after,
    guessesForgivenAt: row.guesses_forgiven_at,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  }
}

/** Holds the account, so that what is made and what is ended for it come one after another. */
export async function holdAccount(trx: Db, { lock }: Facts, id: UserId): Promise<void> {
  await trx.selectFrom('users').select('id').where('id', '=', id).modifyEnd(lock).execute()
}

/** Holds those of these accounts that are there, in the order of their IDs, so that none is erased before what is written. */
export async function holdAccounts(trx: Db, { lock }: Facts, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const held = trx.selectFrom('users').select('id').where('id', 'in', ids).orderBy('id').modifyEnd(lock)
  return new Set((await held.execute()).map(({ id }) => id))
}

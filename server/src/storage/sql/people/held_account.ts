/** What is written for accounts, and what ends or erases that: one after another. */
import type { UserId } from '../../../protocol/names.ts'
import type { Db, Facts } from '../connection.ts'

/** Holds the account, so that what is made and what is ended for it come one after another. */
export async function holdAccount(trx: Db, { lock }: Facts, id: UserId): Promise<void> {
  await trx.selectFrom('users').select('id').where('id', '=', id).modifyEnd(lock).execute()
}

/** Holds those of these accounts that are there, in the order of their IDs, so that none is erased before what is written. */
export async function holdAccounts(trx: Db, { lock }: Facts, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const held = trx.selectFrom('users').select('id').where('id', 'in', ids).orderBy('id').modifyEnd(lock)
  return new Set((await held.execute()).map(({ id }) => id))
}

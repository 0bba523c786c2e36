/** What is made for an account while a session of it is there, and what ends all of that: one after another. */
import type { SessionId, UserId } from '../../../protocol/names.ts'
import type { Db, Facts } from '../connection.ts'

/** Holds the account, so that what is made and what is ended for it come one after another. */
export async function holdAccount(trx: Db, { lock }: Facts, id: UserId): Promise<void> {
  await trx.selectFrom('users').select('id').where('id', '=', id).modifyEnd(lock).execute()
}

export async function isSessionThere(trx: Db, userId: UserId, session: SessionId): Promise<boolean> {
  const found = trx.selectFrom('sessions').select('id').where('user_id', '=', userId).where('id', '=', session)
  return (await found.executeTakeFirst()) !== undefined
}

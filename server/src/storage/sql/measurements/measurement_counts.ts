/** How many measurements a person has: held while they are written, so that writes of one person follow one another. */
import { sql } from 'kysely'
import type { Db } from '../connection.ts'

/** Holds the person's count until the end of the transaction; to be called before anything else of theirs is held. */
export async function holdCount(trx: Db, userNumber: number): Promise<number> {
  const { count } = await trx
    .insertInto('measurement_counts')
    .values({ user_number: userNumber, count: 0 })
    .onConflict((conflict) =>
      conflict.column('user_number').doUpdateSet({ count: sql<number>`measurement_counts.count` }),
    )
    .returning('count')
    .executeTakeFirstOrThrow()
  return count
}

/** Changes a count that is held. One that nodes of an older release have left too low does not go below 0. */
export async function changeCount(trx: Db, userNumber: number, by: number): Promise<void> {
  if (by === 0) return
  await trx
    .updateTable('measurement_counts')
    .set({ count: sql<number>`case when count + ${by} < 0 then 0 else count + ${by} end` })
    .where('user_number', '=', userNumber)
    .execute()
}

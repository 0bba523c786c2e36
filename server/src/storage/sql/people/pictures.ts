/** Pictures of account holders, found by what is in them. */
import type { Pictures } from '../../contract.ts'
import { asBuffer } from '../bytes.ts'
import type { Connection } from '../connection.ts'

export function pictures({ db, clock }: Connection): Pictures {
  return {
    async put(userId, picture) {
      const row = { ...picture, created_at: clock.now() }
      await db
        .insertInto('pictures')
        .values({ user_id: userId, ...row })
        .onConflict((conflict) => conflict.column('user_id').doUpdateSet(row))
        .execute()
    },

    async find(digest) {
      const row = await db
        .selectFrom('pictures')
        .select('content')
        .where('digest', '=', digest)
        .limit(1)
        .executeTakeFirst()
      return row && asBuffer(row.content)
    },

    async remove(userId) {
      const { numDeletedRows } = await db.deleteFrom('pictures').where('user_id', '=', userId).executeTakeFirst()
      return numDeletedRows > 0n
    },
  }
}

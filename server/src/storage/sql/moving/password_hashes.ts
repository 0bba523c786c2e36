/** Hashes of passwords that this release has not made: those of other servers, until the first sign-in. */
import { sql } from 'kysely'
import type { Accounts } from '../../contract.ts'
import type { Connection } from '../connection.ts'

/** As the partial index of migration 0042 has it, word by word: hashes that another server or another release has made. */
const otherHash = sql<boolean>`password_hash not like '$argon2id$v=19$m=19456,t=2,p=1$%'`

export function passwordHashes({ db }: Connection): Pick<Accounts, 'renewPasswordHash' | 'listOtherHashes'> {
  return {
    async renewPasswordHash(id, from, to) {
      const { numUpdatedRows } = await db
        .updateTable('users')
        .set({ password_hash: to })
        .where('id', '=', id)
        .where('password_hash', '=', from)
        .executeTakeFirst()
      return numUpdatedRows === 1n
    },

    async listOtherHashes(limit) {
      const rows = await db
        .selectFrom('users')
        .select('password_hash')
        .where(otherHash)
        .orderBy('id')
        .limit(limit)
        .execute()
      return rows.flatMap(({ password_hash: hash }) => hash ?? [])
    },
  }
}

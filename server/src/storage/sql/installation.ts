/** What is made once with a database: the random id of the installation, and the salt of its pairwise subjects. */
import { randomBytes } from '../../lib/random.ts'
import type { SealedSalt, SubjectSalt } from '../contract.ts'
import { asBuffer } from './bytes.ts'
import type { Connection, Db } from './connection.ts'

export async function installationId(db: Db): Promise<Buffer> {
  const known = await db.selectFrom('installation').select('id').executeTakeFirst()
  if (known !== undefined) return asBuffer(known.id)
  // Of several first starts at once only one row stays; everybody reads that one.
  await db
    .insertInto('installation')
    .values({ one: 1, id: randomBytes(16), subject_salt: null })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  const row = await db.selectFrom('installation').select('id').executeTakeFirstOrThrow()
  return asBuffer(row.id)
}

export function subjectSalt({ db }: Pick<Connection, 'db'>): SubjectSalt {
  return {
    async find() {
      const row = await db.selectFrom('installation').select('subject_salt').executeTakeFirstOrThrow()
      return row.subject_salt === null ? undefined : (JSON.parse(row.subject_salt) as SealedSalt)
    },

    async replace(from, to) {
      await db
        .updateTable('installation')
        .set({ subject_salt: JSON.stringify(to) })
        .where('subject_salt', from === undefined ? 'is' : '=', from === undefined ? null : JSON.stringify(from))
        .execute()
    },
  }
}

/** The random id of this installation, made once with its database. */
import { randomBytes } from '../../lib/random.ts'
import { asBuffer } from './bytes.ts'
import type { Db } from './connection.ts'

export async function installationId(db: Db): Promise<Buffer> {
  const known = await db.selectFrom('installation').select('id').executeTakeFirst()
  if (known !== undefined) return asBuffer(known.id)
  // Of several first starts at once only one row stays; everybody reads that one.
  await db
    .insertInto('installation')
    .values({ one: 1, id: randomBytes(16) })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  const row = await db.selectFrom('installation').select('id').executeTakeFirstOrThrow()
  return asBuffer(row.id)
}

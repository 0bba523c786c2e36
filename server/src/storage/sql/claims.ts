/** Claiming a single-use id together with what follows from it. */
import { randomBytes } from '../../lib/random.ts'
import type { Claims } from '../contract.ts'
import { claimBucket } from '../grant_verbs.ts'
import type { Connection } from './connection.ts'

export function actClaims({ db }: Pick<Connection, 'db'>): Pick<Claims, 'claimOnce'> {
  return {
    async claimOnce(kind, hash, expires) {
      // Whoever comes later with the same one waits here until the transaction is over.
      const claimed = await db
        .insertInto('claims')
        .values({ bucket: claimBucket(expires), kind, hash, attempt: randomBytes(16) })
        .onConflict((conflict) => conflict.doNothing())
        .returning('kind')
        .executeTakeFirst()
      return claimed === undefined ? 'seen' : 'first'
    },
  }
}

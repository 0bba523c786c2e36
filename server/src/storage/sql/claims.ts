/** Claiming a single-use id together with what follows from it, and the rows of pushed requests. */
import { randomBytes } from '../../lib/random.ts'
import type { ClientId } from '../../protocol/names.ts'
import type { Claims, PushedRequest } from '../contract.ts'
import { claimBucket } from '../grant_verbs.ts'
import { asBuffer } from './bytes.ts'
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

/** A pushed request from its row: id, client, parameters and end. */
export function toPushedRequest([id, clientId, parameters, expiresAt]: readonly [
  Uint8Array,
  string,
  string,
  number,
]): PushedRequest {
  return {
    id: asBuffer(id),
    clientId: clientId as ClientId,
    parameters: JSON.parse(parameters) as PushedRequest['parameters'],
    expiresAt,
  }
}

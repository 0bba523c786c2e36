/** Single-use ids on SQLite. */
import { randomBytes } from '../../lib/random.ts'
import type { Claims, OnceClaim } from '../contract.ts'
import { claimBucket } from '../grant_verbs.ts'
import { type Database, prepareRows } from './database.ts'
import type { Reader } from './reader.ts'
import type { Writer } from './writer.ts'

/** Claims an id within a transaction that is open. */
export function claimWithin(database: Database): (claim: OnceClaim) => 'first' | 'seen' {
  const insert = database.prepare(
    'insert into claims (bucket, kind, hash, attempt) values (?, ?, ?, ?) on conflict do nothing',
  )
  return ({ kind, hash, expires }) =>
    Number(insert.run(claimBucket(expires), kind, hash, randomBytes(16)).changes) === 1 ? 'first' : 'seen'
}

export function sqliteClaims(database: Database, reader: Reader, writer: Writer): Claims {
  const claim = claimWithin(database)
  const select = prepareRows(database, 'select 1 from claims where bucket = ? and kind = ? and hash = ?')
  return {
    async claimOnce(kind, hash, expires) {
      return writer.write(() => claim({ kind, hash, expires }))
    },

    async isClaimed(kind, hash, expires) {
      const bucket = claimBucket(expires)
      return reader.read(() => select.get(bucket, kind, hash) !== undefined)
    },
  }
}

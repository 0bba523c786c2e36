/** Single-use ids on SQLite. */
import { randomBytes } from '../../lib/random.ts'
import type { Claims } from '../contract.ts'
import { claimBucket } from '../grant_verbs.ts'
import { type Database, prepareRows } from './database.ts'
import type { Reader } from './reader.ts'
import type { Writer } from './writer.ts'

export function sqliteClaims(database: Database, reader: Reader, writer: Writer): Claims {
  const insert = database.prepare(
    'insert into claims (bucket, kind, hash, attempt) values (?, ?, ?, ?) on conflict do nothing',
  )
  const select = prepareRows(database, 'select 1 from claims where bucket = ? and kind = ? and hash = ?')
  return {
    async claimOnce(kind, hash, expires) {
      const bucket = claimBucket(expires)
      const attempt = randomBytes(16)
      return writer.write(() => (Number(insert.run(bucket, kind, hash, attempt).changes) === 1 ? 'first' : 'seen'))
    },

    async isClaimed(kind, hash, expires) {
      const bucket = claimBucket(expires)
      return reader.read(() => select.get(bucket, kind, hash) !== undefined)
    },
  }
}

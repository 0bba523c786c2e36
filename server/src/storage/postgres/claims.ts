/** Single-use ids on PostgreSQL. */
import { randomBytes } from '../../lib/random.ts'
import type { Claims } from '../contract.ts'
import { claimBucket } from '../grant_verbs.ts'
import type { Pool } from './pool.ts'
import { createClaimReader } from './reads.ts'
import type { Writes } from './writes.ts'

export function postgresClaims(pool: Pool, writes: Writes): Claims {
  const isClaimed = createClaimReader(pool)
  return {
    async claimOnce(kind, hash, expires) {
      return writes.write<'first' | 'seen'>({
        verb: 'claim',
        bucket: claimBucket(expires),
        kind,
        hash,
        attempt: randomBytes(16),
      })
    },

    async isClaimed(kind, hash, expires) {
      return isClaimed({ bucket: claimBucket(expires), kind, hash })
    },
  }
}

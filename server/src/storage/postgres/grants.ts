/** The grant verbs on PostgreSQL. */
import type { Millis } from '../../lib/clock.ts'
import { createGatherer, type Gatherer } from '../../lib/gather.ts'
import { randomBytes } from '../../lib/random.ts'
import type { Advance, EndReason, Grant } from '../../protocol/grant.ts'
import type { AuditEvent, Grants } from '../contract.ts'
import { beyondLimit, claimBucket, laterUse, requireSwap, type TrimRow, type Use } from '../grant_verbs.ts'
import type { Connection } from '../sql/connection.ts'
import { grantEnds } from '../sql/grant_ends.ts'
import { grantValues, requireId, requireStorableGrant, requireWhole, stateCode } from '../sql/grant_row.ts'
import type { GrantTerms } from '../sql/grant_terms.ts'
import { grantLists } from '../sql/grants.ts'
import { requireStorable } from '../text.ts'
import type { Repeat } from './batch_items.ts'
import type { DatabaseClock } from './clock.ts'
import type { Pool } from './pool.ts'
import { createBeyondReader, createFinder } from './reads.ts'
import { transact } from './transaction.ts'
import type { Writes } from './writes.ts'

export interface PostgresGrants extends Grants {
  /** Writes what was gathered. */
  flush(): Promise<void>
}

const { live, ended } = stateCode
const theLive = `from grants where user_id = $1 and client_id = $2 and state = ${live} and expires_at > $3`

/** Uses in one item of a batch; each is one more row to lock. */
const usesAtOnce = 250

export function postgresGrants(
  pool: Pool,
  { writes, terms }: { readonly writes: Writes; readonly terms: GrantTerms },
  connection: Connection,
  clock: DatabaseClock,
): PostgresGrants {
  const { flush, ...remarks } = gatherRemarks(writes)
  const isBeyond = createBeyondReader(pool)

  async function insert(grant: Grant, event?: AuditEvent): Promise<Grant> {
    requireStorableGrant(grant)
    const values = grantValues(grant, await terms.numberOf(grant))
    return writes.write<Grant>({ verb: 'insert', grant, values, event })
  }

  return {
    ...grantLists(connection, terms, flush),
    ...grantEnds(connection),
    ...remarks,
    flush,

    async insert(grant, event) {
      const there = await insert(grant, event)
      if (!there.id.equals(grant.id)) throw new Error('grants: the handle belongs to another grant')
    },

    async insertOnce(grant, { kind, hash, expires }) {
      requireStorableGrant(grant)
      const values = grantValues(grant, await terms.numberOf(grant))
      return writes.write<'first' | 'seen'>({
        verb: 'insert once',
        insert: { verb: 'insert', grant, values },
        claim: { verb: 'claim', bucket: claimBucket(expires), kind, hash, attempt: randomBytes(16) },
      })
    },

    insertByHandle: (grant) => insert(grant),

    find: createFinder(pool, terms, 'id'),
    findByHandle: createFinder(pool, terms, 'handle'),

    async advance(swap, seen, by, noticeOf) {
      requireSwap(swap)
      if (seen === undefined || swap.step < seen.step) await remarks.flushUses()
      return writes.write<Advance>({ verb: 'advance', swap, seen, by, noticeOf })
    },

    async end(id, reason) {
      requireId(id)
      return writes.write<boolean>({ verb: 'end', id, reason, attempt: randomBytes(16) })
    },

    async rekey(id, generation) {
      requireId(id)
      requireWhole('generation', generation)
      return writes.write<boolean>({ verb: 'rekey', id, generation })
    },

    async trim(userId, clientId, keep, except) {
      requireStorable('userId', userId)
      requireStorable('clientId', clientId)
      if (!(await isBeyond({ userId, clientId, keep }))) return 0
      await remarks.flushUses()
      const values = [userId, clientId, Math.floor(clock.now())]
      return transact(pool, { uncertain: false }, async (client) => {
        const count = await client.query<{ count: number }>(`select count(*) as count ${theLive}`, values)
        if ((count.rows[0]?.count ?? 0) <= keep) return 0
        const { rows } = await client.query<TrimRow>(
          `select id, label, used_at, terms ${theLive} order by id for update`,
          values,
        )
        const termsOf = await terms.read(rows.map((row) => row.terms))
        const going = beyondLimit(rows, { terms: termsOf, keep, except })
        const reason: EndReason = 'grant_limit'
        await client.query(
          `update grants set state = ${ended}, end_reason = $1, ended_at = $2 where id = any($3::bytea[])`,
          [reason, values[2], going],
        )
        return going.length
      })
    },
  }
}

/** Uses and repeats, which are written a moment later. */
function gatherRemarks(writes: Writes) {
  const uses: Gatherer<string, Use> = createGatherer(laterUse, async (entries) => {
    for (let i = 0; i < entries.length; i += usesAtOnce) {
      const some = entries.slice(i, i + usesAtOnce).map(([, use]) => use)
      await writes.write<void>({ verb: 'used', uses: some })
    }
  })
  const repeats: Gatherer<string, Repeat> = createGatherer(
    (a, b) => ({ ...b, count: a.count + b.count, at: Math.max(a.at, b.at) }),
    (entries) => writes.write<void>({ verb: 'repeats', repeats: entries.map(([, repeat]) => repeat) }),
  )
  return {
    flush: async () => void (await Promise.all([uses.flush(), repeats.flush()])),
    flushUses: () => uses.flush(),

    markUsed(id: Buffer, at: Millis, step: number) {
      requireId(id)
      uses.add(id.toString('latin1'), { id, at: Math.floor(at), step })
    },

    noteRepeat(id: Buffer, network: string, at: Millis) {
      requireId(id)
      requireStorable('network', network)
      repeats.add(`${id.toString('latin1')}${network}`, { id, network, count: 1, at: Math.floor(at) })
    },
  }
}

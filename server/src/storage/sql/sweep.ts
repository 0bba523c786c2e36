/** Deletes what is past its retention, a small batch at a time, so that no hot verb waits for it. */
import { sql } from 'kysely'
import { day, hour, type Millis } from '../../lib/clock.ts'
import { asBuffer } from './bytes.ts'
import type { Cold } from './cold.ts'
import { stateCode } from './grant_row.ts'

/** Rows looked at or deleted per table in one sweep. */
const batch = 1000
/** Clients whose request log is looked at in one sweep. */
const clientsAtOnce = 20
const requestsLast = 14 * day
/** The meters of the older doors are for deciding when to close them: a year and a little. */
const dialectUsesLast = 400 * day
const requestsKept = { authenticated: 10_000, unauthenticated: 1_000 }

export function sweeper({ db, facts, clock }: Cold): (retention: Millis) => Promise<number> {
  let lastGrant: Buffer = Buffer.alloc(0)
  let lastClient = ''

  /** Walks the primary key from where it stopped, because an index on the end of life would cost every swap. */
  async function sweepGrants(before: Millis): Promise<number> {
    const rows = await db
      .selectFrom('grants')
      .select(['id', 'state', 'ended_at', 'expires_at'])
      .where('id', '>', lastGrant)
      .orderBy('id')
      .limit(batch)
      .execute()
    const last = rows.at(-1)
    lastGrant = last === undefined || rows.length < batch ? Buffer.alloc(0) : asBuffer(last.id)
    const ids = rows
      .filter((row) => row.expires_at < before || (row.state === stateCode.ended && (row.ended_at ?? 0) < before))
      .map((row) => asBuffer(row.id))
    if (ids.length === 0) return 0
    return db.transaction().execute(async (trx) => {
      // Judged again on the held row: what was read above may have moved since.
      const gone = await trx
        .deleteFrom('grants')
        .where('id', 'in', (of) =>
          of
            .selectFrom('grants')
            .select('id')
            .where('id', 'in', ids)
            .where((either) =>
              either.or([
                either('expires_at', '<', before),
                either.and([either('state', '=', stateCode.ended), either('ended_at', '<', before)]),
              ]),
            )
            .orderBy('id')
            .modifyEnd(facts.lock),
        )
        .returning('id')
        .execute()
      if (gone.length > 0) {
        const idsGone = gone.map((row) => row.id)
        await trx.deleteFrom('grant_repeats').where('grant_id', 'in', idsGone).execute()
      }
      return gone.length
    })
  }

  async function sweepClaims(now: Millis): Promise<number> {
    const past = sql`(select bucket, kind, hash from claims where bucket < ${Math.floor(now / hour)}
      order by bucket, kind, hash limit ${batch} ${facts.lock})`
    const rows = await sql<{ bucket: number }>`
      delete from claims where (bucket, kind, hash) in ${past} returning bucket`.execute(db)
    return rows.rows.length
  }

  /** A window is kept for as long again: a part of its failures counts in the one after it. */
  async function sweepFailures(now: Millis): Promise<number> {
    const past = sql`(select key, starts_at, ends_at from failures
      where ends_at <= ${now} and 2 * ends_at - starts_at <= ${now}
      order by key, starts_at, ends_at limit ${batch} ${facts.lock})`
    const rows = await sql<{ key: string }>`
      delete from failures where (key, starts_at, ends_at) in ${past} returning key`.execute(db)
    return rows.rows.length
  }

  async function sweepUsage(before: Millis): Promise<number> {
    const past = sql`(select day, user_id from usage where day < ${new Date(before).toISOString().slice(0, 10)}
      order by day, user_id limit ${batch} ${facts.lock})`
    const rows = await sql<{ day: string }>`
      delete from usage where (day, user_id) in ${past} returning day`.execute(db)
    return rows.rows.length
  }

  async function sweepDialectUses(before: Millis): Promise<number> {
    const past = sql`(select day, dialect, client_id from dialect_uses
      where day < ${new Date(before).toISOString().slice(0, 10)}
      order by day, dialect, client_id limit ${batch} ${facts.lock})`
    const rows = await sql<{ day: string }>`
      delete from dialect_uses where (day, dialect, client_id) in ${past} returning day`.execute(db)
    return rows.rows.length
  }

  async function sweepSessions(before: Millis): Promise<number> {
    const rows = await db
      .deleteFrom('sessions')
      .where('id', 'in', (of) =>
        of
          .selectFrom('sessions')
          .select('id')
          .where('last_seen_at', '<', before)
          .orderBy('id')
          .limit(batch)
          .modifyEnd(facts.lock),
      )
      .returning('id')
      .execute()
    return rows.length
  }

  /** One ring of one client: what is too old, and what lies behind the newest that are kept. */
  async function sweepRing(clientId: string, authenticated: 0 | 1, kept: number, now: Millis): Promise<number> {
    const ring = db
      .selectFrom('request_log')
      .where('client_id', '=', clientId)
      .where('authenticated', '=', authenticated)
    const first = await ring
      .select(['at', 'seq'])
      .orderBy('at', 'desc')
      .orderBy('seq', 'desc')
      .offset(kept)
      .limit(1)
      .executeTakeFirst()
    const old = now - requestsLast
    const past = ring
      .select('seq')
      .where((either) =>
        first === undefined || first.at < old
          ? either('at', '<', old)
          : either.or([
              either('at', '<', first.at),
              either.and([either('at', '=', first.at), either('seq', '<=', first.seq)]),
            ]),
      )
      .orderBy('at')
      .orderBy('seq')
      .limit(batch)
      .modifyEnd(facts.lock)
    const rows = await db.deleteFrom('request_log').where('seq', 'in', past).returning('seq').execute()
    return rows.length
  }

  async function sweepRequests(now: Millis): Promise<number> {
    let count = 0
    for (let i = 0; i < clientsAtOnce; i++) {
      const next = await db
        .selectFrom('request_log')
        .select('client_id')
        .where('client_id', '>', lastClient)
        .orderBy('client_id')
        .limit(1)
        .executeTakeFirst()
      lastClient = next?.client_id ?? ''
      if (next === undefined) break
      count += await sweepRing(next.client_id, 1, requestsKept.authenticated, now)
      count += await sweepRing(next.client_id, 0, requestsKept.unauthenticated, now)
    }
    return count
  }

  return async (retention) => {
    const now = clock.now()
    return (
      (await sweepGrants(now - retention)) +
      (await sweepClaims(now)) +
      (await sweepFailures(now)) +
      (await sweepUsage(now - retention)) +
      (await sweepDialectUses(now - dialectUsesLast)) +
      (await sweepSessions(now - Math.max(retention, 30 * day))) +
      (await sweepRequests(now))
    )
  }
}

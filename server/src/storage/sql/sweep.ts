/**
 * Deletes what is past its retention, a small batch at a time, so that no grant verb waits for it; and brings what nodes of the
 * release before have written into the form that this one reads.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import { day, dayOf, hour, type Millis } from '../../lib/clock.ts'
import { keptFor, type Retention } from '../contract.ts'
import { asBuffer } from './bytes.ts'
import { nameClients } from './clients/client_names.ts'
import type { Connection } from './connection.ts'
import { stateCode } from './grant_row.ts'

/** Rows looked at or deleted at once. */
const batch = 1000
/** Batches of one table in one sweep: a million rows, where ten thousand a second are 600,000 in the minute between two. */
const mostBatches = 1000
/** Clients whose request log is looked at in one sweep. */
const clientsAtOnce = 20
/** Of those that proved to be of the app (1), and of those that did not. */
const requestsKept = [
  [1, 10_000],
  [0, 1_000],
] as const

export interface Sweeper {
  sweep(retention: Retention): Promise<number>
  /** Ends a sweep that is under way behind its batch. */
  stop(): Promise<void>
}

export function sweeper(connection: Connection): Sweeper {
  const { db, clock } = connection
  let stopped = false
  let running: Promise<unknown> = Promise.resolve()

  let lastGrant: Buffer = Buffer.alloc(0)
  let lastClient = ''

  /** Batch after batch while each takes `enough` rows away, with a pause behind each that is as long as it was. */
  async function all(enough: number, sweepBatch: () => Promise<number>): Promise<number> {
    let count = 0
    for (let batches = 0; batches < mostBatches && !stopped; batches++) {
      const started = performance.now()
      const gone = await sweepBatch()
      count += gone
      if (gone < enough) break
      await sleep(performance.now() - started)
    }
    return count
  }

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
    return ids.length === 0 ? 0 : deleteGrants(connection, ids, before)
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
      if (next === undefined || stopped) break
      const { client_id: clientId } = next
      for (const [authenticated, kept] of requestsKept) {
        count += await all(batch, () => sweepRing(connection, { clientId, authenticated, kept }, now))
      }
    }
    return count
  }

  async function sweep({ rows, audit, markDrop }: Retention): Promise<number> {
    const now = clock.now()
    await nameClients(connection)
    return (
      // Ids are in the order of time, so that where one has gone more of its age are likely to go.
      (await all(1, () => sweepGrants(now - rows))) +
      (await all(batch, () => sweepTerms(connection, now - rows))) +
      (await all(batch, () => sweepClaims(connection, now))) +
      (await all(batch, () => sweepFailures(connection, now))) +
      (await all(batch, () => sweepEnded(connection, now))) +
      (await all(batch, () => sweepUnchained(connection, now - audit))) +
      (await all(1, () => sweepChain(connection, { before: now - audit, now, markDrop }))) +
      (await all(batch, () => sweepDeliveries(connection, now - keptFor.deliveries))) +
      (await all(batch, () => sweepUsage(connection, now - rows))) +
      (await all(batch, () => sweepPlanUses(connection, now))) +
      (await all(batch, () => sweepAppUses(connection, now - keptFor.apps))) +
      (await all(batch, () => sweepDeletedClients(connection, now - keptFor.apps))) +
      (await all(batch, () => sweepImports(connection, now - rows))) +
      (await all(batch, () => sweepDialectUses(connection, now - keptFor.dialectUses))) +
      (await sweepNodes(connection, now - keptFor.nodes)) +
      (await all(batch, () => sweepJobs(connection, 'done', now))) +
      (await all(batch, () => sweepJobs(connection, 'given_up', now))) +
      (await all(batch, () => sweepSessions(connection, now - Math.max(rows, keptFor.sessions)))) +
      (stopped ? 0 : await sweepRequests(now))
    )
  }

  return {
    sweep(retention) {
      // Whoever closes the storage waits for what is under way, and for nothing that begins after that.
      const sweeping = stopped ? Promise.resolve(0) : sweep(retention)
      running = Promise.allSettled([running, sweeping])
      return sweeping
    },
    async stop() {
      stopped = true
      await running
    },
  }
}

/** Deletes those of the grants that are past their retention. */
function deleteGrants({ db, facts }: Connection, ids: readonly Buffer[], before: Millis): Promise<number> {
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

/** Terms go when the last grant that they were taken for has gone; no grant has to be looked at for that. */
async function sweepTerms({ db, facts }: Connection, before: Millis): Promise<number> {
  const past = sql`(select id from grant_terms where used_at + lasts < ${before} order by id limit ${batch} ${facts.lock})`
  const rows = await sql<{ id: number }>`delete from grant_terms where id in ${past} returning id`.execute(db)
  return rows.rows.length
}

/** A run of the primary key up to the last of a batch, which no database has to look far for. */
async function sweepClaims({ db }: Connection, now: Millis): Promise<number> {
  const past = sql`bucket < ${Math.floor(now / hour)}`
  const { rows } = await sql<{ bucket: number; kind: string; hash: Uint8Array }>`
    select bucket, kind, hash from claims where ${past} order by bucket, kind, hash limit 1 offset ${batch - 1}
  `.execute(db)
  const [last] = rows
  const upTo =
    last === undefined ? sql`` : sql`and (bucket, kind, hash) <= (${last.bucket}, ${last.kind}, ${asBuffer(last.hash)})`
  const gone = await sql<{ bucket: number }>`delete from claims where ${past} ${upTo} returning bucket`.execute(db)
  return gone.rows.length
}

/** A window is kept for as long again: a part of its failures counts in the one after it. */
async function sweepFailures({ db, facts }: Connection, now: Millis): Promise<number> {
  const past = sql`(select key, starts_at, ends_at from failures
    where ends_at <= ${now} and 2 * ends_at - starts_at <= ${now}
    order by key, starts_at, ends_at limit ${batch} ${facts.lock})`
  const rows = await sql<{ key: string }>`
    delete from failures where (key, starts_at, ends_at) in ${past} returning key`.execute(db)
  return rows.rows.length
}

/** Tables whose rows say when they end, each with its key. */
const ending = {
  mailed_links: 'id',
  access_requests: 'id',
  idempotency_keys: 'key',
  pushed_requests: 'id',
  device_requests: 'id',
} as const

async function sweepEnded({ db, facts }: Connection, now: Millis): Promise<number> {
  let count = 0
  for (const [table, key] of Object.entries(ending)) {
    const past = sql`(select ${sql.ref(key)} from ${sql.table(table)} where expires_at <= ${now}
      order by ${sql.ref(key)} limit ${batch} ${facts.lock})`
    const gone = await sql<object>`
      delete from ${sql.table(table)} where ${sql.ref(key)} in ${past} returning expires_at`.execute(db)
    count += gone.rows.length
  }
  return count
}

/** Rows of the audit log from before there were chains. */
async function sweepUnchained({ db, facts }: Connection, before: Millis): Promise<number> {
  const past = sql`(select seq from audit_log where node is null and at < ${Math.floor(before / day) * day}
    order by at, seq limit ${batch} ${facts.lock})`
  const rows = await sql<{ seq: number }>`delete from audit_log where seq in ${past} returning seq`.execute(db)
  return rows.rows.length
}

/**
 * Takes rows off the beginning of one chain, and writes down where it begins now. What an older row stands in front of stays
 * until that goes, too: within a chain moments are all but in order.
 */
async function sweepChain(
  { db }: Connection,
  {
    before,
    now,
    markDrop,
  }: { readonly before: Millis; readonly now: Millis; readonly markDrop: Retention['markDrop'] },
): Promise<number> {
  const until = Math.floor(before / day) * day
  const { rows: chains } = await sql<{ node: string }>`
    select c.node from audit_chains c where (
      select a.at from audit_log a where a.node = c.node order by a.number limit 1
    ) < ${until} limit 1`.execute(db)
  const [chain] = chains
  if (chain === undefined) return 0
  const { node } = chain
  const oldest = await db
    .selectFrom('audit_log')
    .select(['number', 'digest', 'at'])
    .where('node', '=', node)
    .orderBy('number')
    .limit(batch)
    .execute()
  const stays = oldest.findIndex(({ at }) => at >= until)
  const last = (stays === -1 ? oldest : oldest.slice(0, stays)).at(-1)
  if (last === undefined || last.number === null || last.digest === null) return 0
  const { number } = last
  const drop = { node, number, digest: asBuffer(last.digest), droppedAt: now }
  const values = { number, digest: drop.digest, dropped_at: now, mark: markDrop?.(drop) ?? '' }
  return db.transaction().execute(async (trx) => {
    const { numDeletedRows } = await trx
      .deleteFrom('audit_log')
      .where('node', '=', node)
      .where('number', '<=', number)
      .executeTakeFirst()
    await trx
      .insertInto('audit_drops')
      .values({ node, ...values })
      .onConflict((conflict) => conflict.column('node').doUpdateSet(values))
      .execute()
    return Number(numDeletedRows)
  })
}

async function sweepDeliveries({ db, facts }: Connection, before: Millis): Promise<number> {
  const past = sql`(select id from webhook_deliveries where created_at < ${before}
    order by created_at, id limit ${batch} ${facts.lock})`
  const { rows } = await sql<{ id: string }>`delete from webhook_deliveries where id in ${past} returning id`.execute(
    db,
  )
  return rows.length
}

async function sweepNodes({ db }: Connection, before: Millis): Promise<number> {
  const { numDeletedRows } = await db.deleteFrom('nodes').where('seen_at', '<', before).executeTakeFirst()
  return Number(numDeletedRows)
}

async function sweepJobs({ db, facts }: Connection, outcome: 'done' | 'given_up', now: Millis): Promise<number> {
  const past = sql`(select id from jobs where outcome = ${outcome} and ended_at < ${now - (outcome === 'done' ? keptFor.jobsDone : keptFor.jobsGivenUp)}
    order by id limit ${batch} ${facts.lock})`
  const { rows } = await sql<{ id: string }>`delete from jobs where id in ${past} returning id`.execute(db)
  return rows.length
}

async function sweepUsage({ db, facts }: Connection, before: Millis): Promise<number> {
  const past = sql`(select day, user_id from usage where day < ${dayOf(before)}
    order by day, user_id limit ${batch} ${facts.lock})`
  const rows = await sql<{ day: string }>`
    delete from usage where (day, user_id) in ${past} returning day`.execute(db)
  return rows.rows.length
}

async function sweepPlanUses({ db, facts }: Connection, now: Millis): Promise<number> {
  const past = sql`(select holder, period from plan_uses where ends_at <= ${now}
    order by holder, period limit ${batch} ${facts.lock})`
  const rows = await sql<{ period: string }>`
    delete from plan_uses where (holder, period) in ${past} returning period`.execute(db)
  return rows.rows.length
}

async function sweepAppUses({ db, facts }: Connection, before: Millis): Promise<number> {
  const past = sql`(select user_id, client_id, day, resource from app_uses where day < ${dayOf(before)}
    order by user_id, client_id, day, resource limit ${batch} ${facts.lock})`
  const rows = await sql<{ day: string }>`
    delete from app_uses where (user_id, client_id, day, resource) in ${past} returning day`.execute(db)
  return rows.rows.length
}

async function sweepDeletedClients({ db, facts }: Connection, before: Millis): Promise<number> {
  const past = sql`(select client_id from deleted_clients where deleted_at < ${before}
    order by client_id limit ${batch} ${facts.lock})`
  const { rows } = await sql<{ client_id: string }>`
    delete from deleted_clients where client_id in ${past} returning client_id`.execute(db)
  return rows.length
}

async function sweepImports({ db, facts }: Connection, before: Millis): Promise<number> {
  const past = sql`(select user_number from data_imports where updated_at < ${before}
    order by user_number limit ${batch} ${facts.lock})`
  const rows = await sql<{ user_number: number }>`
    delete from data_imports where user_number in ${past} returning user_number`.execute(db)
  return rows.rows.length
}

async function sweepDialectUses({ db, facts }: Connection, before: Millis): Promise<number> {
  const past = sql`(select day, dialect, client_id from dialect_uses
    where day < ${dayOf(before)}
    order by day, dialect, client_id limit ${batch} ${facts.lock})`
  const rows = await sql<{ day: string }>`
    delete from dialect_uses where (day, dialect, client_id) in ${past} returning day`.execute(db)
  return rows.rows.length
}

async function sweepSessions({ db, facts }: Connection, before: Millis): Promise<number> {
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

interface Ring {
  readonly clientId: string
  readonly authenticated: 0 | 1
  /** How many of its newest entries are kept. */
  readonly kept: number
}

/** One ring of one client: what is too old, and what lies behind the newest that are kept. */
async function sweepRing(
  { db, facts }: Connection,
  { clientId, authenticated, kept }: Ring,
  now: Millis,
): Promise<number> {
  const ring = db.selectFrom('request_log').where('client_id', '=', clientId).where('authenticated', '=', authenticated)
  const first = await ring
    .select(['at', 'seq'])
    .orderBy('at', 'desc')
    .orderBy('seq', 'desc')
    .offset(kept)
    .limit(1)
    .executeTakeFirst()
  const old = now - keptFor.requests
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

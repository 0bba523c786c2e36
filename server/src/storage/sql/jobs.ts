/** Jobs, from their adding to their end. */
import { type RawBuilder, sql, type UpdateObject } from 'kysely'
import type { Millis } from '../../lib/clock.ts'
import type { ClaimedJob, JobOutcome, Jobs, Lease, NewJob, SealedText, StoredJob } from '../contract.ts'
import type { Connection, Db } from './connection.ts'
import { readPage, type Source } from './lists/pages.ts'
import type { JobRow, Tables } from './schema.ts'

type Updated = UpdateObject<Tables, 'jobs'>

export function jobs(connection: Connection): Jobs {
  const { db, facts, clock } = connection

  /** Writes to the job while its lease is that of the caller. */
  async function whileHeld({ id, lease }: Lease, set: Updated): Promise<boolean> {
    const { numUpdatedRows } = await db
      .updateTable('jobs')
      .set(set)
      .where('id', '=', id)
      .where('lease', '=', lease)
      .where('ended_at', 'is', null)
      .executeTakeFirst()
    return numUpdatedRows > 0n
  }

  function due(kinds: readonly string[], now: Millis) {
    return db
      .selectFrom('jobs')
      .select('id')
      .where('ended_at', 'is', null)
      .where('due_at', '<=', now)
      .where('kind', 'in', [...kinds])
  }

  return {
    add: (job, pause = 0) => addJob(connection, job, pause),

    async claim(kinds, limit, lease) {
      const now = clock.now()
      const rows = await db
        .with(
          (name) => name('taken').materialized(),
          () => due(kinds, now).orderBy('due_at').orderBy('id').limit(limit).modifyEnd(facts.lockFree),
        )
        .updateTable('jobs')
        .set({ lease: sql`lease + 1`, attempts: sql`attempts + 1`, due_at: now + lease, again_after: null })
        .where('id', 'in', (of) => of.selectFrom('taken').select('id'))
        .returningAll()
        .execute()
      return rows.map((row): ClaimedJob => ({ ...toJob(row), lease: row.lease }))
    },

    extend: (held, lease) => whileHeld(held, { due_at: clock.now() + lease }),

    end(held, outcome, error) {
      const now = clock.now()
      return whileHeld(held, {
        ended_at: sql`case when again_after is null then cast(${now} as bigint) end`,
        outcome: sql`case when again_after is null then ${outcome} end`,
        error: sql`case when again_after is null then ${error ?? null} end`,
        payload:
          outcome === 'given_up'
            ? sql`case when again_after is null and secret is not null then '{}' else payload end`
            : sql`case when again_after is null then '{}' else payload end`,
        secret: sql`case when again_after is null then null else secret end`,
        due_at: sql`case when again_after is null then due_at else ${now} + again_after end`,
        attempts: sql`case when again_after is null then attempts else 0 end`,
        again_after: null,
      })
    },

    putOff: (held, dueAt, error) =>
      whileHeld(held, { due_at: dueAt, error: error ?? null, ...(error === undefined && { attempts: 0 }) }),

    retry: (id, lease) => retryJob(connection, id, lease),

    async anyDue(kinds) {
      return (await due(kinds, clock.now()).limit(1).executeTakeFirst()) !== undefined
    },

    async find(id) {
      const row = await db.selectFrom('jobs').selectAll().where('id', '=', id).executeTakeFirst()
      return row && toJob(row)
    },

    list: async ({ state, limit }) => {
      const found = await newestFirst(connection, state)({ from: undefined, forwards: true, limit })
      return found.map(({ item }) => item)
    },

    search: (state, ask) => readPage([newestFirst(connection, state)], ask),

    count: () => countJobs(db),

    async listSealedBefore(generation) {
      const rows = await db.selectFrom('jobs').selectAll().where('secret', 'is not', null).orderBy('id').execute()
      return rows.map(toJob).filter(({ secret }) => secret !== null && secret.generation < generation)
    },

    async reseal(id, from, to) {
      await db
        .updateTable('jobs')
        .set({ secret: JSON.stringify(to) })
        .where('id', '=', id)
        .where('secret', '=', JSON.stringify(from))
        .execute()
    },
  }
}

async function retryJob({ db, clock, jobAdded }: Connection, id: string, lease: Millis): Promise<boolean> {
  const now = clock.now()
  const { numUpdatedRows } = await db
    .updateTable('jobs')
    // Whoever gave it up too late to know of this one writes nothing.
    .set({ due_at: now, attempts: 0, lease: sql`lease + 1`, ended_at: null, outcome: null, again_after: null })
    .where('id', '=', id)
    .where(({ and, or, eb }) =>
      or([
        eb('outcome', '=', 'given_up'),
        and([eb('ended_at', 'is', null), eb('error', 'is not', null), eb('due_at', '>', now + lease)]),
      ]),
    )
    .executeTakeFirst()
  if (numUpdatedRows > 0n) jobAdded()
  return numUpdatedRows > 0n
}

/** The jobs in a state, as its index has them. */
function newestFirst({ db, facts }: Connection, state: 'waiting' | JobOutcome): Source<StoredJob> {
  const id = sql<string>`id ${facts.plainText}`
  return async ({ from, forwards, limit }) => {
    const order = forwards ? 'desc' : 'asc'
    let query = db.selectFrom('jobs').selectAll().limit(limit)
    query = state === 'waiting' ? query.where('outcome', 'is', null) : query.where('outcome', '=', state)
    if (from !== undefined) {
      const side = forwards ? sql`<` : sql`>`
      query = query.where(sql<boolean>`(created_at, ${id}) ${side} (${from.key}, ${from.id})`)
    }
    const rows = await query.orderBy('created_at', order).orderBy(id, order).execute()
    return rows.map((row) => ({ key: row.created_at, id: row.id, item: toJob(row) }))
  }
}

async function countJobs(db: Db): ReturnType<Jobs['count']> {
  const waits = sql<boolean>`outcome is null`
  const rows = await db
    .selectFrom('jobs')
    .select([
      'kind',
      sql<number>`sum(case when ${waits} then 1 else 0 end)`.as('waiting'),
      sql<number>`sum(case when ${waits} then 0 else 1 end)`.as('failed'),
      sql<number | null>`min(case when ${waits} then created_at end)`.as('oldest'),
      sql<number | null>`min(case when ${waits} then due_at end)`.as('next_due'),
    ])
    .where(({ or, eb }) => or([eb('outcome', 'is', null), eb('outcome', '=', 'given_up')]))
    .groupBy('kind')
    .orderBy('kind')
    .execute()
  return rows.map(({ kind, waiting, failed, oldest, next_due }) => ({
    kind,
    waiting: Number(waiting),
    failed: Number(failed),
    oldest,
    nextDue: next_due,
  }))
}

/** The row of a job that nobody has begun. */
function rowOf({ id, kind, target, payload, secret, dueAt }: NewJob, now: Millis) {
  return {
    id,
    lease: 0,
    kind,
    target,
    payload: JSON.stringify(payload),
    secret: secret === null ? null : JSON.stringify(secret),
    due_at: dueAt,
    attempts: 0,
    error: null,
    created_at: now,
    ended_at: null,
    outcome: null,
  }
}

/** A prepared INSERT of one job by the grant verbs: its columns, and their values in the same order. */
export const jobColumns = [
  ...(['id', 'lease', 'kind', 'target', 'payload', 'secret', 'due_at', 'attempts', 'error'] as const),
  ...(['created_at', 'ended_at', 'outcome'] as const),
]
export function jobValues(job: NewJob, now: Millis) {
  const row = rowOf(job, now)
  return jobColumns.map((name) => row[name])
}

async function addJob(connection: Connection, job: NewJob, pause: Millis): ReturnType<Jobs['add']> {
  const { db, clock } = connection
  const { dueAt } = job
  const { id, lease, ...first } = rowOf(job, clock.now())
  // One statement, so that whoever ends the job has either seen this or ended it before.
  const anew = Object.keys(first).map((name): [string, RawBuilder<unknown>] => [
    name,
    sql`case when jobs.ended_at is null then ${sql.ref(`jobs.${name}`)} else ${sql.ref(`excluded.${name}`)} end`,
  ])
  const [row] = await db
    .insertInto('jobs')
    .values({ id, lease, ...first })
    .onConflict((conflict) =>
      conflict
        .column('id')
        .doUpdateSet({
          ...Object.fromEntries(anew),
          due_at: sql`case when jobs.ended_at is null then jobs.due_at
            when jobs.ended_at + ${pause} > ${dueAt} then jobs.ended_at + ${pause} else ${dueAt} end`,
          again_after: sql`case when jobs.ended_at is null then cast(${pause} as bigint) end`,
        })
        .where(sql<boolean>`jobs.ended_at is not null or jobs.attempts > 0`),
    )
    .returning('again_after')
    .execute()
  const added = row?.again_after === null
  if (added) connection.jobAdded()
  return added ? 'added' : 'waiting'
}

function toJob(row: JobRow): StoredJob {
  return {
    id: row.id,
    kind: row.kind,
    target: row.target,
    payload: JSON.parse(row.payload) as Record<string, unknown>,
    secret: row.secret === null ? null : (JSON.parse(row.secret) as SealedText),
    dueAt: row.due_at,
    attempts: row.attempts,
    error: row.error,
    createdAt: row.created_at,
    endedAt: row.ended_at,
    outcome: row.outcome as JobOutcome | null,
  }
}

/** The grant verbs' reads on PostgreSQL: what is asked for in one turn of the event loop is one query. */
import { createBatcher } from '../../lib/batch.ts'
import type { GrantView } from '../../protocol/grant.ts'
import { termsAt, toView, type ViewValues, viewSql } from '../sql/grant_row.ts'
import type { GrantTerms } from '../sql/grant_terms.ts'
import type { Pool } from './pool.ts'
import { reading } from './transaction.ts'

const view = `select ${viewSql.columns} from grants as g ${viewSql.joins}`

/** Finds grants by one column of unique byte strings. */
export function createFinder(
  pool: Pool,
  terms: GrantTerms,
  column: 'id' | 'handle',
): (value: Buffer) => Promise<GrantView | undefined> {
  const text = `${view} where g.${column} = any($1::bytea[])`
  const batcher = createBatcher<Buffer, GrantView | undefined>(async (values) => {
    const wanted = new Map(values.map((value) => [value.toString('latin1'), value]))
    const { rows } = await reading(pool, (from) =>
      from.query<ViewValues>({ rowMode: 'array', name: `find_${column}`, text, values: [[...wanted.values()]] }),
    )
    const termsOf = await terms.read(rows.map((row) => row[termsAt] as number))
    const views = new Map<string, GrantView>()
    for (const row of rows) {
      const found = toView(row, termsOf)
      views.set(found.grant[column]?.toString('latin1') ?? '', found)
    }
    return values.map((value) => ({ ok: views.get(value.toString('latin1')) }))
  })
  return (value) => batcher.add(value)
}

export interface Claimed {
  readonly bucket: number
  readonly kind: string
  readonly hash: Buffer
}

export function createClaimReader(pool: Pool): (claim: Claimed) => Promise<boolean> {
  const text = `select c.bucket, c.kind, c.hash from claims as c
    join unnest($1::bigint[], $2::text[], $3::bytea[]) as w(bucket, kind, hash)
    on c.bucket = w.bucket and c.kind = w.kind and c.hash = w.hash`
  const keyOf = ({ bucket, kind, hash }: Claimed) => `${bucket}:${kind}:${hash.toString('latin1')}`
  const batcher = createBatcher<Claimed, boolean>(async (claims) => {
    const values = [claims.map((c) => c.bucket), claims.map((c) => c.kind), claims.map((c) => c.hash)]
    const { rows } = await reading(pool, (from) => from.query<Claimed>({ name: 'is_claimed', text, values }))
    const found = new Set(rows.map(keyOf))
    return claims.map((claim) => ({ ok: found.has(keyOf(claim)) }))
  })
  return (claim) => batcher.add(claim)
}

export interface Held {
  readonly userId: string
  readonly clientId: string
  readonly keep: number
}

/**
 * Tells whether a user has more than `keep` grants at a client. By the index alone: rows that are no longer live count
 * too, and nearly nobody has more than the limit of both.
 */
export function createBeyondReader(pool: Pool): (held: Held) => Promise<boolean> {
  const text = `select w.place from unnest($1::text[], $2::text[], $3::bigint[]) with ordinality
      as w(user_id, client_id, keep, place)
    cross join lateral (
      select 1 from grants as g where g.user_id = w.user_id and g.client_id = w.client_id offset w.keep limit 1
    ) as beyond`
  const batcher = createBatcher<Held, boolean>(async (held) => {
    const values = [held.map((h) => h.userId), held.map((h) => h.clientId), held.map((h) => h.keep)]
    const { rows } = await reading(pool, (from) => from.query<{ place: number }>({ name: 'beyond', text, values }))
    const beyond = new Set(rows.map((row) => row.place))
    return held.map((_, i) => ({ ok: beyond.has(i + 1) }))
  })
  return (held) => batcher.add(held)
}

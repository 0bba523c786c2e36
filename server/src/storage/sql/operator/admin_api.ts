/** Versions of rows, and the requests that came with an Idempotency-Key. */
import { sql } from 'kysely'
import { sha256 } from '../../../lib/hash.ts'
import type { IdempotencyKeys, KeyClaim, Versioned, Versions } from '../../contract.ts'
import { isStorable } from '../../text.ts'
import { type Connection, transact } from '../connection.ts'
import type { Tables } from '../schema.ts'

/** Rows that belong to something: those whose `key` is its ID, with `before` in front. */
interface Part {
  readonly table: keyof Tables
  readonly key: string
  readonly before?: string
}

interface Kind extends Part {
  readonly parts?: readonly Part[]
  /** Columns that change while it is used, and that nobody decides on. */
  readonly counted?: readonly string[]
}

/** The table of each kind with its key, and what else belongs to it. */
const versioned: Readonly<Record<Versioned, Kind>> = {
  account: { table: 'users', key: 'id' },
  app: {
    table: 'clients',
    key: 'client_id',
    parts: [
      { table: 'client_secrets', key: 'client_id' },
      { table: 'plan_holders', key: 'holder', before: 'client:' },
    ],
  },
  resource: { table: 'resources', key: 'resource' },
  provider: { table: 'providers', key: 'id' },
  protocol: { table: 'dialect_notices', key: 'dialect' },
  subscription_key: {
    table: 'subscription_keys',
    key: 'id',
    parts: [{ table: 'plan_holders', key: 'holder', before: 'key:' }],
    counted: ['last_used_at', 'used_on', 'used_count'],
  },
  plan: { table: 'plans', key: 'name' },
  webhook: { table: 'webhooks', key: 'id' },
}

type Row = Record<string, unknown>

export function versions({ db, facts }: Connection): Versions {
  return {
    async of(kind, id) {
      if (!isStorable(id)) return undefined
      const { parts = [], counted = [], ...of } = versioned[kind]
      const rowsOf = async ({ table, key, before = '' }: Part, hold = sql``) =>
        (await sql<Row>`select * from ${sql.table(table)} where ${sql.ref(key)} = ${before + id} ${hold}`.execute(db))
          .rows
      const own = await rowsOf(of, db.isTransaction ? facts.lock : undefined)
      // Of a protocol there is a row once something was decided.
      if (own.length === 0) return kind === 'protocol' ? 'undecided' : undefined
      const decided = own.map((row) => Object.entries(row).filter(([column]) => !counted.includes(column)))
      const more = await Promise.all(parts.map(async (part) => (await rowsOf(part)).map(spelled).sort()))
      return sha256(JSON.stringify([decided.map(Object.fromEntries), more], inOneSpelling))
        .subarray(0, 15)
        .toString('base64url')
    },
  }
}

function spelled(row: Row): string {
  return JSON.stringify(row, inOneSpelling)
}

/** Members in the order of their names, and bytes alike whichever class holds them. */
function inOneSpelling(_name: string, value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64')
  if (typeof value === 'bigint') return String(value)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
}

export function idempotencyKeys(connection: Connection): IdempotencyKeys {
  const { db, facts, clock } = connection
  const held = ({ key, claim }: KeyClaim) =>
    db.updateTable('idempotency_keys').where('key', '=', key).where('claim', '=', claim)
  return {
    claim: ({ key, request }, lease, keep) =>
      transact(connection, async (trx) => {
        const now = clock.now()
        const fresh = { request, leased_until: now + lease, done: 0, expires_at: now + keep }
        const made = await trx
          .insertInto('idempotency_keys')
          .values({ key, claim: 1, status: null, headers: null, body: null, ...fresh })
          .onConflict((conflict) => conflict.doNothing())
          .returning('claim')
          .executeTakeFirst()
        if (made !== undefined) return { key, claim: made.claim }
        const present = await trx
          .selectFrom('idempotency_keys')
          .selectAll()
          .where('key', '=', key)
          .modifyEnd(facts.lock)
          .executeTakeFirst()
        // Whoever had it has given it back since it was found.
        if (present === undefined) return 'under_way'
        const over = present.expires_at <= now
        if (!over && !Buffer.from(present.request).equals(request)) return 'other_request'
        if (!over && present.status !== null) {
          const { status, headers, body } = present
          return { status, headers: JSON.parse(headers ?? '{}'), body: body ?? undefined }
        }
        if (!over && present.leased_until > now) return 'under_way'
        if (!over && present.done === 1) return 'answer_lost'
        const claim = present.claim + 1
        await trx
          .updateTable('idempotency_keys')
          .set({ claim, status: null, headers: null, body: null, ...fresh })
          .where('key', '=', key)
          .execute()
        return { key, claim }
      }),

    async answer(claim, { status, headers, body = null }) {
      await held(claim)
        .set({ status, headers: JSON.stringify(headers), body })
        .execute()
    },

    async release({ key, claim }) {
      await db
        .deleteFrom('idempotency_keys')
        .where('key', '=', key)
        .where('claim', '=', claim)
        .where('done', '=', 0)
        .execute()
    },

    async carryOut(claim) {
      const { numUpdatedRows } = await held(claim).set({ done: 1 }).executeTakeFirst()
      return numUpdatedRows === 1n
    },
  }
}

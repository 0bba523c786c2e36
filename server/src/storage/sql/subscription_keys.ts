/** Subscription keys, with who shares each. */
import { sql } from 'kysely'
import type { UserId } from '../../protocol/names.ts'
import type { SubscriptionKey, SubscriptionKeys } from '../contract.ts'
import { collaboratorsOf, writeCollaborators } from './clients/teams.ts'
import { announced, type Connection, type Db } from './connection.ts'
import type { SubscriptionKeyRow } from './schema.ts'

export function subscriptionKeys(connection: Connection): SubscriptionKeys {
  const { db, facts } = connection

  /** Holds the key's row and answers the key. */
  async function held(trx: Db, id: string): Promise<SubscriptionKey | undefined> {
    return (await withPeople(trx, await keyRows(trx).where('id', '=', id).modifyEnd(facts.lock).execute()))[0]
  }

  /** Holds the account, so that its keys are counted one after another; answers whether it is there. */
  async function holdAccount(trx: Db, id: UserId): Promise<boolean> {
    return (await trx.selectFrom('users').select('id').where('id', '=', id).modifyEnd(facts.lock).execute()).length > 0
  }

  return {
    async find(id) {
      return (await withPeople(db, await keyRows(db).where('id', '=', id).execute()))[0]
    },

    async findByText(digest) {
      const rows = await keyRows(db)
        .where((where) =>
          where.or([where('digest', '=', digest), where('previous_digest', '=', digest), where('id', '=', digest)]),
        )
        .execute()
      return (await withPeople(db, rows))[0]
    },

    list: async () => withPeople(db, await keyRows(db).orderBy('id').execute(), 'all'),

    async page(limit, { after, owner }) {
      let query = keyRows(db).orderBy('id').limit(limit)
      if (after !== undefined) query = query.where('id', '>', after)
      if (owner !== undefined) query = query.where('owner_id', '=', owner)
      return withPeople(db, await query.execute())
    },

    async listByUser(userId) {
      const shared = db.selectFrom('subscription_key_collaborators').select('key_id').where('user_id', '=', userId)
      const rows = await keyRows(db)
        .where((where) => where.or([where('owner_id', '=', userId), where('id', 'in', shared)]))
        .execute()
      return withPeople(db, rows)
    },

    insert: (key, room) =>
      announced(connection, async (trx) => {
        if (room !== undefined) {
          const there = await holdAccount(trx, key.owner)
          const owned = await keyRows(trx).where('owner_id', '=', key.owner).limit(room).execute()
          if (!there || owned.length >= room) return 'full'
        }
        const { numInsertedOrUpdatedRows } = await trx
          .insertInto('subscription_keys')
          .values({ id: key.id, ...toColumns(key), last_used_at: null, used_on: null, used_count: 0 })
          .onConflict((conflict) => conflict.doNothing())
          .executeTakeFirst()
        if (numInsertedOrUpdatedRows !== 1n) return 'taken'
        await writeCollaborators(trx, 'key', key)
        return 'inserted'
      }),

    amend: (id, decide) =>
      announced(connection, async (trx) => {
        const present = await held(trx, id)
        const key = present && decide(present)
        if (key === undefined) return undefined
        await trx.updateTable('subscription_keys').set(toColumns(key)).where('id', '=', id).execute()
        await writeCollaborators(trx, 'key', key)
        return key
      }),

    delete: (id) =>
      announced(connection, async (trx) => {
        const { numDeletedRows } = await trx.deleteFrom('subscription_keys').where('id', '=', id).executeTakeFirst()
        await trx.deleteFrom('plan_holders').where('holder', '=', `key:${id}`).execute()
        return numDeletedRows > 0n
      }),

    addUses: (uses) => addUses(connection, uses),
  }
}

function addUses({ db }: Connection, uses: Parameters<SubscriptionKeys['addUses']>[0]): Promise<void> {
  // In one order, so that processes that write at once wait for each other and never in a circle.
  const ordered = [...uses].sort((a, b) => (a.id < b.id ? -1 : Number(a.id > b.id)))
  return db.transaction().execute(async (trx) => {
    for (const { id, lastUsed, day, count } of ordered) {
      await sql`
        update subscription_keys set
          last_used_at = case when last_used_at > ${lastUsed} then last_used_at else ${lastUsed} end,
          used_count = case when used_on > ${day} then used_count
                            when used_on = ${day} then used_count + ${count} else ${count} end,
          used_on = case when used_on > ${day} then used_on else ${day} end
        where id = ${id}`.execute(trx)
    }
  })
}

function keyRows(from: Db) {
  return from.selectFrom('subscription_keys').selectAll()
}

/** The keys of the rows, in their order. */
async function withPeople(from: Db, rows: readonly SubscriptionKeyRow[], all?: 'all'): Promise<SubscriptionKey[]> {
  if (rows.length === 0) return []
  const collaborators = await collaboratorsOf(from, 'key', all ?? rows.map(({ id }) => id))
  return rows.map((row) => ({
    id: row.id,
    owner: row.owner_id as UserId,
    name: row.name,
    start: row.start,
    disabled: row.disabled as SubscriptionKey['disabled'],
    collaborators: collaborators.get(row.id) ?? [],
    openToAll: row.open_to_all === 1,
    createdAt: row.created_at,
    digest: row.digest,
    previous: previousOf(row),
    use:
      row.last_used_at === null ? null : { lastUsed: row.last_used_at, day: row.used_on ?? '', count: row.used_count },
  }))
}

function previousOf({
  previous_digest,
  previous_start,
  previous_until,
}: SubscriptionKeyRow): SubscriptionKey['previous'] {
  if (previous_digest === null || previous_until === null) return null
  return { digest: previous_digest, start: previous_start ?? '', until: previous_until }
}

function toColumns({
  owner,
  name,
  start,
  disabled,
  openToAll,
  createdAt,
  digest,
  previous,
}: Omit<SubscriptionKey, 'use'>) {
  return {
    owner_id: owner,
    name,
    start,
    disabled,
    open_to_all: Number(openToAll),
    created_at: createdAt,
    digest,
    previous_digest: previous?.digest ?? null,
    previous_start: previous?.start ?? null,
    previous_until: previous?.until ?? null,
  }
}

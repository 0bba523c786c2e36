/** Subscription keys as rows, in place of documents that pointed at each other. */
import { type Kysely, type Migration, sql } from 'kysely'
import type { Facts } from '../sql/connection.ts'
import type { SubscriptionKeyRow, Tables } from '../sql/schema.ts'
import { documentsOf } from './documents.ts'

export function subscriptionKeysTables({ keyed, plainText }: Facts): Migration {
  return {
    async up(db: Kysely<Tables>) {
      await sql`create table subscription_keys (
        id text ${plainText} not null primary key,
        owner_id text not null,
        name text not null,
        start text not null,
        disabled text,
        open_to_all smallint not null,
        created_at bigint,
        digest text ${plainText} not null,
        previous_digest text ${plainText},
        previous_start text,
        previous_until bigint,
        last_used_at bigint,
        used_on text,
        used_count bigint not null
      ) ${keyed}`.execute(db)
      for (const column of ['owner_id', 'digest', 'previous_digest']) {
        const index = sql.ref(`subscription_keys_by_${column}`)
        await sql`create index ${index} on subscription_keys (${sql.ref(column)})`.execute(db)
      }
      await sql`create table subscription_key_collaborators (
        key_id text ${plainText} not null references subscription_keys on delete cascade,
        user_id text ${plainText} not null,
        primary key (key_id, user_id)
      ) ${keyed}`.execute(db)
      await sql`create index subscription_keys_shared_with on subscription_key_collaborators (user_id)`.execute(db)
      await sql`create table subscription_key_invitations (
        key_id text ${plainText} not null references subscription_keys on delete cascade,
        username_key text ${plainText} not null,
        username text not null,
        user_id text,
        declined smallint not null,
        primary key (key_id, username_key)
      ) ${keyed}`.execute(db)
      await sql`create index subscription_keys_offered_to on subscription_key_invitations (user_id)`.execute(db)
      await copyKeys(db)
    },
  }
}

/** A key as it was written: what said nothing was left out. */
interface KeyDocument {
  readonly owner: string
  readonly name?: string
  readonly start?: string
  readonly disabled?: string
  readonly collaborators?: readonly string[]
  readonly invited?: readonly {
    readonly username: string
    readonly userId: string | null
    readonly declined?: boolean
  }[]
  readonly open_to?: string
  readonly created_at?: number
  readonly digest?: string
  readonly previous?: { readonly digest: string; readonly start: string; readonly until: number }
}

interface UseDocument {
  readonly last_used: number
  readonly day: string
  readonly count: number
}

async function copyKeys(db: Kysely<Tables>): Promise<void> {
  const uses = new Map<string, UseDocument>()
  for (const [id, use] of await documentsOf<UseDocument>(db, 'subscription_key_uses')) uses.set(id, use)
  for (const [id, key] of await documentsOf<KeyDocument>(db, 'subscription_keys')) {
    await db
      .insertInto('subscription_keys')
      .values(rowOf(id, key, uses.get(id)))
      .execute()
    for (const user_id of new Set(key.collaborators)) {
      await db.insertInto('subscription_key_collaborators').values({ key_id: id, user_id }).execute()
    }
    for (const { username, userId, declined = false } of key.invited ?? []) {
      const person = { username_key: username.toLowerCase(), username, user_id: userId, declined: Number(declined) }
      await db
        .insertInto('subscription_key_invitations')
        .values({ key_id: id, ...person })
        .onConflict((conflict) => conflict.doNothing())
        .execute()
    }
  }
}

function rowOf(id: string, key: KeyDocument, use: UseDocument | undefined): SubscriptionKeyRow {
  return {
    id,
    owner_id: key.owner,
    name: key.name ?? '',
    start: key.start ?? '',
    disabled: key.disabled ?? null,
    open_to_all: Number(key.open_to === 'all'),
    created_at: key.created_at ?? null,
    digest: key.digest ?? id,
    previous_digest: key.previous?.digest ?? null,
    previous_start: key.previous?.start ?? null,
    previous_until: key.previous?.until ?? null,
    last_used_at: use?.last_used ?? null,
    used_on: use?.day ?? null,
    used_count: use?.count ?? 0,
  }
}

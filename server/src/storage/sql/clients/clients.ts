/** Registered clients, their secrets and the people who look after them. */
import { type RawBuilder, sql } from 'kysely'
import type { Millis } from '../../../lib/clock.ts'
import type {
  ClientAmendment,
  ClientProposal,
  ClientRecord,
  ClientSecret,
  ClientStatus,
  Clients,
  ClientVerification,
} from '../../contract.ts'
import { isStorable } from '../../text.ts'
import { asBuffer } from '../bytes.ts'
import type { Cold, Db } from '../connection.ts'
import type { ClientRow, ClientSecretRow } from '../schema.ts'
import { hasOrigin, keepOrigins } from './client_origins.ts'
import { keepRedirectUris, withRedirectUri } from './client_redirect_uris.ts'

export function clients(cold: Cold): Clients {
  const { db, facts, clock } = cold

  /** One write to client data: announced to every process when it commits, so that no cache outlives it. */
  async function write<T>(work: (trx: Db) => Promise<T>): Promise<T> {
    const result = await db.transaction().execute(async (trx) => {
      const answer = await work(trx)
      await facts.announceClients(trx)
      return answer
    })
    cold.clientsChanged()
    return result
  }

  async function read(from: Db, ids: readonly string[]): Promise<ClientRecord[]> {
    if (ids.length === 0) return []
    const rows = await from
      .selectFrom('clients as c')
      .leftJoin('client_secrets as s', 's.client_id', 'c.client_id')
      .selectAll('c')
      .select(['s.id as secret_id', 's.name as secret_name', 's.hash as secret_hash'])
      .select(['s.created_at as secret_created_at', 's.expires_at as secret_expires_at'])
      .where('c.client_id', 'in', ids)
      .orderBy('s.created_at')
      .orderBy('s.id')
      .execute()
    const found = new Map<string, { row: ClientRow; secrets: ClientSecret[] }>()
    for (const row of rows) {
      let entry = found.get(row.client_id)
      if (entry === undefined) {
        entry = { row, secrets: [] }
        found.set(row.client_id, entry)
      }
      if (row.secret_id === null || row.secret_hash === null) continue
      entry.secrets.push({
        id: row.secret_id,
        name: row.secret_name ?? '',
        hash: asBuffer(row.secret_hash),
        createdAt: row.secret_created_at ?? 0,
        expiresAt: row.secret_expires_at,
      })
    }
    return ids.flatMap((id) => {
      const entry = found.get(id)
      return entry === undefined ? [] : [toRecord(entry.row, entry.secrets)]
    })
  }

  /** Whether the owner has fewer apps than `room`; holds the account, so that their apps are counted one after another. */
  async function hasRoom(trx: Db, ownerId: string, room: number): Promise<boolean> {
    const account = await trx.selectFrom('users').select('id').where('id', '=', ownerId).modifyEnd(facts.lock).execute()
    const owned = await trx
      .selectFrom('clients')
      .select('client_id')
      .where('owner_id', '=', ownerId)
      .limit(room)
      .execute()
    return account.length > 0 && owned.length < room
  }

  return {
    async find(clientId) {
      if (!isStorable(clientId)) return undefined
      return (await read(db, [clientId]))[0]
    },

    async insert(client, room) {
      const now = clock.now()
      return write(async (trx) => {
        if (room !== undefined && !(await hasRoom(trx, client.ownerId ?? '', room))) return 'full'
        const { numInsertedOrUpdatedRows } = await trx
          .insertInto('clients')
          .values({
            client_id: client.clientId,
            owner_id: client.ownerId,
            ...statusColumns(client.status),
            metadata: JSON.stringify(client.metadata),
            updated_at: now,
            ...fresh(now),
          })
          .onConflict((conflict) => conflict.column('client_id').doNothing())
          .executeTakeFirst()
        if (numInsertedOrUpdatedRows !== 1n) return 'taken'
        const rows = client.secrets.map((secret) => fromSecret(client.clientId, secret))
        if (rows.length > 0) await trx.insertInto('client_secrets').values(rows).execute()
        await keepAddresses(trx, client.clientId, client.metadata)
        return 'inserted'
      })
    },

    async save(client) {
      const now = clock.now()
      const columns = {
        owner_id: client.ownerId,
        ...statusColumns(client.status),
        metadata: JSON.stringify(client.metadata),
        updated_at: now,
      }
      return write(async (trx) => {
        await trx
          .insertInto('clients')
          .values({ client_id: client.clientId, ...fresh(now), ...columns })
          .onConflict((conflict) => conflict.column('client_id').doUpdateSet(columns))
          .execute()
        await keepAddresses(trx, client.clientId, client.metadata)
        const [saved] = await read(trx, [client.clientId])
        if (saved === undefined) throw new Error('clients: a client is gone within its own transaction')
        return saved
      })
    },

    async amend(clientId, decide) {
      if (!isStorable(clientId)) return undefined
      return write(async (trx) => {
        await trx
          .selectFrom('clients')
          .select('client_id')
          .where('client_id', '=', clientId)
          .modifyEnd(facts.lock)
          .execute()
        const [present] = await read(trx, [clientId])
        const change = present === undefined ? undefined : decide(present)
        if (change === undefined) return undefined
        const { addSecret, expireSecret, removeSecrets = [] } = change
        await trx
          .updateTable('clients')
          .set(amendedColumns(change, clock.now()))
          .where('client_id', '=', clientId)
          .execute()
        if (change.metadata !== undefined) await keepAddresses(trx, clientId, change.metadata)
        if (removeSecrets === 'all' || removeSecrets.length > 0) {
          let removal = trx.deleteFrom('client_secrets').where('client_id', '=', clientId)
          if (removeSecrets !== 'all') removal = removal.where('id', 'in', removeSecrets)
          await removal.execute()
        }
        if (addSecret !== undefined) {
          await trx.insertInto('client_secrets').values(fromSecret(clientId, addSecret)).execute()
        }
        if (expireSecret !== undefined) {
          await trx
            .updateTable('client_secrets')
            .set({ expires_at: expireSecret.at })
            .where('client_id', '=', clientId)
            .where('id', '=', expireSecret.id)
            .execute()
        }
        return (await read(trx, [clientId]))[0]
      })
    },

    async invalidate(clientId) {
      const now = clock.now()
      await write((trx) =>
        trx
          .updateTable('clients')
          .set({ valid_after: movedOn(now) })
          .where('client_id', '=', clientId)
          .execute(),
      )
    },

    setEnabled(clientId, enabled) {
      return write(async (trx) => {
        const { numUpdatedRows } = await trx
          .updateTable('clients')
          .set({ ...statusColumns(enabled ? 'enabled' : 'disabled'), updated_at: clock.now() })
          .where('client_id', '=', clientId)
          .executeTakeFirst()
        return numUpdatedRows > 0n
      })
    },

    async addSecret(clientId, secret) {
      await write((trx) => trx.insertInto('client_secrets').values(fromSecret(clientId, secret)).execute())
    },

    removeSecret(clientId, secretId) {
      return write(async (trx) => {
        const { numDeletedRows } = await trx
          .deleteFrom('client_secrets')
          .where('client_id', '=', clientId)
          .where('id', '=', secretId)
          .executeTakeFirst()
        return numDeletedRows > 0n
      })
    },

    delete(clientId) {
      return write(async (trx) => {
        const { numDeletedRows } = await trx.deleteFrom('clients').where('client_id', '=', clientId).executeTakeFirst()
        // An app that later comes under the same id must ask again.
        const asked = trx.selectFrom('consents').select('user_id').where('client_id', '=', clientId).orderBy('user_id')
        await trx
          .deleteFrom('consents')
          .where('client_id', '=', clientId)
          .where('user_id', 'in', asked.modifyEnd(facts.lock))
          .execute()
        return numDeletedRows > 0n
      })
    },

    async listByUser(userId) {
      const rows = await db
        .selectFrom('clients')
        .select('client_id')
        .where('owner_id', '=', userId)
        .union(db.selectFrom('client_collaborators').select('client_id').where('user_id', '=', userId))
        .execute()
      const records = await read(
        db,
        rows.map((row) => row.client_id),
      )
      return records.sort((a, b) => compare(displayName(a), displayName(b)) || compare(a.clientId, b.clientId))
    },

    async listPrivileged() {
      // The member is looked for as JSON writes it; within a text its quotes would be escaped.
      const rows = await db
        .selectFrom('clients')
        .select('client_id')
        .where((where) =>
          where.or([where('verification', 'is not', null), where('metadata', 'like', '%"first_party":true%')]),
        )
        .execute()
      return read(
        db,
        rows.map((row) => row.client_id),
      )
    },

    async list(limit, after) {
      let query = db.selectFrom('clients').select('client_id').orderBy('client_id').limit(limit)
      if (after !== undefined) query = query.where('client_id', '>', after)
      const rows = await query.execute()
      return read(
        db,
        rows.map((row) => row.client_id),
      )
    },

    hasOrigin: (origin, of) => hasOrigin(db, origin, of),

    withRedirectUri: (uri) => withRedirectUri(db, uri),

    async isCollaborator(clientId, userId) {
      if (!isStorable(clientId)) return false
      const row = await db
        .selectFrom('client_collaborators')
        .select('user_id')
        .where('client_id', '=', clientId)
        .where('user_id', '=', userId)
        .executeTakeFirst()
      return row !== undefined
    },

    async setCollaborator(clientId, userId, on) {
      await write(async (trx) => {
        if (on) {
          await trx
            .insertInto('client_collaborators')
            .values({ client_id: clientId, user_id: userId })
            .onConflict((conflict) => conflict.doNothing())
            .execute()
        } else {
          await trx
            .deleteFrom('client_collaborators')
            .where('client_id', '=', clientId)
            .where('user_id', '=', userId)
            .execute()
        }
      })
    },
  }
}

/** Keeps what is looked up of a client's redirect URIs, in the transaction that writes the document. */
async function keepAddresses(trx: Db, clientId: string, metadata: Readonly<Record<string, unknown>>): Promise<void> {
  await keepOrigins(trx, clientId, metadata)
  await keepRedirectUris(trx, clientId, metadata)
}

/** What the row of a client begins with. */
function fresh(now: Millis) {
  return { valid_after: now, created_at: now, proposal: null, verification: null }
}

/** An app in development counts as switched off for a release that does not know the state. */
function statusColumns(status: ClientStatus): Pick<ClientRow, 'enabled' | 'pending'> {
  return { enabled: Number(status === 'enabled'), pending: Number(status === 'pending') }
}

function statusOf({ enabled, pending }: Pick<ClientRow, 'enabled' | 'pending'>): ClientStatus {
  if (enabled === 1) return 'enabled'
  return pending === 1 ? 'pending' : 'disabled'
}

/** The next `valid_after`: now, but always later than it was. */
function movedOn(now: Millis): RawBuilder<number> {
  return sql<number>`case when valid_after >= ${now} then valid_after + 1 else ${now} end`
}

function amendedColumns(change: ClientAmendment, now: Millis) {
  const { metadata, ownerId, status, proposal, verification, invalidate } = change
  const json = (value: unknown) => (value === null ? null : JSON.stringify(value))
  return {
    updated_at: now,
    ...(metadata === undefined ? {} : { metadata: JSON.stringify(metadata) }),
    ...(ownerId === undefined ? {} : { owner_id: ownerId }),
    ...(status === undefined ? {} : statusColumns(status)),
    ...(proposal === undefined ? {} : { proposal: json(proposal) }),
    ...(verification === undefined ? {} : { verification: json(verification) }),
    ...(invalidate === true ? { valid_after: movedOn(now) } : {}),
  }
}

function displayName(client: ClientRecord): string {
  const name = client.metadata.client_name
  return typeof name === 'string' ? name.toLowerCase() : client.clientId
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function fromSecret(clientId: string, secret: ClientSecret): ClientSecretRow {
  return {
    client_id: clientId,
    id: secret.id,
    name: secret.name,
    hash: secret.hash,
    created_at: secret.createdAt,
    expires_at: secret.expiresAt,
  }
}

function toRecord(row: ClientRow, secrets: readonly ClientSecret[]): ClientRecord {
  return {
    clientId: row.client_id,
    ownerId: row.owner_id as ClientRecord['ownerId'],
    status: statusOf(row),
    validAfter: row.valid_after,
    metadata: JSON.parse(row.metadata) as Record<string, unknown>,
    proposal: row.proposal === null ? null : (JSON.parse(row.proposal) as ClientProposal),
    verification: row.verification === null ? null : (JSON.parse(row.verification) as ClientVerification),
    secrets,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  }
}

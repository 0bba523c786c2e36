/** Looking for clients: one by its id, lists, and who belongs to one. */
import { sql } from 'kysely'
import type { ClientRecord, Clients } from '../../contract.ts'
import { isStorable } from '../../text.ts'
import type { Connection } from '../connection.ts'
import { hasOrigin } from './client_origins.ts'
import { withRedirectUri } from './client_redirect_uris.ts'
import { readClients } from './client_rows.ts'

type Reads = Pick<
  Clients,
  | 'find'
  | 'listByUser'
  | 'listDeleted'
  | 'listPrivileged'
  | 'list'
  | 'hasOrigin'
  | 'withRedirectUri'
  | 'isCollaborator'
  | 'withRegistration'
  | 'listUnused'
>

export function clientReads({ db }: Connection): Reads {
  return {
    async find(clientId) {
      if (!isStorable(clientId)) return undefined
      return (await readClients(db, [clientId]))[0]
    },

    async listByUser(userId) {
      const rows = await db
        .selectFrom('clients')
        .select('client_id')
        .where('owner_id', '=', userId)
        .union(db.selectFrom('client_collaborators').select('client_id').where('user_id', '=', userId))
        .execute()
      const records = await readClients(
        db,
        rows.map((row) => row.client_id),
      )
      return records.sort((a, b) => compare(displayName(a), displayName(b)) || compare(a.clientId, b.clientId))
    },

    async listDeleted(clientIds) {
      if (clientIds.length === 0) return []
      const rows = await db.selectFrom('deleted_clients').selectAll().where('client_id', 'in', clientIds).execute()
      return rows.map((row) => ({ clientId: row.client_id, name: row.name, deletedAt: row.deleted_at }))
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
      return readClients(
        db,
        rows.map((row) => row.client_id),
      )
    },

    async list(limit, after) {
      let query = db.selectFrom('clients').select('client_id').orderBy('client_id').limit(limit)
      if (after !== undefined) query = query.where('client_id', '>', after)
      const rows = await query.execute()
      return readClients(
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

    async withRegistration(digest) {
      const row = await db
        .selectFrom('clients')
        .select('client_id')
        .where('registration_digest', '=', digest)
        .executeTakeFirst()
      return row?.client_id
    },

    async listUnused(registeredBefore, limit) {
      // In the words of its index (migration 0060).
      const { rows } = await sql<{ client_id: string }>`select c.client_id from clients c
        where (c.registration_digest is not null or c.registration_tokens is not null)
          and c.created_at < ${registeredBefore}
          and not exists (select 1 from consents s where s.client_id = c.client_id and s.enabled = 1)
        order by c.created_at, c.client_id limit ${limit}`.execute(db)
      return rows.map((row) => row.client_id)
    },
  }
}

function displayName(client: ClientRecord): string {
  const name = client.metadata.client_name
  return typeof name === 'string' ? name.toLowerCase() : client.clientId
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

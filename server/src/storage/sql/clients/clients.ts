/** Registered clients and their secrets. */
import type { Millis } from '../../../lib/clock.ts'
import type { ClientAmendment, Clients } from '../../contract.ts'
import { isStorable } from '../../text.ts'
import { announced, type Connection, type Db } from '../connection.ts'
import { appList } from '../lists/apps.ts'
import { nameKeyOf } from './client_names.ts'
import { keepOrigins } from './client_origins.ts'
import { clientReads } from './client_reads.ts'
import { keepRedirectUris } from './client_redirect_uris.ts'
import { amendedColumns, fromSecret, readClients, registrationColumns, statusColumns } from './client_rows.ts'

export function clients(connection: Connection): Clients {
  const { facts, clock } = connection

  return {
    ...clientReads(connection),
    ...appList(connection),

    async insert(client, room) {
      const now = clock.now()
      return announced(connection, async (trx) => {
        if (room !== undefined && !(await hasRoom(connection, trx, client.ownerId ?? '', room))) return 'full'
        const { numInsertedOrUpdatedRows } = await trx
          .insertInto('clients')
          .values({
            client_id: client.clientId,
            owner_id: client.ownerId,
            ...statusColumns(client.status),
            metadata: JSON.stringify(client.metadata),
            name_key: nameKeyOf(client.metadata),
            proposal: null,
            verification: null,
            refused_form: null,
            tokens_until: null,
            ...registrationColumns(client.registration),
            valid_after: now,
            created_at: now,
            updated_at: now,
          })
          .onConflict((conflict) => conflict.doNothing())
          .executeTakeFirst()
        if (numInsertedOrUpdatedRows !== 1n) return 'taken'
        const rows = client.secrets.map((secret) => fromSecret(client.clientId, secret))
        if (rows.length > 0) await trx.insertInto('client_secrets').values(rows).execute()
        await keepAddresses(trx, client.clientId, client.metadata)
        return 'inserted'
      })
    },

    async amend(clientId, decide) {
      if (!isStorable(clientId)) return undefined
      return announced(connection, async (trx) => {
        await trx
          .selectFrom('clients')
          .select('client_id')
          .where('client_id', '=', clientId)
          .modifyEnd(facts.lock)
          .execute()
        const [present] = await readClients(trx, [clientId])
        const change = present === undefined ? undefined : decide(present)
        if (change === undefined) return undefined
        await trx
          .updateTable('clients')
          .set(amendedColumns(change, clock.now()))
          .where('client_id', '=', clientId)
          .execute()
        if (change.metadata !== undefined) await keepAddresses(trx, clientId, change.metadata)
        await changeSecrets(trx, clientId, change)
        return (await readClients(trx, [clientId]))[0]
      })
    },

    delete(clientId) {
      return announced(connection, async (trx) => {
        const gone = await trx
          .deleteFrom('clients')
          .where('client_id', '=', clientId)
          .returning('metadata')
          .executeTakeFirst()
        if (gone !== undefined) await keepName(trx, clientId, gone.metadata, clock.now())
        await trx.deleteFrom('plan_holders').where('holder', '=', `client:${clientId}`).execute()
        const hooks = trx.selectFrom('webhooks').select('id').where('client_id', '=', clientId)
        await trx.deleteFrom('webhook_deliveries').where('webhook_id', 'in', hooks).execute()
        await trx.deleteFrom('webhooks').where('client_id', '=', clientId).execute()
        // An app that later comes under the same id must ask again.
        const asked = trx.selectFrom('consents').select('user_id').where('client_id', '=', clientId).orderBy('user_id')
        await trx
          .deleteFrom('consents')
          .where('client_id', '=', clientId)
          .where('user_id', 'in', asked.modifyEnd(facts.lock))
          .execute()
        return gone !== undefined
      })
    },
  }
}

/** Remembers what an app that was deleted was called, for the people who had connected it. */
async function keepName(trx: Db, clientId: string, metadata: string, deletedAt: Millis): Promise<void> {
  const { client_name } = JSON.parse(metadata) as { readonly client_name?: unknown }
  const row = { name: String(client_name ?? clientId), deleted_at: deletedAt }
  await trx
    .insertInto('deleted_clients')
    .values({ client_id: clientId, ...row })
    .onConflict((conflict) => conflict.column('client_id').doUpdateSet(row))
    .execute()
}

/** Keeps what is looked up of a client's redirect URIs, in the transaction that writes the document. */
async function keepAddresses(trx: Db, clientId: string, metadata: Readonly<Record<string, unknown>>): Promise<void> {
  await keepOrigins(trx, clientId, metadata)
  await keepRedirectUris(trx, clientId, metadata)
}

async function changeSecrets(
  trx: Db,
  clientId: string,
  { addSecret, expireSecret, removeSecrets = [] }: ClientAmendment,
): Promise<void> {
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
}

/** Whether the owner has fewer apps than `room`; holds the account, so that their apps are counted one after another. */
async function hasRoom({ facts }: Connection, trx: Db, ownerId: string, room: number): Promise<boolean> {
  const account = await trx.selectFrom('users').select('id').where('id', '=', ownerId).modifyEnd(facts.lock).execute()
  const owned = await trx
    .selectFrom('clients')
    .select('client_id')
    .where('owner_id', '=', ownerId)
    .limit(room)
    .execute()
  return account.length > 0 && owned.length < room
}

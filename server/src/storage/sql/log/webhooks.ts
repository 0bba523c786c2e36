/** Webhooks, and what was sent to them. */
import { type Insertable, type Selectable, sql } from 'kysely'
import type { SealedText, StoredWebhook, WebhookChange, WebhookDelivery, Webhooks } from '../../contract.ts'
import type { Connection } from '../connection.ts'
import type { WebhookDeliveryRow, WebhookRow } from './audit_rows.ts'

/** Rows of one INSERT. */
const chunk = 500

export function webhooks(connection: Pick<Connection, 'db'>): Webhooks {
  const { db } = connection
  return {
    ...messages(connection),

    async insert(webhook) {
      await db.insertInto('webhooks').values(rowOf(webhook)).execute()
    },

    async find(id) {
      const row = await db.selectFrom('webhooks').selectAll().where('id', '=', id).executeTakeFirst()
      return row && toWebhook(row)
    },

    async list(clientId) {
      const of = db.selectFrom('webhooks').selectAll()
      const rows = await (clientId === null ? of.where('client_id', 'is', null) : of.where('client_id', '=', clientId))
        .orderBy('created_at')
        .orderBy('id')
        .execute()
      return rows.map(toWebhook)
    },

    async all() {
      return (await db.selectFrom('webhooks').selectAll().orderBy('id').execute()).map(toWebhook)
    },

    async update(id, change) {
      const set = changedRow(change)
      if (Object.keys(set).length === 0) return true
      const { numUpdatedRows } = await db.updateTable('webhooks').set(set).where('id', '=', id).executeTakeFirst()
      return numUpdatedRows > 0n
    },

    async delete(id) {
      await db.deleteFrom('webhook_deliveries').where('webhook_id', '=', id).execute()
      const { numDeletedRows } = await db.deleteFrom('webhooks').where('id', '=', id).executeTakeFirst()
      return numDeletedRows > 0n
    },
  }
}

type Messages = Omit<Webhooks, 'insert' | 'find' | 'list' | 'all' | 'update' | 'delete'>

function messages({ db }: Pick<Connection, 'db'>): Messages {
  return {
    async addDeliveries(deliveries) {
      for (let i = 0; i < deliveries.length; i += chunk) {
        const rows = deliveries.slice(i, i + chunk).map(({ id, webhookId, type, body, createdAt }) => ({
          id,
          webhook_id: webhookId,
          type,
          body,
          created_at: createdAt,
          state: 'waiting' as const,
          attempts: 0,
          last_at: null,
          status: null,
          error: null,
        }))
        await db.insertInto('webhook_deliveries').values(rows).execute()
      }
    },

    async findDelivery(id) {
      const row = await db.selectFrom('webhook_deliveries').selectAll().where('id', '=', id).executeTakeFirst()
      return row && toDelivery(row)
    },

    async deliveries(webhookId, limit, before) {
      let of = db.selectFrom('webhook_deliveries').selectAll().where('webhook_id', '=', webhookId)
      if (before !== undefined) of = of.where(sql<boolean>`(created_at, id) < (${before.createdAt}, ${before.id})`)
      const rows = await of.orderBy('created_at', 'desc').orderBy('id', 'desc').limit(limit).execute()
      return rows.map(toDelivery)
    },

    async noteAttempt(id, { state, lastAt, status, error }) {
      const { numUpdatedRows } = await db
        .updateTable('webhook_deliveries')
        .set({ state, last_at: lastAt, status, error, attempts: sql`attempts + 1` })
        .where('id', '=', id)
        .executeTakeFirst()
      return numUpdatedRows > 0n
    },

    async sendAgain(id) {
      const { numUpdatedRows } = await db
        .updateTable('webhook_deliveries')
        .set({ state: 'waiting' })
        .where('id', '=', id)
        .executeTakeFirst()
      return numUpdatedRows > 0n
    },

    async cursors() {
      const rows = await db.selectFrom('webhook_cursors').selectAll().execute()
      return new Map(rows.map(({ node, number }) => [node, number]))
    },

    async moveCursor(node, from, to) {
      if (from === 0) {
        const { numInsertedOrUpdatedRows } = await db
          .insertInto('webhook_cursors')
          .values({ node, number: to })
          .onConflict((conflict) => conflict.doNothing())
          .executeTakeFirst()
        if ((numInsertedOrUpdatedRows ?? 0n) > 0n) return true
      }
      const { numUpdatedRows } = await db
        .updateTable('webhook_cursors')
        .set({ number: to })
        .where('node', '=', node)
        .where('number', '=', from)
        .executeTakeFirst()
      return numUpdatedRows > 0n
    },

    async skipToEnd(seals) {
      await sql`insert into webhook_cursors (node, number)
        select node, number from (select node, number from audit_chains
          union all select ${seals}, number from (select max(number) as number from audit_seals) latest) ends
        where number is not null
        on conflict (node) do update set number = excluded.number
        where webhook_cursors.number < excluded.number`.execute(db)
    },
  }
}

function rowOf({ id, clientId, createdAt, ...rest }: StoredWebhook): Insertable<WebhookRow> {
  const { uri, events, secrets, failingSince, offAt, offReason } = rest
  return {
    id,
    client_id: clientId,
    uri,
    events: JSON.stringify(events),
    secrets: JSON.stringify(secrets),
    created_at: createdAt,
    failing_since: failingSince,
    off_at: offAt,
    off_reason: offReason,
  }
}

function changedRow({ uri, events, secrets, failingSince, offAt, offReason }: WebhookChange) {
  return {
    ...(uri === undefined ? {} : { uri }),
    ...(events === undefined ? {} : { events: JSON.stringify(events) }),
    ...(secrets === undefined ? {} : { secrets: JSON.stringify(secrets) }),
    ...(failingSince === undefined ? {} : { failing_since: failingSince }),
    ...(offAt === undefined ? {} : { off_at: offAt }),
    ...(offReason === undefined ? {} : { off_reason: offReason }),
  }
}

function toWebhook(row: Selectable<WebhookRow>): StoredWebhook {
  return {
    id: row.id,
    clientId: row.client_id,
    uri: row.uri,
    events: JSON.parse(row.events) as string[],
    secrets: JSON.parse(row.secrets) as { secret: SealedText; endsAt: number | null }[],
    createdAt: row.created_at,
    failingSince: row.failing_since,
    offAt: row.off_at,
    offReason: row.off_reason,
  }
}

function toDelivery(row: Selectable<WebhookDeliveryRow>): WebhookDelivery {
  const { id, type, body, state, attempts, status, error } = row
  return {
    id,
    webhookId: row.webhook_id,
    type,
    body,
    createdAt: row.created_at,
    state,
    attempts,
    lastAt: row.last_at,
    status,
    error,
  }
}

/** The audit log. */
import type { Selectable } from 'kysely'
import { type Audit, type AuditEvent, type AuditFilter, auditDepth } from '../../contract.ts'
import { storable } from '../../text.ts'
import { type Connection, transact } from '../connection.ts'
import type { AuditRow } from '../schema.ts'

/** Rows of one INSERT; each has 9 parameters and SQLite takes 32,766. */
const chunk = 1000

export function audit(connection: Connection): Audit {
  const { db } = connection

  /** The events of a time, newest first, by the index that the log has. */
  function within({ since, until }: Pick<AuditFilter, 'since' | 'until'>) {
    let query = db.selectFrom('audit_log').selectAll()
    if (since !== undefined) query = query.where('at', '>=', since)
    if (until !== undefined) query = query.where('at', '<', until)
    return query.orderBy('at', 'desc').orderBy('seq', 'desc')
  }

  return {
    async append(events) {
      if (events.length === 0) return
      await transact(connection, async (trx) => {
        for (let i = 0; i < events.length; i += chunk) {
          const rows = events.slice(i, i + chunk).map((event) => ({
            at: event.at,
            type: event.type,
            actor: storable(event.actor),
            operator: storable(event.operator),
            subject: storable(event.subject),
            client_id: storable(event.clientId),
            address: storable(event.address),
            request_id: storable(event.requestId),
            detail: JSON.stringify(event.detail),
          }))
          await trx.insertInto('audit_log').values(rows).execute()
        }
      })
    },

    async list(limit, before) {
      return (await within({ until: before }).limit(limit).execute()).map(toEvent)
    },

    async search(limit, filter) {
      const { type, account, clientId } = filter
      let query = db.selectFrom(within(filter).limit(auditDepth).as('newest')).selectAll()
      if (type !== undefined) query = query.where('type', '=', type)
      if (account !== undefined)
        query = query.where((row) => row.or([row('actor', '=', account), row('subject', '=', account)]))
      if (clientId !== undefined) query = query.where('client_id', '=', clientId)
      const rows = await query.orderBy('at', 'desc').orderBy('seq', 'desc').limit(limit).execute()
      const older =
        rows.length === limit
          ? []
          : await within(filter).clearSelect().select('seq').offset(auditDepth).limit(1).execute()
      return { events: rows.map(toEvent), complete: older.length === 0 }
    },
  }
}

function toEvent(row: Selectable<AuditRow>): AuditEvent {
  return {
    at: row.at,
    type: row.type,
    actor: row.actor,
    operator: row.operator,
    subject: row.subject,
    clientId: row.client_id,
    address: row.address,
    requestId: row.request_id,
    detail: JSON.parse(row.detail) as Record<string, unknown>,
  }
}

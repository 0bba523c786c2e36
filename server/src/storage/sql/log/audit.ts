/** The audit log. */
import type { Audit, AuditEvent } from '../../contract.ts'
import { storable } from '../../text.ts'
import type { Cold } from '../connection.ts'

/** Rows of one INSERT; each has 8 parameters and SQLite takes 32,766. */
const chunk = 1000

export function audit({ db }: Cold): Audit {
  return {
    async append(events) {
      if (events.length === 0) return
      await db.transaction().execute(async (trx) => {
        for (let i = 0; i < events.length; i += chunk) {
          const rows = events.slice(i, i + chunk).map((event) => ({
            at: event.at,
            type: event.type,
            actor: storable(event.actor),
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
      let query = db.selectFrom('audit_log').selectAll()
      if (before !== undefined) query = query.where('at', '<', before)
      const rows = await query.orderBy('at', 'desc').orderBy('seq', 'desc').limit(limit).execute()
      return rows.map(
        (row): AuditEvent => ({
          at: row.at,
          type: row.type,
          actor: row.actor,
          subject: row.subject,
          clientId: row.client_id,
          address: row.address,
          requestId: row.request_id,
          detail: JSON.parse(row.detail) as Record<string, unknown>,
        }),
      )
    },
  }
}

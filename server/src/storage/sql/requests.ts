/** The request log that an app's owner reads. */
import type { Insertable, Selectable } from 'kysely'
import type { RequestRecord, Requests } from '../contract.ts'
import { storable } from '../text.ts'
import type { Cold } from './cold.ts'
import type { RequestRow } from './schema.ts'

/** Rows of one INSERT; each has 16 parameters and SQLite takes 32,766. */
const chunk = 1000

export function requests({ db }: Cold): Requests {
  /** One index serves the list and the caps, so the two rings are read apart and merged. */
  async function newest(clientId: string, authenticated: 0 | 1, limit: number, before?: number) {
    let query = db
      .selectFrom('request_log')
      .selectAll()
      .where('client_id', '=', clientId)
      .where('authenticated', '=', authenticated)
    if (before !== undefined) query = query.where('at', '<', before)
    return query.orderBy('at', 'desc').orderBy('seq', 'desc').limit(limit).execute()
  }

  return {
    async append(records) {
      if (records.length === 0) return
      await db.transaction().execute(async (trx) => {
        for (let i = 0; i < records.length; i += chunk) {
          const rows = records.slice(i, i + chunk).map(fromRecord)
          await trx.insertInto('request_log').values(rows).execute()
        }
      })
    },

    async list(clientId, limit, before) {
      const rings = await Promise.all([newest(clientId, 1, limit, before), newest(clientId, 0, limit, before)])
      return rings
        .flat()
        .sort((a, b) => b.at - a.at || b.seq - a.seq)
        .slice(0, limit)
        .map(toRecord)
    },
  }
}

function fromRecord(record: RequestRecord): Insertable<RequestRow> {
  return {
    request_id: storable(record.requestId),
    client_id: storable(record.clientId),
    at: record.at,
    endpoint: storable(record.endpoint),
    method: storable(record.method),
    status: record.status,
    reason: record.reason,
    rule: record.rule,
    ruleset: record.ruleset,
    cause: storable(record.cause),
    expected: storable(record.expected),
    got: storable(record.got),
    user_agent: storable(record.userAgent),
    pairwise: record.pairwise,
    network: storable(record.network),
    authenticated: Number(record.authenticated),
  }
}

function toRecord(row: Selectable<RequestRow>): RequestRecord {
  return {
    requestId: row.request_id,
    clientId: row.client_id,
    at: row.at,
    endpoint: row.endpoint,
    method: row.method,
    status: row.status,
    reason: row.reason,
    rule: row.rule,
    ruleset: row.ruleset,
    cause: row.cause,
    expected: row.expected,
    got: row.got,
    userAgent: row.user_agent,
    pairwise: row.pairwise,
    network: row.network,
    authenticated: row.authenticated === 1,
  }
}

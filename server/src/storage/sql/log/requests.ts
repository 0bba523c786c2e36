/** The request log that an app's owner reads. */
import type { Insertable } from 'kysely'
import type { RequestRecord, Requests } from '../../contract.ts'
import { storable } from '../../text.ts'
import { type Connection, transact } from '../connection.ts'
import type { LongReads } from '../long_reads.ts'
import type { RequestRow } from '../schema.ts'

/** Rows of one INSERT; each has 16 parameters and SQLite takes 32,766. */
const chunk = 1000

/** Writing the log, in an act and outside of one. */
export function requestWrites(connection: Pick<Connection, 'db' | 'facts'>): Pick<Requests, 'append'> {
  return {
    async append(records) {
      if (records.length === 0) return
      await transact(connection, async (trx) => {
        for (let i = 0; i < records.length; i += chunk) {
          const rows = records.slice(i, i + chunk).map(fromRecord)
          await trx.insertInto('request_log').values(rows).execute()
        }
      })
    },
  }
}

export function requests(connection: Connection, reads: LongReads): Requests {
  return {
    ...requestWrites(connection),
    list: reads.listRequests,
    find: reads.findRequests,
    kinds: reads.requestKinds,
    count: reads.countRequests,
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

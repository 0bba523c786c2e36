/** What is read of the request log; a filter looks through many records. */
import type { Selectable } from 'kysely'
import { filterDepth, type LoggedRequest, type RequestFilter, type Requests } from '../../contract.ts'
import { storable } from '../../text.ts'
import type { Source } from '../connection.ts'
import type { RequestRow } from '../schema.ts'

type Place = NonNullable<Parameters<Requests['list']>[2]>

/** How many of the newest records tell which endpoints and reasons there are to choose from. */
const kindsDepth = 2000

export function requestReads({ db }: Source): Omit<Requests, 'append'> {
  /** The newest of one ring. One index serves the list and the caps, so the two rings are read apart and merged. */
  function ring(clientId: string, authenticated: 0 | 1, limit: number, before?: Place) {
    let query = db
      .selectFrom('request_log')
      .selectAll()
      .where('client_id', '=', clientId)
      .where('authenticated', '=', authenticated)
    if (before !== undefined) {
      const { at, seq } = before
      query = query.where('at', '<=', at).where((row) => row.or([row('at', '<', at), row('seq', '<', seq)]))
    }
    return query.orderBy('at', 'desc').orderBy('seq', 'desc').limit(limit)
  }

  /** Those of one ring that the filter means, among its newest. */
  function filtered(clientId: string, authenticated: 0 | 1, filter: RequestFilter, before?: Place) {
    let query = db.selectFrom(ring(clientId, authenticated, filterDepth, before).as('newest')).selectAll()
    if (filter.refused !== undefined) query = query.where('reason', filter.refused ? '!=' : '=', '')
    if (filter.endpoint !== undefined) query = query.where('endpoint', '=', filter.endpoint)
    if (filter.reason !== undefined) query = query.where('reason', '=', filter.reason)
    return query.orderBy('at', 'desc').orderBy('seq', 'desc')
  }

  return {
    async list(clientId, limit, before, filter) {
      const wanted = filter !== undefined && Object.values(filter).some((value) => value !== undefined)
      const rings = await Promise.all(
        ([1, 0] as const).map((authenticated) =>
          wanted
            ? filtered(clientId, authenticated, filter, before).limit(limit).execute()
            : ring(clientId, authenticated, limit, before).execute(),
        ),
      )
      return rings
        .flat()
        .sort((a, b) => b.at - a.at || b.seq - a.seq)
        .slice(0, limit)
        .map(toRecord)
    },

    async find(clientId, requestId) {
      const rows = await db
        .selectFrom('request_log')
        .selectAll()
        .where('request_id', '=', storable(requestId))
        .where('client_id', '=', clientId)
        .orderBy('seq', 'desc')
        .limit(20)
        .execute()
      return rows.map(toRecord)
    },

    async kinds(clientId) {
      const rings = await Promise.all(
        ([1, 0] as const).map((authenticated) =>
          db
            .selectFrom(ring(clientId, authenticated, kindsDepth).as('newest'))
            .select(['endpoint', 'reason'])
            .distinct()
            .execute(),
        ),
      )
      const named = (values: readonly string[]) => [...new Set(values)].filter((value) => value !== '').sort()
      const rows = rings.flat()
      return { endpoints: named(rows.map((row) => row.endpoint)), reasons: named(rows.map((row) => row.reason)) }
    },

    async count(clientId, since) {
      const rings = await Promise.all(
        ([1, 0] as const).map((authenticated) =>
          db
            .selectFrom(ring(clientId, authenticated, filterDepth).where('at', '>=', since).as('newest'))
            .select(({ fn }) => [
              fn.countAll().as('requests'),
              fn.countAll().filterWhere('reason', '!=', '').as('refused'),
            ])
            .executeTakeFirstOrThrow(),
        ),
      )
      const sum = (name: 'requests' | 'refused') => rings.reduce((total, row) => total + Number(row[name]), 0)
      return { requests: sum('requests'), refused: sum('refused') }
    },
  }
}

function toRecord(row: Selectable<RequestRow>): LoggedRequest {
  return {
    seq: row.seq,
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

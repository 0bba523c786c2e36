/** The audit log. */
import {
  type Expression,
  type ExpressionBuilder,
  type Selectable,
  type SelectQueryBuilder,
  type SqlBool,
  sql,
} from 'kysely'
import { erasableDigests } from '../../../protocol/audit/chain.ts'
import {
  type Audit,
  type AuditEvent,
  type AuditFilter,
  type AuditFound,
  accountDepth,
  type ChainedEvent,
} from '../../contract.ts'
import { type Connection, transact } from '../connection.ts'
import type { Tables } from '../schema.ts'
import { linkIn } from './audit_chain.ts'
import type { AuditRow } from './audit_rows.ts'
import { appendChained } from './chained_append.ts'

export function audit(connection: Connection): Audit {
  const { db, lists } = connection

  return {
    async append(events) {
      if (events.length === 0) return
      if (connection.events !== undefined) return void connection.events.push(...events)
      await transact(connection, (trx) => appendChained(connection, trx, events))
    },

    async list(limit, before) {
      const query = db
        .selectFrom('audit_log')
        .selectAll()
        .where(fitting({ until: before }))
      return (await newestFirst(query, false).limit(limit).execute()).map(toEvent)
    },

    async following({ at, seq }, limit) {
      const rows = await lists
        .selectFrom('audit_log')
        .selectAll()
        .where((row) => row.or([row('at', '>', at), row.and([row('at', '=', at), row('seq', '>', seq)])]))
        .where('at', '>=', at)
        .orderBy('at')
        .orderBy('seq')
        .limit(limit)
        .execute()
      return rows.map((row) => ({ ...toEvent(row), seq: row.seq, chain: linkOf(row) }))
    },

    async search(limit, filter) {
      const { account, actor, subject, before } = filter
      // Rows of a person are indexed in the order in which they were written, all others in that of time.
      const ofPerson = account !== undefined || actor !== undefined || subject !== undefined
      /** One run of an index, one row longer than the page, so that it is known whether there is another. */
      const run = (more: Fits) => {
        let query = lists.selectFrom('audit_log').selectAll().where(more).where(fitting(filter))
        if (before === undefined) return newestFirst(query, ofPerson).limit(limit + 1)
        if (ofPerson) query = query.where('seq', '<', before.seq)
        else query = query.where(sql<SqlBool>`(at, seq) < (${before.at}, ${before.seq})`)
        return newestFirst(query, ofPerson).limit(limit + 1)
      }
      if (account === undefined) return page(await run((row) => row.and([])).execute(), limit)
      const doneTo = await run((row) => row('subject', '=', account)).execute()
      const doneBy = await run((row) =>
        row.and([row('actor', '=', account), row.or([row('subject', 'is', null), row('subject', '<>', account)])]),
      ).execute()
      return page(
        [...doneTo, ...doneBy].sort((one, other) => other.seq - one.seq),
        limit,
      )
    },

    async ofAccount(account, limit, { types, before }) {
      /** Its newest events in one of the two roles, by an index of its own. */
      const newest = (role: 'actor' | 'subject') => {
        let query = lists.selectFrom('audit_log').select(['seq', 'type']).where(role, '=', account)
        // Who did it is not whom it concerns, where it concerns somebody.
        if (role === 'actor') query = query.where('subject', 'is', null)
        if (before !== undefined) query = query.where('seq', '<', before)
        return query.orderBy('seq', 'desc').limit(accountDepth)
      }
      const both = lists
        .selectFrom(newest('subject').as('done_to_it'))
        .selectAll()
        .unionAll(lists.selectFrom(newest('actor').as('done_by_it')).selectAll())
      const looked = await lists
        .selectFrom(both.as('its'))
        .selectAll()
        .orderBy('seq', 'desc')
        .limit(accountDepth)
        .execute()
      const fitting = looked.filter(({ type }) => types.includes(type)).map(({ seq }) => seq)
      const shown = fitting.slice(0, limit)
      // What is written behind gets its number a little later than what is written at once.
      const found = lists.selectFrom('audit_log').selectAll().where('seq', 'in', shown)
      const rows = shown.length === 0 ? [] : await found.orderBy('at', 'desc').orderBy('seq', 'desc').execute()
      const last =
        fitting.length > limit ? shown.at(-1) : looked.length === accountDepth ? looked.at(-1)?.seq : undefined
      return { events: rows.map((row) => ({ ...toEvent(row), seq: row.seq })), next: last ?? null }
    },
  }
}

type Fits = (row: ExpressionBuilder<Tables, 'audit_log'>) => Expression<SqlBool>

/** What all of the filter asks for, but whose event it is in either role. */
function fitting({ type, actor, operator, subject, clientId, since, until }: AuditFilter): Fits {
  return (row) =>
    row.and([
      ...(type === undefined ? [] : [row('type', '=', type)]),
      ...(actor === undefined ? [] : [row('actor', '=', actor)]),
      ...(operator === undefined ? [] : [row('operator', '=', operator)]),
      ...(subject === undefined ? [] : [row('subject', '=', subject)]),
      ...(clientId === undefined ? [] : [row('client_id', '=', clientId)]),
      ...(since === undefined ? [] : [row('at', '>=', since)]),
      ...(until === undefined ? [] : [row('at', '<', until)]),
    ])
}

function newestFirst<Row>(query: SelectQueryBuilder<Tables, 'audit_log', Row>, asWritten: boolean) {
  return asWritten ? query.orderBy('seq', 'desc') : query.orderBy('at', 'desc').orderBy('seq', 'desc')
}

function page(rows: readonly Selectable<AuditRow>[], limit: number): AuditFound {
  const events = rows.slice(0, limit).map((row) => ({ ...toEvent(row), seq: row.seq }))
  const last = events.at(-1)
  return { events, next: rows.length > limit && last !== undefined ? { at: last.at, seq: last.seq } : null }
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
    userAgent: row.user_agent,
    requestId: row.request_id,
    detail: JSON.parse(row.detail) as Record<string, unknown>,
  }
}

function linkOf(row: Selectable<AuditRow>): ChainedEvent['chain'] {
  const link = linkIn(row)
  if (link === null) return null
  const { origin, detail } = erasableDigests(row, link)
  return { node: link.node, number: link.number, digest: link.digest, origin, detail }
}

/** The audit log. */
import type { Selectable } from 'kysely'
import { erasableDigests } from '../../../protocol/audit/chain.ts'
import {
  type Audit,
  type AuditEvent,
  type AuditFilter,
  accountDepth,
  auditDepth,
  type ChainedEvent,
} from '../../contract.ts'
import { type Connection, transact } from '../connection.ts'
import { linkIn } from './audit_chain.ts'
import type { AuditRow } from './audit_rows.ts'
import { appendChained } from './chained_append.ts'

export function audit(connection: Connection): Audit {
  const { db, lists } = connection

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
      if (connection.events !== undefined) return void connection.events.push(...events)
      await transact(connection, (trx) => appendChained(connection, trx, events))
    },

    async list(limit, before) {
      return (await within({ until: before }).limit(limit).execute()).map(toEvent)
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

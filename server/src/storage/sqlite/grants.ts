/** The grant verbs on SQLite: prepared statements on their own connection, decided and written inside one transaction. */
import type { Millis } from '../../lib/clock.ts'
import { createGatherer, type Gatherer } from '../../lib/gather.ts'
import { type Advance, decideAdvance, type EndReason, type Grant, type Swap } from '../../protocol/grant.ts'
import type { AuditEvent, Grants, NewJob } from '../contract.ts'
import {
  beyondLimit,
  endedGrant,
  laterUse,
  rekeyedGrant,
  requireSwap,
  reuseEvent,
  type TrimRow,
  type Use,
} from '../grant_verbs.ts'
import { asBuffer } from '../sql/bytes.ts'
import type { Connection } from '../sql/connection.ts'
import { grantEnds } from '../sql/grant_ends.ts'
import {
  type GrantValues,
  grantValues,
  readColumns,
  refreshColumns,
  refreshValues,
  requireStorableGrant,
  stateCode,
  stepColumns,
  stepValues,
  toGrant,
  toView,
  type ViewValues,
  viewSql,
} from '../sql/grant_row.ts'
import { grantLists } from '../sql/grants.ts'
import { jobColumns, jobValues } from '../sql/jobs.ts'
import { auditColumns, auditValues, chainedRows, firstHead } from '../sql/log/chained_append.ts'
import { requireStorable } from '../text.ts'
import { claimWithin } from './claims.ts'
import { type Database, prepareRows } from './database.ts'
import type { Reader } from './reader.ts'
import { sqliteTerms } from './terms.ts'
import type { Writer } from './writer.ts'

interface Repeat {
  readonly id: Buffer
  readonly network: string
  readonly count: number
  readonly at: number
}

export interface SqliteGrants extends Grants {
  /** Writes what was gathered. */
  flush(): Promise<void>
}

const { live, ended } = stateCode

export function sqliteGrants(database: Database, reader: Reader, writer: Writer, connection: Connection): SqliteGrants {
  const statements = prepareAll(database)
  const terms = sqliteTerms(database, writer, connection)

  const read = (id: Buffer): Grant | undefined => {
    const row = statements.byId.get(id)
    return row && toGrant(row as GrantValues, terms.of)
  }
  const readView = (row: unknown[] | undefined) => row && toView(row as ViewValues, terms.of)

  /**
   * Moves a grant that is still as it was seen. Whatever makes a swap move its grant changes only together with step,
   * state or attempt, so that the row need not be read again where these three are the same. Undefined where they are
   * not, or where the swap moves nothing: that is decided on the row.
   */
  function advanceSeen(seen: Grant, swap: Swap, now: Millis): Advance | undefined {
    const { advance, write } = decideAdvance(seen, swap, now)
    if (advance.outcome !== 'advanced' || write === undefined) return undefined
    const { id } = swap
    const result =
      seen.state === 'live'
        ? statements.refreshSeen.run(...refreshValues(write), id, seen.step, seen.attempt)
        : statements.stepSeen.run(...stepValues(write), id, seen.step, stateCode[seen.state], seen.attempt)
    return changes(result) === 1 ? advance : undefined
  }

  const { flush, ...remarks } = gatherRemarks(statements, writer)

  return {
    ...grantLists(connection, terms, flush),
    ...grantEnds(connection),
    ...remarks,
    ...movesById({ statements, read, writer }, connection),
    ...insertions({ statements, writer, terms }, connection),
    flush,

    find(id) {
      return reader.read(() => readView(statements.view.get(id)))
    },

    findByHandle(handle) {
      return reader.read(() => readView(statements.viewByHandle.get(handle)))
    },

    async advance(swap, seen, by, noticeOf) {
      requireSwap(swap)
      if (seen === undefined || swap.step < seen.step) await remarks.flushUses()
      return writer.write(() => {
        const now = connection.clock.now()
        const straight = seen && advanceSeen(seen, swap, now)
        if (straight !== undefined) return straight
        const row = read(swap.id)
        if (row === undefined) return { outcome: 'missing' }
        const { advance, write } = decideAdvance(row, swap, now)
        if (write !== undefined) statements.step.run(...stepValues(write), swap.id)
        if (advance.outcome === 'spent') {
          const notice = advance.ended && noticeOf?.(row, now)
          noteReuse(statements, connection, reuseEvent(row, { swap, by }, advance, now), notice)
        }
        return advance
      })
    },

    async trim(userId, clientId, keep, except) {
      requireStorable('userId', userId)
      requireStorable('clientId', clientId)
      if ((await reader.read(() => statements.beyond.get(userId, clientId, keep))) === undefined) return 0
      await remarks.flushUses()
      return writer.write(() => {
        const now = connection.clock.now()
        const { count } = statements.countLive.get(userId, clientId, now) as { count: number }
        if (count <= keep) return 0
        const rows = statements.live.all(userId, clientId, now) as TrimRow[]
        const reason: EndReason = 'grant_limit'
        const going = beyondLimit(rows, { terms: terms.of, keep, except })
        for (const id of going) statements.end.run(reason, now, id)
        return going.length
      })
    },
  }
}

type Statements = ReturnType<typeof prepareAll>

/** New grants, with what belongs to them. */
function insertions(
  {
    statements,
    writer,
    terms,
  }: { readonly statements: Statements; readonly writer: Writer; readonly terms: ReturnType<typeof sqliteTerms> },
  connection: Connection,
): Pick<Grants, 'insert' | 'insertOnce' | 'insertByHandle'> {
  return {
    async insert(grant, event) {
      requireStorableGrant(grant)
      const values = grantValues(grant, await terms.numberOf(grant))
      await writer.write(() => {
        statements.insert.run(...values)
        if (event !== undefined) appendEvent(statements, connection, event)
      })
    },

    async insertOnce(grant, claim) {
      requireStorableGrant(grant)
      const values = grantValues(grant, await terms.numberOf(grant))
      return writer.write(() => {
        const claimed = statements.claim(claim)
        if (claimed === 'first') statements.insert.run(...values)
        return claimed
      })
    },

    async insertByHandle(grant) {
      requireStorableGrant(grant)
      const values = grantValues(grant, await terms.numberOf(grant))
      return writer.write(() => {
        const there = statements.byHandle.get(grant.handle)
        if (there !== undefined) return toGrant(there as GrantValues, terms.of)
        statements.insert.run(...values)
        return grant
      })
    },
  }
}

/** Within the transaction of the swap. */
function noteReuse(
  statements: Statements,
  connection: Connection,
  event: AuditEvent | undefined,
  notice: NewJob | false | undefined,
): void {
  if (event === undefined) return
  appendEvent(statements, connection, event)
  if (notice) statements.job.run(...jobValues(notice, event.at))
}

/** Within the transaction of what the event tells of. */
function appendEvent({ chainEnd, audit, chain }: Statements, { chain: node }: Connection, event: AuditEvent): void {
  const found = chainEnd.get(node) as [number: number, digest: Uint8Array] | undefined
  const head = found === undefined ? firstHead(node) : { node, number: found[0], digest: asBuffer(found[1]) }
  for (const row of chainedRows(head, [event])) {
    audit.run(...auditValues(row))
    chain.run(node, row.number, row.digest, event.at)
  }
}

/** Uses and repeats, which are written a moment later. */
function gatherRemarks(statements: Statements, writer: Writer) {
  const uses: Gatherer<string, Use> = createGatherer(laterUse, (entries) =>
    writer.write(() => {
      for (const [, { id, at, step }] of entries) statements.used.run(at, step, id, at, step)
    }),
  )
  const repeats: Gatherer<string, Repeat> = createGatherer(
    (a, b) => ({ ...b, count: a.count + b.count, at: Math.max(a.at, b.at) }),
    (entries) =>
      writer.write(() => {
        for (const [, { id, network, count, at }] of entries) statements.repeat.run(id, network, count, at)
      }),
  )
  return {
    flush: async () => void (await Promise.all([uses.flush(), repeats.flush()])),
    flushUses: () => uses.flush(),

    markUsed(id: Buffer, at: Millis, step: number) {
      uses.add(id.toString('latin1'), { id, at, step })
    },

    noteRepeat(id: Buffer, network: string, at: Millis) {
      requireStorable('network', network)
      repeats.add(`${id.toString('latin1')}${network}`, { id, network, count: 1, at })
    },
  }
}

interface Held {
  readonly statements: Statements
  read(id: Buffer): Grant | undefined
  readonly writer: Writer
}

/** What moves one grant otherwise than by a credential. */
function movesById({ statements, read, writer }: Held, connection: Connection): Pick<Grants, 'end' | 'rekey'> {
  const { clock } = connection
  const writeStep = (grant: Grant) => statements.step.run(...stepValues(grant), grant.id)
  return {
    end(id, reason) {
      return writer.write(() => {
        const row = read(id)
        const after = row && endedGrant(row, reason, clock.now(), row.attempt)
        if (after !== undefined) writeStep(after)
        return after !== undefined
      })
    },

    rekey(id, generation) {
      return writer.write(() => {
        const row = read(id)
        const after = row && rekeyedGrant(row, generation)
        if (after !== undefined) writeStep(after)
        return after !== undefined
      })
    },
  }
}

function prepareAll(database: Database) {
  const marks = readColumns.map(() => '?').join(', ')
  const view = `select ${viewSql.columns} from grants as g ${viewSql.joins}`
  const update = (columns: readonly string[]) =>
    `update grants set ${columns.map((name) => `${name} = ?`).join(', ')} where id = ?`
  const step = update(stepColumns)
  const end = `update grants set state = ${ended}, end_reason = ?, ended_at = ? where state <> ${ended}`
  const theLive = `from grants where user_id = ? and client_id = ? and state = ${live} and expires_at > ?`
  return {
    claim: claimWithin(database),
    insert: database.prepare(`insert into grants (${readColumns.join(', ')}) values (${marks})`),
    audit: database.prepare(
      `insert into audit_log (${auditColumns.join(', ')}) values (${auditColumns.map(() => '?').join(', ')})`,
    ),
    chainEnd: prepareRows(database, 'select number, digest from audit_chains where node = ?'),
    chain: database.prepare(`insert into audit_chains (node, number, digest, started_at) values (?, ?, ?, ?)
      on conflict (node) do update set number = excluded.number, digest = excluded.digest`),
    job: database.prepare(
      `insert into jobs (${jobColumns.join(', ')}) values (${jobColumns.map(() => '?').join(', ')})`,
    ),
    byId: prepareRows(database, `select ${readColumns.join(', ')} from grants where id = ?`),
    byHandle: prepareRows(database, `select ${readColumns.join(', ')} from grants where handle = ?`),
    view: prepareRows(database, `${view} where g.id = ?`),
    viewByHandle: prepareRows(database, `${view} where g.handle = ?`),
    step: database.prepare(step),
    stepSeen: database.prepare(`${step} and step = ? and state = ? and attempt is ?`),
    refreshSeen: database.prepare(`${update(refreshColumns)} and step = ? and state = ${live} and attempt is ?`),
    end: database.prepare(`${end} and id = ?`),
    used: database.prepare(`update grants set used_at = max(used_at, ?), used_step = max(used_step, ?)
      where id = ? and (used_at < ? or used_step < ?)`),
    repeat: database.prepare(`insert into grant_repeats (grant_id, network, count, last_at) values (?, ?, ?, ?)
      on conflict (grant_id, network) do update
      set count = count + excluded.count, last_at = max(last_at, excluded.last_at)`),
    // By the index alone: rows that are no longer live count too, and nearly nobody has more than the limit of both.
    beyond: prepareRows(database, 'select 1 from grants where user_id = ? and client_id = ? limit 1 offset ?'),
    countLive: database.prepare(`select count(*) as count ${theLive}`),
    live: database.prepare(`select id, label, used_at, terms ${theLive}`),
  }
}

function changes(result: { changes: number | bigint }): number {
  return Number(result.changes)
}

/** How the server runs: its signing keys, health and audit log. */
import { z } from 'zod'
import { eventsBehind, type LoggedEvent, searchEvents } from '../../../engine/operator/admin_api/directory.ts'
import { rotateSigningKeys } from '../../../engine/operator/keys.ts'
import { exportedEvent } from '../../../engine/operator/recovery/export.ts'
import { type ListedKey, listKeys, serverHealth } from '../../../engine/operator/server_state.ts'
import { Problem } from '../../../http/problem_details.ts'
import type { Millis } from '../../../lib/clock.ts'
import { findEventType } from '../../../protocol/audit/names.ts'
import { type Operation, operation, text } from '../operation.ts'
import { cursorOf, keysOf, limitUpTo, pageOf, pageOnFrom, pageQuery } from '../pages.ts'
import { moment, momentOf, momentOrNull } from '../shapes.ts'

const signingKey = z.object({
  kid: z.string(),
  alg: z.string(),
  state: z.enum(['next', 'signing', 'retired']),
  created_at: moment,
  activated_at: moment.nullable(),
  retired_at: moment.nullable(),
  turns_at: moment
    .nullable()
    .meta({ description: 'When the next key takes its place by itself; null where it does not sign.' }),
})

function shownKey(key: ListedKey): z.output<typeof signingKey> {
  return {
    kid: key.kid,
    alg: key.alg,
    state: key.state,
    created_at: momentOf(key.createdAt),
    activated_at: momentOrNull(key.activatedAt),
    retired_at: momentOrNull(key.retiredAt),
    turns_at: momentOrNull(key.turnsAt),
  }
}

const event = z.object({
  at: moment,
  type: z.string(),
  actor: z.string().nullable().meta({ description: 'ID of the person who did it.' }),
  operator: z.string().nullable().meta({ description: 'How and as whom the operator did it without an account.' }),
  subject: z.string().nullable().meta({ description: 'ID of the person to whom it was done.' }),
  client_id: z.string().nullable(),
  request_id: z.string().nullable(),
  detail: z.record(z.string(), z.unknown()),
})

function shownEvent(one: LoggedEvent): z.output<typeof event> {
  return {
    at: momentOf(one.at),
    type: one.type,
    actor: one.actor,
    operator: one.operator,
    subject: one.subject,
    client_id: one.clientId,
    request_id: one.requestId,
    detail: { ...one.detail },
  }
}

const health = z.object({
  database: z.enum(['sqlite', 'postgres']),
  nodes: z.array(z.object({ id: z.string(), release: z.string(), started_at: moment, seen_at: moment })),
  alarms: z.array(z.string()).meta({ description: 'Alarms of the node that answers, as /readyz has them.' }),
  restored: z
    .object({ paused: z.boolean(), unacknowledged: z.boolean() })
    .nullable()
    .meta({ description: 'How it stands since a backup was restored; null where none was.' }),
  lost: z
    .object({ audit_events: z.int(), requests: z.int() })
    .meta({ description: 'Entries of the logs that the node that answers has lost since its start.' }),
  failing_jobs: z.int().meta({ description: 'Jobs that wait after an attempt that failed.' }),
})

export const runningOperations: readonly Operation[] = [
  operation({
    id: 'listSigningKeys',
    method: 'GET',
    path: '/signing-keys',
    tag: 'signing keys',
    summary: 'List the signing keys',
    right: 'read',
    answer: pageOf(signingKey),
    run: async ({ context }) => ({ body: { items: (await listKeys(context)).keys.map(shownKey), next: null } }),
  }),
  operation({
    id: 'turnSigningKeys',
    method: 'POST',
    path: '/signing-keys/turn',
    tag: 'signing keys',
    summary: 'Let the next keys sign now',
    description: 'A key that was published too short a time ago stays where it is, unless `hurry` is true.',
    right: 'run_server',
    body: z.strictObject({ hurry: z.boolean().default(false) }),
    answer: z.object({
      items: z.array(z.object({ alg: z.string(), kid: z.string(), outcome: z.string(), possible_at: moment })),
    }),
    examples: { body: { hurry: false } },
    async run({ context, by, body }) {
      const turned = await rotateSigningKeys(context, by, { hurry: body.hurry })
      const items = turned.map(({ alg, kid, outcome, possibleAt }) => ({
        alg,
        kid,
        outcome,
        possible_at: momentOf(possibleAt),
      }))
      return { body: { items } }
    },
  }),
  operation({
    id: 'getHealth',
    method: 'GET',
    path: '/health',
    tag: 'health',
    summary: 'Read how the server stands',
    right: 'read',
    answer: health,
    async run({ context }) {
      const { database, nodes, alarms, restored, lost, failing } = await serverHealth(context)
      const body: z.output<typeof health> = {
        database,
        nodes: nodes.map(({ id, release, startedAt, seenAt }) => {
          return { id, release, started_at: momentOf(startedAt), seen_at: momentOf(seenAt) }
        }),
        alarms: [...alarms],
        restored: restored === undefined ? null : { paused: restored.paused, unacknowledged: restored.unacknowledged },
        lost: { audit_events: lost.audit, requests: lost.requests },
        failing_jobs: failing,
      }
      return { body }
    },
  }),
  operation({
    id: 'listAuditEvents',
    method: 'GET',
    path: '/audit',
    tag: 'audit',
    summary: 'List the events of the audit log, the newest first',
    description: 'Every filter that is given has to hold.',
    right: 'read',
    query: z.strictObject({
      ...pageQuery,
      type: text.max(100).optional().meta({ description: 'A type of event, as the list or the console has it.' }),
      person: text.max(100).optional().meta({ description: 'ID of whoever did it, or to whom it was done.' }),
      app: text.max(255).optional().meta({ description: 'The `client_id` of an app.' }),
      since: z.iso.datetime().optional().meta({ description: 'From then on.' }),
      until: z.iso.datetime().optional().meta({ description: 'Before then.' }),
    }),
    answer: pageOf(event),
    async run({ context, query }) {
      const [at, seq] = keysOf(query.cursor, z.tuple([z.int(), z.int()])) ?? []
      const { events, next } = await searchEvents(context, query.limit, {
        type: typeOf(query.type),
        account: query.person,
        clientId: query.app,
        since: millisOf(query.since),
        until: millisOf(query.until),
        before: at === undefined || seq === undefined ? undefined : { at, seq },
      })
      return pageOnFrom(events.map(shownEvent), next === null ? undefined : [next.at, next.seq])
    },
  }),
  operation({
    id: 'exportAuditEvents',
    method: 'GET',
    path: '/audit/export',
    tag: 'audit',
    summary: 'Export the audit log as JSON lines, the oldest event first',
    description:
      'A line an event, as `consentry audit export` writes it, with its place in the chain that proves it. The `Link` header ' +
      'has the next page; on the last one it is missing. An event is written up to five minutes after its time, so whoever ' +
      'asks again and again begins five minutes before the end of the last export.',
    right: 'run_server',
    query: z.strictObject({
      limit: limitUpTo(1000).default(1000),
      cursor: pageQuery.cursor,
      since: z.iso.datetime().optional().meta({ description: 'From then on. A cursor takes its place.' }),
    }),
    lines: true,
    async run({ context, query }) {
      const [at, seq] = keysOf(query.cursor, z.tuple([z.int(), z.int()])) ?? []
      const since = millisOf(query.since) ?? 0
      const after =
        at === undefined || seq === undefined ? { at: since - 1, seq: Number.MAX_SAFE_INTEGER } : { at, seq }
      const found = await eventsBehind(context, after, query.limit + 1)
      const shown = found.slice(0, query.limit)
      const last = shown.at(-1)
      const next = found.length > shown.length && last !== undefined ? cursorOf([last.at, last.seq]) : undefined
      return { lines: shown.map((one) => JSON.stringify(exportedEvent(one))), next }
    },
  }),
]

/** Throws Problem where this release has no such type. */
function typeOf(name: string | undefined): string | undefined {
  if (name === undefined) return undefined
  const type = findEventType(name)
  if (type !== undefined) return type
  throw new Problem('bad_request', { errors: [{ parameter: 'type', detail: 'is no type of event' }] })
}

function millisOf(at: string | undefined): Millis | undefined {
  return at === undefined ? undefined : Date.parse(at)
}

/** How the server runs: its signing keys, jobs and audit log. */
import { z } from 'zod'
import {
  type LoggedEvent,
  listEvents,
  listJobs,
  listSigningKeys,
  type SigningKey,
  type StoredJob,
} from '../../../engine/operator/admin_api/directory.ts'
import { rotateSigningKeys } from '../../../engine/operator/keys.ts'
import { type Operation, operation } from '../operation.ts'
import { keysOf, pageFrom, pageOf, pageQuery } from '../pages.ts'
import { moment, momentOf, momentOrNull } from '../shapes.ts'

const limit = { limit: pageQuery.limit }

const signingKey = z.object({
  kid: z.string(),
  alg: z.string(),
  state: z.enum(['next', 'signing', 'retired']),
  created_at: moment,
  activated_at: moment.nullable(),
  retired_at: moment.nullable(),
})

function shownKey(key: SigningKey): z.output<typeof signingKey> {
  return {
    kid: key.kid,
    alg: key.alg,
    state: key.state,
    created_at: momentOf(key.createdAt),
    activated_at: momentOrNull(key.activatedAt),
    retired_at: momentOrNull(key.retiredAt),
  }
}

const job = z.object({
  id: z.string(),
  kind: z.string(),
  target: z.string().nullable().meta({ description: 'ID of what it is about.' }),
  due_at: moment,
  attempts: z.int(),
  error: z.string().nullable().meta({ description: 'Class of the last error.' }),
  created_at: moment,
  ended_at: moment.nullable(),
  outcome: z.enum(['done', 'given_up']).nullable(),
})

function shownJob(one: StoredJob): z.output<typeof job> {
  return {
    id: one.id,
    kind: one.kind,
    target: one.target,
    due_at: momentOf(one.dueAt),
    attempts: one.attempts,
    error: one.error,
    created_at: momentOf(one.createdAt),
    ended_at: momentOrNull(one.endedAt),
    outcome: one.outcome,
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

export const runningOperations: readonly Operation[] = [
  operation({
    id: 'listSigningKeys',
    method: 'GET',
    path: '/signing-keys',
    tag: 'signing keys',
    summary: 'List the signing keys',
    right: 'read',
    answer: pageOf(signingKey),
    run: async ({ context }) => ({ body: { items: (await listSigningKeys(context)).map(shownKey), next: null } }),
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
    id: 'listJobs',
    method: 'GET',
    path: '/jobs',
    tag: 'jobs',
    summary: 'List jobs in one state, the newest first',
    right: 'read',
    query: z.strictObject({ ...limit, state: z.enum(['waiting', 'done', 'given_up']).default('waiting') }),
    answer: pageOf(job),
    async run({ context, query }) {
      const items = (await listJobs(context, { state: query.state, limit: query.limit })).map(shownJob)
      return { body: { items, next: null } }
    },
  }),
  operation({
    id: 'listAuditEvents',
    method: 'GET',
    path: '/audit',
    tag: 'audit',
    summary: 'List the events of the audit log, the oldest first',
    right: 'read',
    query: z.strictObject({ ...pageQuery, since: z.iso.datetime().optional().meta({ description: 'From then on.' }) }),
    answer: pageOf(event),
    async run({ context, query: { limit: size, cursor, since } }) {
      const start = since === undefined ? 0 : Date.parse(since)
      const [at, seq] = keysOf(cursor, z.tuple([z.int(), z.int()])) ?? [start - 1, Number.MAX_SAFE_INTEGER]
      const found = await listEvents(context, { at, seq }, size + 1)
      return pageFrom(found, size, shownEvent, (last) => [last.at, last.seq])
    },
  }),
]

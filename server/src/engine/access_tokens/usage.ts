/**
 * Calls that an API of the operator has answered, reported by it in batches so that the developers of an app find them beside
 * the requests that we have answered ourselves, and people what an app did for them.
 */
import { z } from 'zod'
import { day, type Millis, minute } from '../../lib/clock.ts'
import { sha256 } from '../../lib/hash.ts'
import { randomText } from '../../lib/random.ts'
import type { Grant } from '../../protocol/grant.ts'
import { decodeTokenName } from '../../protocol/jwt_access_token.ts'
import { formatScope, parseScope } from '../../protocol/scope.ts'
import type { Context } from '../../runtime/context.ts'
import type { Client } from '../../runtime/kept/clients.ts'
import type { RegisteredResource } from '../../runtime/kept/known_resources.ts'
import type { ReportedCall } from '../../runtime/log/request_log.ts'
import { scopeAt } from '../grant/resources.ts'

/** Calls of one batch. */
export const mostCalls = 500

/** How old a call may be, and how far ahead of our clock the reporter's may be. */
const oldest: Millis = 3 * day
const ahead: Millis = 5 * minute
/** How long a batch that has no answer yet counts as under way. */
const underWay: Millis = 2 * minute

const text = z.string().refine((value) => !/[\0\p{Surrogate}]/u.test(value), 'holds a character that cannot be stored')

/** Members that a log says besides are passed over. */
const callSchema = z.object({
  /** ISO 8601 with its offset, or seconds since 1970. */
  time: z.union([z.iso.datetime({ offset: true }), z.number().min(0)], {
    error: 'must be a time such as 2026-11-28T12:00:00Z, or seconds since 1970',
  }),
  /** The name of the access token: the jti that introspection, a JWT or Consentry-Token says. Never the token itself. */
  token: z.string(),
  status: z.int().min(100).max(599),
  /** `GET /orders`, or whatever the API calls it. */
  operation: text.min(1).max(2000),
  user_agent: text.max(2000).nullish(),
  /** The scope that was needed. */
  scope: z
    .string()
    .transform((value, { addIssue }) => parseScope(value) ?? addIssue('is no list of scopes') ?? z.NEVER)
    .nullish(),
  request_id: text.max(200).nullish(),
})

export interface RefusedCall {
  /** Its place in the batch, from 0. */
  readonly index: number
  readonly error:
    | 'call_malformed'
    | 'time_out_of_range'
    | 'token_unknown'
    | 'token_for_another_resource'
    | 'scope_of_another_resource'
  readonly error_description: string
}

export interface UsageAnswer {
  readonly accepted: number
  /** Whether this batch was reported before: then nothing was counted again. */
  readonly repeated: boolean
  readonly refused: readonly RefusedCall[]
}

/** Why a batch was not taken: no API authenticates as this client; its ID came with other calls; it is being taken. */
export type BatchRefused = 'no_api' | 'other_calls' | 'under_way'

/**
 * Takes a batch from the client that an API authenticates as. Calls that cannot be taken are refused one by one. A batch is
 * known by its ID, for as long as its calls could be taken at all: it is counted once, and other calls are refused under it.
 */
export async function reportUsage(
  context: Context,
  client: Client,
  batch: { readonly id: string; readonly calls: readonly unknown[] },
): Promise<UsageAnswer | BatchRefused> {
  const { storage } = context
  const resources = (await context.resources.list()).filter(({ clientId }) => clientId === client.id)
  if (resources.length === 0) return 'no_api'
  const { taken, refused } = await readCalls(context, batch.calls, resources)
  const claim = await storage.idempotencyKeys.claim(
    { key: sha256(JSON.stringify(['usage', client.id, batch.id])), request: sha256(JSON.stringify(batch.calls)) },
    underWay,
    oldest + ahead,
  )
  if (claim === 'other_request') return 'other_calls'
  if (claim === 'under_way') return claim
  if (claim === 'answer_lost') return { accepted: taken.length, repeated: true, refused }
  if ('status' in claim) return { ...(JSON.parse(String(claim.body)) as Omit<UsageAnswer, 'repeated'>), repeated: true }
  const records = context.requests.recordsOf(taken)
  const done = await storage
    .act(async ({ idempotencyKeys, requests }) => {
      if (!(await idempotencyKeys.carryOut(claim))) return false
      await requests.append(records)
      return true
    })
    .catch(async (error: unknown) => {
      await storage.idempotencyKeys.release(claim).catch(() => undefined)
      throw error
    })
  if (!done) return 'under_way'
  for (const call of taken) countUse(context, call)
  const answer = { accepted: taken.length, refused }
  await storage.idempotencyKeys.answer(claim, { status: 200, headers: {}, body: JSON.stringify(answer) })
  return { ...answer, repeated: false }
}

type TakenCall = ReportedCall & { readonly resource: string }

async function readCalls(
  context: Context,
  calls: readonly unknown[],
  resources: readonly RegisteredResource[],
): Promise<{ readonly taken: readonly TakenCall[]; readonly refused: readonly RefusedCall[] }> {
  const grants = await findGrants(context, calls)
  const taken: TakenCall[] = []
  const refused: RefusedCall[] = []
  for (const [index, content] of calls.entries()) {
    const call = readCall(context, content, { resources, grants })
    if ('error' in call) refused.push({ index, ...call })
    else taken.push(call)
  }
  return { taken, refused }
}

/** The grants of the tokens in a batch, each read once. */
async function findGrants(context: Context, calls: readonly unknown[]): Promise<ReadonlyMap<string, Grant>> {
  const ids = new Map<string, Buffer>()
  for (const call of calls) {
    const named = typeof call === 'object' && call !== null && 'token' in call ? decodeTokenName(call.token) : undefined
    if (named !== undefined) ids.set(named.grantId.toString('hex'), named.grantId)
  }
  const found = await Promise.all(
    [...ids].map(async ([name, id]) => [name, (await context.storage.grants.find(id))?.grant] as const),
  )
  return new Map(found.flatMap(([name, grant]) => (grant === undefined ? [] : [[name, grant] as const])))
}

interface Known {
  readonly resources: readonly RegisteredResource[]
  readonly grants: ReadonlyMap<string, Grant>
}

function readCall(
  context: Context,
  content: unknown,
  { resources, grants }: Known,
): TakenCall | Omit<RefusedCall, 'index'> {
  const read = callSchema.safeParse(content)
  if (!read.success) return { error: 'call_malformed', error_description: sentenceOf(read.error) }
  const { time, token, status, operation, user_agent, scope, request_id } = read.data
  const at = Math.floor(typeof time === 'number' ? time * 1000 : Date.parse(time))
  const now = context.clock.now()
  if (at > now + ahead || at < now - oldest) {
    return { error: 'time_out_of_range', error_description: 'The call is more than three days old, or in the future.' }
  }
  const name = decodeTokenName(token)
  const grant = name === undefined ? undefined : grants.get(name.grantId.toString('hex'))
  if (grant === undefined) {
    return { error: 'token_unknown', error_description: 'No access token of this server has this name (jti).' }
  }
  const { context: agreed, clientId, userId } = grant
  const meant = resources.filter((one) => scopeAt(context, one, agreed) !== undefined)
  if (meant.length === 0) {
    return { error: 'token_for_another_resource', error_description: 'The access token is not for this API.' }
  }
  const needed = scope ?? []
  const resource = meant.find((one) => needed.every((name) => one.scope?.includes(name) ?? true))
  if (resource === undefined) {
    return { error: 'scope_of_another_resource', error_description: 'This API has no scope of that name.' }
  }
  const [, method = '', path = operation] = /^([A-Z]{1,20}) (\S+)$/.exec(operation) ?? []
  const called = nameOf(resource)
  return {
    requestId: request_id || randomText(12),
    clientId,
    userId,
    at: Math.min(at, now),
    method,
    endpoint: path.split('?', 1)[0] ?? '',
    status,
    userAgent: user_agent || null,
    noted: `Reported by ${called}.${needed.length > 0 ? ` It needs the scope ${formatScope(needed).slice(0, 100)}.` : ''}`,
    resource: called,
  }
}

function nameOf({ name, uri }: RegisteredResource): string {
  return name ?? uri
}

/** The account page tells what an app did for a person, by day. */
function countUse({ appUses }: Context, { userId, clientId, method, status, resource }: TakenCall) {
  if (userId === null || status >= 400) return
  const writes = !['', 'GET', 'HEAD', 'OPTIONS'].includes(method)
  appUses.count({ userId, clientId, resource, writes, records: 0 })
}

function sentenceOf({ issues: [issue] }: z.ZodError): string {
  if (issue === undefined) return 'The call is malformed.'
  const place = issue.path.join('.')
  return place === '' ? 'A call must be an object.' : `${place}: ${issue.message}`
}

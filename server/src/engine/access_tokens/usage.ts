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
  scope: text.max(2000).nullish(),
  request_id: text.max(200).nullish(),
})

export interface RefusedCall {
  /** Its place in the batch, from 0. */
  readonly index: number
  readonly error: 'call_malformed' | 'time_out_of_range' | 'token_unknown' | 'token_for_another_resource'
  readonly error_description: string
}

export interface UsageAnswer {
  readonly accepted: number
  /** Whether this batch was reported before: then nothing was counted again. */
  readonly repeated: boolean
  readonly refused: readonly RefusedCall[]
}

/**
 * Takes a batch from the client that an API authenticates as. Calls that cannot be taken are refused one by one. The same
 * calls under the same ID are counted once, for as long as they could be taken at all. Undefined where no API authenticates
 * as this client.
 */
export async function reportUsage(
  context: Context,
  client: Client,
  batch: { readonly id: string; readonly calls: readonly unknown[] },
): Promise<UsageAnswer | undefined> {
  const resources = (await context.resources.list()).filter(({ clientId }) => clientId === client.id)
  if (resources.length === 0) return undefined
  const grants = await findGrants(context, batch.calls)
  const taken: (ReportedCall & { readonly resource: string })[] = []
  const refused: RefusedCall[] = []
  for (const [index, content] of batch.calls.entries()) {
    const call = readCall(context, content, { resources, grants })
    if ('error' in call) refused.push({ index, ...call })
    else taken.push(call)
  }
  if (taken.length === 0) return { accepted: 0, repeated: false, refused }
  const digest = sha256(`${client.id}\0${batch.id}\0${JSON.stringify(batch.calls)}`)
  // As the same batch always says, and as long as one of its calls is young enough.
  const until = Math.max(...taken.map(({ at }) => at)) + oldest + ahead
  const records = context.requests.recordsOf(taken)
  const first = await context.storage.act(async ({ claims, requests }) => {
    if ((await claims.claimOnce('usage_batch', digest, until)) === 'seen') return false
    await requests.append(records)
    return true
  })
  if (first) for (const call of taken) countUse(context, call)
  return { accepted: taken.length, repeated: !first, refused }
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
): (ReportedCall & { readonly resource: string }) | Omit<RefusedCall, 'index'> {
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
  const resource = resources.find((one) => scopeAt(context, one, agreed) !== undefined)
  if (resource === undefined) {
    return { error: 'token_for_another_resource', error_description: 'The access token is not for this API.' }
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
    noted: `Reported by ${called}.${scope ? ` It needs the scope ${scope.slice(0, 100)}.` : ''}`,
    resource: called,
  }
}

function nameOf({ name, uri }: RegisteredResource): string {
  return name ?? uri
}

/** The account page tells what an app did for a person, by day. */
function countUse(
  { appUses }: Context,
  { userId, clientId, method, status, resource }: ReportedCall & { resource: string },
) {
  if (userId === null || status >= 400) return
  const writes = !['', 'GET', 'HEAD', 'OPTIONS'].includes(method)
  appUses.count({ userId, clientId, resource, writes, records: 0 })
}

function sentenceOf({ issues: [issue] }: z.ZodError): string {
  if (issue === undefined) return 'The call is malformed.'
  const place = issue.path.join('.')
  return place === '' ? 'A call must be an object.' : `${place}: ${issue.message}`
}

/** An app's request log, as its developers read it. */
import { briefly } from '../../lib/briefly.ts'
import { day } from '../../lib/clock.ts'
import { LaneFull } from '../../lib/lane.ts'
import type { ClientId } from '../../protocol/names.ts'
import type { Context } from '../../runtime/context.ts'
import { type LoggedRequest, ReadTooLong, type RequestFilter, StorageUnavailable } from '../../storage/contract.ts'

export type { LoggedRequest }

/** Which entries are looked for: those of one request, or a list of the newest, before a place in it. */
export interface LogQuery extends RequestFilter {
  readonly request?: string | undefined
  readonly before?: { readonly at: number; readonly seq: number } | undefined
}

/** The entries, newest first and at most `limit`, and which endpoints and reasons the log knows. */
export async function readRequests(context: Context, clientId: ClientId, limit: number, query: LogQuery) {
  const { request, before, ...filter } = query
  const log = await upToDate(context)
  const entries =
    request === undefined ? await log.list(clientId, limit, before, filter) : await log.find(clientId, request)
  // After the list, not beside it: an app's log has one read under way and only two more may wait.
  return { entries, kinds: await log.kinds(clientId) }
}

/** How many requests and refusals the last day had, and the newest refusal of all; undefined while it cannot be read. */
export function countRequests(context: Context, clientId: ClientId) {
  return unlessAway(async () => {
    const log = await upToDate(context)
    const counted = await log.count(clientId, context.clock.now() - day)
    // After the count, not beside it.
    const [lastRefusal] = await log.list(clientId, 1, undefined, { refused: true })
    return { ...counted, lastRefusal }
  })
}

/** The newest entry, or that there is none; undefined while it cannot be read. */
export function newestRequest(context: Context, clientId: ClientId): Promise<LoggedRequest | 'none' | undefined> {
  return unlessAway(async () => {
    const [newest] = await (await upToDate(context)).list(clientId, 1)
    return newest ?? 'none'
  })
}

/** The log with what was recorded a moment ago: that is what one is looking for. */
async function upToDate(context: Context) {
  await briefly(context.requests.flush())
  return context.storage.requests
}

/** What is read, or undefined while it cannot be: a page that shows more than the log stays whole. */
async function unlessAway<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read()
  } catch (error) {
    if (error instanceof LaneFull || error instanceof ReadTooLong || error instanceof StorageUnavailable)
      return undefined
    throw error
  }
}

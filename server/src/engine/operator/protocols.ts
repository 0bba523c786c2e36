/** What the operator decides about legacy protocols and their versions, and who would notice. */
import { type Clock, day, dayOf, type Millis, minute } from '../../lib/clock.ts'
import { readStoredMetadata } from '../../protocol/client_metadata.ts'
import { type ClosableDialect, closableDialects, dialectFacts } from '../../protocol/dialects.ts'
import type { ClientId, UserId } from '../../protocol/names.ts'
import { addJob } from '../../runtime/jobs/queue.ts'
import {
  type DialectChange,
  type DialectDecision,
  decideDialect,
  dialectOf,
  type UsedDialect,
  usesOfDialects,
} from '../../runtime/kept/legacy_dialects.ts'
import type { Acting, BrownOut, DialectTelling, Storage, SubscriptionKey } from '../../storage/contract.ts'
import { type Operator, type OperatorContext, operate } from './operator.ts'

/** The protocol, or the version of one, of this name, if there is one. */
export function findProtocol(name: string): ClosableDialect | undefined {
  return closableDialects.find((one) => one === name)
}

/**
 * Announces the end of a legacy protocol, takes that back, closes it or opens it again; what `change` does not name stays. Those
 * whose apps were seen there lately are told by mail of an end, and of a closing of which they did not know the day; whoever was
 * told hears if it is taken back.
 */
export function decideProtocol(
  context: OperatorContext,
  by: Operator,
  protocol: ClosableDialect,
  change: DialectChange | ((before: DialectDecision) => DialectChange),
): Promise<DialectDecision> {
  return operate(context, by, async (acting, record) => {
    let before: DialectDecision = { closed: false }
    const notice = await decideDialect(acting, context.clock, protocol, (found) => {
      before = found
      return typeof change === 'function' ? change(found) : change
    })
    const { closed, sunset, link = null, brownouts = [] } = notice
    const ends = sunset === undefined ? null : dayOf(sunset)
    const windows = brownouts.map(({ from, until }) => ({ from: isoOf(from), until: isoOf(until) }))
    const more = windows.length === 0 ? {} : { brownouts: windows }
    await record('legacy_protocol_decided', { detail: { protocol, closed, sunset: ends, link, ...more } })
    await queueTelling(context, acting, protocol, { before, after: notice })
    return notice
  })
}

/** Queues what there is to be told of a decision. */
async function queueTelling(
  context: OperatorContext,
  acting: Acting,
  protocol: ClosableDialect,
  { before, after }: { readonly before: DialectDecision; readonly after: DialectDecision },
): Promise<void> {
  const { closed, sunset } = after
  if (context.mailer.way === 'none') return
  if (closed) {
    if (before.closed) return
    const once = { id: `protocols.closed ${protocol}`, pause: 0 }
    return addJob(context, acting, 'protocols.closed', { payload: { protocol }, once })
  }
  if (sunset !== undefined) {
    const once = { id: `protocols.tell ${protocol} ${dayOf(sunset)}`, pause: 0 }
    return addJob(context, acting, 'protocols.tell', { payload: { protocol, sunset }, once })
  }
  if (!before.closed && before.sunset === undefined) return
  const once = { id: `protocols.stay ${protocol}`, pause: 0 }
  await addJob(context, acting, 'protocols.stay', { payload: { protocol }, once })
}

function isoOf(at: Millis): string {
  return new Date(at).toISOString()
}

/** Takes everything back: the protocol is as if nothing had ever been decided. */
export function undoPlan(context: OperatorContext, by: Operator, protocol: ClosableDialect): Promise<DialectDecision> {
  return decideProtocol(context, by, protocol, { closed: false, sunset: undefined, link: undefined, brownouts: [] })
}

/** How long a brown-out may be: long enough for a job that comes once a day. */
const longestBrownout: Millis = day
/** How many brown-outs that are not over a protocol may have. */
export const mostBrownouts = 20

/** What may be wrong with a brown-out. */
export type BrownoutProblem = 'past' | 'too_short' | 'too_long' | 'too_many' | 'overlaps' | 'after_end' | 'closed'

class NoBrownout extends Error {
  override readonly name = 'NoBrownout'
  readonly problem: BrownoutProblem

  constructor(problem: BrownoutProblem) {
    super(problem)
    this.problem = problem
  }
}

/** Schedules a brown-out. Those that are over go from the plan; the audit log has them. */
export async function addBrownout(
  context: OperatorContext,
  by: Operator,
  protocol: ClosableDialect,
  brownout: BrownOut,
): Promise<BrownoutProblem | undefined> {
  const { from, until } = brownout
  const now = context.clock.now()
  try {
    await decideProtocol(context, by, protocol, ({ brownouts = [], sunset, closed }) => {
      const ahead = brownouts.filter((one) => one.until > now)
      if (closed) throw new NoBrownout('closed')
      if (until <= now) throw new NoBrownout('past')
      if (until - from < minute) throw new NoBrownout('too_short')
      if (until - from > longestBrownout) throw new NoBrownout('too_long')
      if (ahead.length >= mostBrownouts) throw new NoBrownout('too_many')
      if (ahead.some((one) => one.from < until && from < one.until)) throw new NoBrownout('overlaps')
      if (sunset !== undefined && from >= sunset) throw new NoBrownout('after_end')
      return { brownouts: [...ahead, brownout].sort((one, other) => one.from - other.from) }
    })
  } catch (error) {
    if (error instanceof NoBrownout) return error.problem
    throw error
  }
  return undefined
}

/** Takes the brown-outs back that begin at this moment, or all of them. */
export function removeBrownouts(
  context: OperatorContext,
  by: Operator,
  protocol: ClosableDialect,
  from: Millis | 'all',
): Promise<DialectDecision> {
  return decideProtocol(context, by, protocol, ({ brownouts = [] }) => ({
    brownouts: from === 'all' ? [] : brownouts.filter((one) => one.from !== from),
  }))
}

/** An app that would notice if a protocol were closed. */
export interface SeenApp extends UsedDialect {
  /** Undefined where there is no such app any more. */
  readonly name: string | undefined
  readonly ownerId: UserId | null
}

type Reading = Pick<Storage, 'clients' | 'dialectUses' | 'subscriptionKeys'>

/** The apps that were ever seen at each legacy protocol and version, the latest first. */
export async function seenApps(
  { storage, clock }: { readonly storage: Reading; readonly clock: Clock },
  of: readonly ClosableDialect[] = closableDialects,
): Promise<ReadonlyMap<ClosableDialect, readonly SeenApp[]>> {
  const uses = await usesOfDialects(storage, clock)
  const known = new Map<ClientId, Pick<SeenApp, 'name' | 'ownerId'>>()
  const seen = new Map<ClosableDialect, readonly SeenApp[]>()
  for (const protocol of of) {
    const apps: SeenApp[] = []
    for (const use of uses.get(protocol) ?? []) {
      const app = known.get(use.clientId) ?? (await describe(storage, use.clientId))
      known.set(use.clientId, app)
      apps.push({ ...use, ...app })
    }
    seen.set(protocol, apps)
  }
  return seen
}

async function describe({ clients }: Reading, clientId: ClientId): Promise<Pick<SeenApp, 'name' | 'ownerId'>> {
  const app = await clients.find(clientId)
  if (app === undefined) return { name: undefined, ownerId: null }
  return { name: readStoredMetadata(app.metadata).client_name ?? clientId, ownerId: app.ownerId }
}

/** How far back an app was seen that counts as one that would break. */
const seenWithin: Millis = 30 * day

/**
 * The subscription keys that were used lately, where apps of the protocol show one: its apps have no client of their own. By
 * which version they came is not known.
 */
export async function keysInUse(
  { storage, clock }: { readonly storage: Reading; readonly clock: Clock },
  protocol: ClosableDialect,
): Promise<readonly SubscriptionKey[]> {
  if (dialectFacts[dialectOf(protocol)].subscriptionKeys === undefined) return []
  const since = clock.now() - seenWithin
  const keys = await storage.subscriptionKeys.list()
  return keys.filter(({ use }) => use !== null && use.lastUsed >= since)
}

/** Whom to tell that a protocol goes: the owners of the apps, and of the keys, that were seen there lately. */
export async function whomToTell(
  context: { readonly storage: Reading; readonly clock: Clock },
  protocol: ClosableDialect,
): Promise<readonly Pick<DialectTelling, 'clientId' | 'userId'>[]> {
  const told = new Map<string, Pick<DialectTelling, 'clientId' | 'userId'>>()
  const tell = (clientId: ClientId, userId: UserId | null | undefined) => {
    if (userId !== null && userId !== undefined) told.set(`${clientId} ${userId}`, { clientId, userId })
  }
  for (const { clientId, count, ownerId } of (await seenApps(context, [protocol])).get(protocol) ?? []) {
    if (count > 0) tell(clientId, ownerId)
  }
  const keyClient = dialectFacts[dialectOf(protocol)].passwordClient?.clientId
  for (const { owner } of await keysInUse(context, protocol)) if (keyClient !== undefined) tell(keyClient, owner)
  return [...told.values()]
}

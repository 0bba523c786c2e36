/**
 * What the operator has decided about the legacy protocols (a date on which one goes, brown-outs before it, or that it is closed) and the meters
 * that tell who still needs which. `oauth` is not one of them: it is always open.
 */
import type { Clock, Millis } from '../../lib/clock.ts'
import { dayOf, second } from '../../lib/clock.ts'
import type { Log } from '../../lib/log.ts'
import { type ClosableDialect, type Dialect, type LegacyDialect, standardDialect } from '../../protocol/dialects.ts'
import type { ClientId } from '../../protocol/names.ts'
import type { BrownOut, DialectNotice, DialectUse, Storage } from '../../storage/contract.ts'
import { keepAll } from './rows.ts'

/** The operator's decision about one protocol. */
export type DialectDecision = Omit<DialectNotice, 'dialect'>

export interface LegacyDialects {
  /** The present decision, at most five seconds old. */
  notice(dialect: ClosableDialect): Promise<DialectDecision>
  /** All of them, by protocol or version; those without one are left out. */
  notices(): Promise<ReadonlyMap<string, DialectDecision>>
  /** Counts one answered request of an app by a protocol. */
  count(dialect: Dialect | ClosableDialect, clientId: ClientId): void
  flush(): Promise<void>
  close(): void
}

const clientsKept = 10_000

/** The legacy protocol that it belongs to. */
export function dialectOf(protocol: ClosableDialect): LegacyDialect {
  return protocol.split('/', 1)[0] as LegacyDialect
}

export function createLegacyDialects(storage: Storage, clock: Clock, log: Log): LegacyDialects {
  const notices = keepAll({ storage, clock }, () => readNotices(storage))
  let pending = new Map<string, DialectUse>()

  async function flush(): Promise<void> {
    const uses = [...pending.values()]
    if (uses.length === 0) return
    pending = new Map()
    try {
      await storage.dialectUses.add(uses)
    } catch (error) {
      // They are meters: what is lost with a database that is away would change no decision.
      log.warn({ err: error, lost: uses.length }, 'could not save how often the legacy protocols were used')
    }
  }

  const timer = setInterval(() => void flush(), second).unref()
  return {
    notice: async (dialect) => (await notices()).get(dialect) ?? open,
    notices,
    count(dialect, clientId) {
      if (dialect === standardDialect) return
      const lastAt = clock.now()
      const day = dayOf(lastAt)
      const key = `${day} ${dialect} ${clientId}`
      const known = pending.get(key)
      if (known === undefined && pending.size >= clientsKept) return
      pending.set(key, { day, dialect, clientId, count: (known?.count ?? 0) + 1, lastAt })
    },
    flush,
    close: () => clearInterval(timer),
  }
}

const open: DialectDecision = { closed: false }

/** The operator's decisions, by dialect; those without one are left out. */
export async function readNotices(
  storage: Pick<Storage, 'dialectNotices'>,
): Promise<ReadonlyMap<string, DialectDecision>> {
  return new Map((await storage.dialectNotices.list()).map((notice) => [notice.dialect, notice]))
}

/** What is to be another than it is; what is not named stays, `undefined` takes a member out. */
export type DialectChange = Partial<Omit<DialectDecision, 'since'>>

/** Changes the decision about a protocol, from what it is at that moment. */
export async function decideDialect(
  storage: Pick<Storage, 'dialectNotices'>,
  clock: Clock,
  dialect: ClosableDialect,
  change: DialectChange | ((before: DialectDecision) => DialectChange),
): Promise<DialectDecision> {
  const decided = await storage.dialectNotices.amend(dialect, (before = { dialect, ...open }) => {
    const changed = typeof change === 'function' ? change(before) : change
    const { closed = false, sunset, link, brownouts = [] } = { ...before, ...changed }
    const plain = !closed && sunset === undefined && brownouts.length === 0
    return {
      dialect,
      closed,
      ...(plain ? {} : { since: before.since ?? clock.now(), link }),
      ...(sunset === undefined ? {} : { sunset }),
      ...(brownouts.length === 0 ? {} : { brownouts }),
    }
  })
  return decided ?? open
}

/** The brown-out that a protocol is in, if any. */
export function brownoutAt({ brownouts = [] }: DialectDecision, now: Millis): BrownOut | undefined {
  return brownouts.find(({ from, until }) => from <= now && now < until)
}

/** What the operator has decided, in a word. */
export type DialectState = 'open' | 'announced' | 'brown_out' | 'closed'

export function stateOf(decision: DialectDecision, now: Millis): DialectState {
  if (decision.closed) return 'closed'
  if (brownoutAt(decision, now) !== undefined) return 'brown_out'
  return decision.since === undefined ? 'open' : 'announced'
}

export interface UsedDialect {
  readonly clientId: ClientId
  /** Uses in the last thirty days. */
  readonly count: number
  readonly lastAt: Millis
}

/** Who has come by each legacy protocol, the latest first. */
export async function usesOfDialects(
  storage: Pick<Storage, 'dialectUses'>,
  clock: Clock,
): Promise<ReadonlyMap<Dialect | ClosableDialect, readonly UsedDialect[]>> {
  const uses = new Map<Dialect | ClosableDialect, UsedDialect[]>()
  for (const { dialect, clientId, count, lastAt } of await storage.dialectUses.sum(dayOf(clock.now() - thirtyDays))) {
    uses.set(dialect, [...(uses.get(dialect) ?? []), { clientId, count, lastAt }])
  }
  return uses
}

const thirtyDays: Millis = 30 * 86_400_000

/**
 * What apps do with people's data, counted by day for the account pages. A request only adds to a number in memory; what is
 * gathered is stored every few seconds in one transaction, and when the process ends in order. A crash loses the last seconds.
 */
import { type Clock, dayOf, second } from '../../lib/clock.ts'
import type { Log } from '../../lib/log.ts'
import type { ClientId, UserId } from '../../protocol/names.ts'
import type { AppUse, Storage } from '../../storage/contract.ts'

/** One request of an app for a person that was answered. */
export interface AppRequest {
  readonly userId: UserId
  readonly clientId: ClientId
  readonly resource: string
  readonly writes: boolean
  /** Records that were read or changed. */
  readonly records: number
}

export interface AppUseMeter {
  count(request: AppRequest): void
  /** Stores what is gathered; resolves when it is stored or, after a fault, kept for the next time. */
  flush(): Promise<void>
  close(): void
}

const flushEvery = 5 * second

/** How many different counts are gathered at most, for the memory of the process. */
const mostGathered = 100_000

export function createAppUseMeter(storage: Storage, clock: Clock, log: Log): AppUseMeter {
  let gathered = new Map<string, AppUse>()
  let flushed: Promise<void> = Promise.resolve()

  function add(use: AppUse): void {
    const key = `${use.userId} ${use.clientId} ${use.day} ${use.resource}`
    const known = gathered.get(key)
    if (known === undefined) {
      if (gathered.size < mostGathered) gathered.set(key, use)
      return
    }
    const { reads, writes, records } = known
    gathered.set(key, { ...use, reads: reads + use.reads, writes: writes + use.writes, records: records + use.records })
  }

  async function store(): Promise<void> {
    const uses = [...gathered.values()]
    if (uses.length === 0) return
    gathered = new Map()
    try {
      await storage.appUses.add(uses)
    } catch (error) {
      log.warn({ err: error, kept: uses.length }, 'could not save what apps did; it is tried again')
      for (const use of uses) add(use)
    }
  }

  /** One after another, so that nothing is under way when the last has resolved. */
  function flush(): Promise<void> {
    flushed = flushed.then(store)
    return flushed
  }

  const timer = setInterval(() => void flush(), flushEvery).unref()
  return {
    count({ userId, clientId, resource, writes, records }) {
      const day = dayOf(clock.now())
      add({ userId, clientId, day, resource, reads: writes ? 0 : 1, writes: writes ? 1 : 0, records })
    },
    flush,
    close: () => clearInterval(timer),
  }
}

/** Work that waits its turn: so many pieces at once, so many waiting, and of one owner only a few of either. */

export interface LaneLimits {
  /** Pieces of work under way at once. */
  readonly running: number
  /** Pieces that may wait for them. */
  readonly waiting: number
  /** The same for the work of one owner. */
  readonly ofOne: { readonly running: number; readonly waiting: number }
  /**
   * How long work that is not taken waits for its refusal, in milliseconds. Whoever asks again at once would else cost more
   * than the work that is done.
   */
  readonly refusedAfter: number
  /**
   * Owners whose work took longer than `after`, in milliseconds, have `running` pieces under way at once among them, so that
   * others find room. Each keeps their own turn after it was answered, for so many `times` as long as it took: who asks
   * for such work without a pause leaves the rest of the time to others. Left out: all work is alike.
   */
  readonly long?: { readonly after: number; readonly times: number; readonly running: number }
}

/** The work was not taken: too much waits already, of everybody or of this owner. */
export class LaneFull extends Error {
  override readonly name = 'LaneFull'
  readonly of: 'everybody' | 'owner'

  constructor(of: 'everybody' | 'owner') {
    super(`too much work of ${of === 'owner' ? 'one owner' : 'everybody'} is waiting`)
    this.of = of
  }
}

export interface Lane {
  /**
   * Does the work when its turn comes, in the order of arrival among those whose owner may run. What it has to get ready
   * before it calls `begun` does not count as its own time. Throws LaneFull, after a while.
   */
  add<T>(owner: string, work: (begun: () => void) => Promise<T>): Promise<T>
}

interface Waiting {
  readonly owner: string
  readonly start: () => void
}

/** How long somebody counts as an owner of long work after it, in milliseconds. */
const remembered = 60_000

export function createLane(limits: LaneLimits): Lane {
  const { long = { after: Number.POSITIVE_INFINITY, times: 0, running: 0 } } = limits
  const waiting: Waiting[] = []
  const runningOf = new Map<string, number>()
  /** Owners of long work, each for a while. */
  const longOwners = new Map<string, NodeJS.Timeout>()
  let running = 0
  let longRunning = 0

  function mayRun(owner: string): boolean {
    if (running >= limits.running || (runningOf.get(owner) ?? 0) >= limits.ofOne.running) return false
    return !longOwners.has(owner) || longRunning < long.running
  }

  function begin(owner: string): boolean {
    const isLong = longOwners.has(owner)
    running++
    if (isLong) longRunning++
    runningOf.set(owner, (runningOf.get(owner) ?? 0) + 1)
    return isLong
  }

  function remember(owner: string): void {
    clearTimeout(longOwners.get(owner))
    longOwners.set(owner, setTimeout(() => longOwners.delete(owner), remembered).unref())
  }

  function startNext(): void {
    const at = waiting.findIndex((one) => mayRun(one.owner))
    if (at >= 0) waiting.splice(at, 1)[0]?.start()
  }

  function release(owner: string): void {
    const left = (runningOf.get(owner) ?? 0) - 1
    if (left > 0) runningOf.set(owner, left)
    else runningOf.delete(owner)
    startNext()
  }

  function end(owner: string, took: number, wasLong: boolean): void {
    running--
    if (wasLong) longRunning--
    if (took > long.after) {
      remember(owner)
      setTimeout(release, took * long.times, owner).unref()
      startNext()
    } else release(owner)
  }

  function refuse(of: LaneFull['of']): Promise<never> {
    return new Promise((_, reject) => setTimeout(() => reject(new LaneFull(of)), limits.refusedAfter))
  }

  /** Answers, when the turn has come, whether it is one of those for owners of long work. */
  function takeTurn(owner: string): Promise<boolean> {
    if (mayRun(owner)) return Promise.resolve(begin(owner))
    if (waiting.filter((one) => one.owner === owner).length >= limits.ofOne.waiting) return refuse('owner')
    if (waiting.length >= limits.waiting) return refuse('everybody')
    return new Promise((resolve) => {
      waiting.push({ owner, start: () => resolve(begin(owner)) })
    })
  }

  return {
    async add(owner, work) {
      const isLong = await takeTurn(owner)
      let started = performance.now()
      try {
        return await work(() => {
          started = performance.now()
        })
      } finally {
        end(owner, performance.now() - started, isLong)
      }
    },
  }
}

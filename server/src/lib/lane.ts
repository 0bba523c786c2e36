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
   * The owner of work that took longer than `after`, in milliseconds, keeps their own turn after it was answered, for so
   * many `times` as long as it took: who asks for such work without a pause leaves the rest of the time to others. Left
   * out: a turn is given on at once.
   */
  readonly rest?: { readonly after: number; readonly times: number }
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
   * Does the work when its turn comes, in the order of arrival among those whose owner may run. Throws LaneFull, after a
   * while.
   */
  add<T>(owner: string, work: () => Promise<T>): Promise<T>
}

interface Waiting {
  readonly owner: string
  readonly start: () => void
}

export function createLane(limits: LaneLimits): Lane {
  const { rest = { after: Number.POSITIVE_INFINITY, times: 0 } } = limits
  const waiting: Waiting[] = []
  const runningOf = new Map<string, number>()
  let running = 0

  const mayRun = (owner: string) => running < limits.running && (runningOf.get(owner) ?? 0) < limits.ofOne.running

  function begin(owner: string): void {
    running++
    runningOf.set(owner, (runningOf.get(owner) ?? 0) + 1)
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

  function end(owner: string, took: number): void {
    running--
    if (took > rest.after) {
      setTimeout(release, took * rest.times, owner).unref()
      startNext()
    } else release(owner)
  }

  function refuse(of: LaneFull['of']): Promise<never> {
    return new Promise((_, reject) => setTimeout(() => reject(new LaneFull(of)), limits.refusedAfter))
  }

  function takeTurn(owner: string): Promise<void> {
    if (mayRun(owner)) {
      begin(owner)
      return Promise.resolve()
    }
    if (waiting.filter((one) => one.owner === owner).length >= limits.ofOne.waiting) return refuse('owner')
    if (waiting.length >= limits.waiting) return refuse('everybody')
    return new Promise((resolve) => {
      const start = () => {
        begin(owner)
        resolve()
      }
      waiting.push({ owner, start })
    })
  }

  return {
    async add(owner, work) {
      await takeTurn(owner)
      const started = performance.now()
      try {
        return await work()
      } finally {
        end(owner, performance.now() - started)
      }
    },
  }
}

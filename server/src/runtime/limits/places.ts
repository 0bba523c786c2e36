/** Places for attempts under way: never more at a time than failures are left, so that guesses in parallel gain nothing. */
import { setImmediate, setTimeout } from 'node:timers/promises'
import type { Clock, Millis } from '../../lib/clock.ts'
import { type FailureCounts, type SharedCounters, type ThrottleKind, throttleWindow } from './failure_counts.ts'

/** How long an attempt waits for those that are under way on other nodes, and how often it looks. */
const patience: Millis = 5000
const pause: Millis = 25

/** Places on this node. */
export function createOwnPlaces(counts: FailureCounts) {
  const underWay = new Map<string, { running: number; waiting: (() => void)[] }>()

  /** Takes a place among the attempts under way on this node; false where the key is used up. */
  async function enter(kind: ThrottleKind, key: string): Promise<boolean> {
    const name = `${kind} ${key}`
    for (;;) {
      if (await counts.exceededAnywhere(kind, key)) {
        const idle = underWay.get(name)
        if (idle !== undefined && idle.running === 0 && idle.waiting.length === 0) underWay.delete(name)
        return false
      }
      const slot = underWay.get(name) ?? { running: 0, waiting: [] }
      underWay.set(name, slot)
      if (slot.running < counts.left(kind, key)) {
        slot.running++
        return true
      }
      await new Promise<void>((resolve) => slot.waiting.push(resolve))
    }
  }

  function leave(kind: ThrottleKind, key: string): void {
    const name = `${kind} ${key}`
    const slot = underWay.get(name)
    if (slot === undefined) return
    slot.running--
    const waiting = slot.waiting
    slot.waiting = []
    if (slot.running === 0 && waiting.length === 0) underWay.delete(name)
    for (const resolve of waiting) resolve()
  }

  return { enter, leave }
}

/** Places on all nodes together. */
export function createSharedPlaces(shared: SharedCounters, clock: Clock, counts: FailureCounts) {
  /**
   * Takes a place among the attempts under way on all nodes; answers when, or undefined where there was none. The place
   * is taken before the failures are read, and a failure is counted before its place is given back, so that no attempt
   * is overlooked. The places of a node that died are forgotten with their window.
   */
  async function reserve(kind: ThrottleKind, key: string): Promise<Millis | undefined> {
    const name = placesOf(kind, key)
    for (let waited = 0; ; waited += pause) {
      const at = clock.now()
      const current = await shared.add(name, throttleWindow, at)
      let usedUp = true
      let taken = false
      try {
        const previous = await shared.count(name, throttleWindow, at - throttleWindow)
        usedUp = await counts.exceededAnywhere(kind, key)
        taken = !usedUp && current + previous <= counts.left(kind, key)
      } finally {
        // Also where the database has gone in between: the place would stay taken by nobody.
        if (!taken) await release(kind, key, at)
      }
      if (taken) return at
      if (usedUp || waited >= patience) return undefined
      await setTimeout(pause)
    }
  }

  function release(kind: ThrottleKind, key: string, at: Millis): Promise<unknown> {
    return shared.add(placesOf(kind, key), throttleWindow, at, -1)
  }

  return { reserve, release }
}

/** Under what the attempts are counted that are under way. */
function placesOf(kind: ThrottleKind, key: string): string {
  return `under way ${kind} ${key}`
}

/** Turns for what is left over: one after another for a key, and each after the work that is there already. */
export function createTurns() {
  /** The last that waits for its turn, by key. */
  const lanes = new Map<string, Promise<unknown>>()

  return async function inTurn<T>(name: string, work: () => Promise<T>): Promise<T> {
    const before = lanes.get(name)
    const turn = (async () => {
      await before
      await setImmediate()
      return work()
    })()
    const ended = turn.then(
      () => {},
      () => {},
    )
    lanes.set(name, ended)
    void ended.then(() => {
      if (lanes.get(name) === ended) lanes.delete(name)
    })
    return turn
  }
}

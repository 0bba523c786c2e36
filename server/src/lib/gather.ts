/** Gathers small remarks that may be lost (a last use, a counter) and writes them together a moment later. */

export interface Gatherer<Key, Value> {
  /** Remembers a value, merged with what is gathered under the same key. Never waits, never throws. */
  add(key: Key, value: Value): void
  /** Writes what is gathered now; resolves when it is written or, after a fault, given up. */
  flush(): Promise<void>
}

/** How many different keys are held at most; beyond that new ones are dropped, for the memory of the process. */
const limit = 50_000
const delay = 250

/** Makes a gatherer that hands its entries to `write` every quarter of a second while there are any. */
export function createGatherer<Key, Value>(
  merge: (a: Value, b: Value) => Value,
  write: (entries: [Key, Value][]) => Promise<void>,
): Gatherer<Key, Value> {
  let gathered = new Map<Key, Value>()
  let timer: NodeJS.Timeout | undefined
  let writing = Promise.resolve()

  function flush(): Promise<void> {
    clearTimeout(timer)
    timer = undefined
    if (gathered.size === 0) return writing
    const entries = [...gathered]
    gathered = new Map()
    writing = writing.then(() => write(entries)).catch(() => undefined)
    return writing
  }

  return {
    add(key, value) {
      const known = gathered.get(key)
      if (known !== undefined) gathered.set(key, merge(known, value))
      else if (gathered.size < limit) gathered.set(key, value)
      if (timer === undefined) {
        timer = setTimeout(() => void flush(), delay)
        // What is gathered is not worth keeping a finished process alive; `close` flushes.
        timer.unref()
      }
    },
    flush,
  }
}

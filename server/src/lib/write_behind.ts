/** A bounded queue of records that are written in batches a moment later; what does not fit is dropped and counted. */
import type { Millis } from './clock.ts'

export interface WriteBehind<Item> {
  /** Queues an item; false where the queue is full and the item was dropped. */
  add(item: Item): boolean
  /** Writes what is queued now. */
  flush(): Promise<void>
  /** Items lost since the start, by a full queue or a failed write. */
  readonly dropped: number
}

/** `delay` is how long the first item of a batch waits for company; `capacity` bounds the queue. */
export function createWriteBehind<Item>(options: {
  readonly write: (items: readonly Item[]) => Promise<void>
  readonly capacity: number
  readonly delay: Millis
  readonly onError: (error: unknown, lost: number) => void
}): WriteBehind<Item> {
  let queue: Item[] = []
  let timer: NodeJS.Timeout | undefined
  let writing: Promise<void> = Promise.resolve()
  let dropped = 0

  async function write(): Promise<void> {
    const items = queue
    queue = []
    if (items.length === 0) return
    try {
      await options.write(items)
    } catch (error) {
      dropped += items.length
      options.onError(error, items.length)
    }
  }

  return {
    add(item) {
      if (queue.length >= options.capacity) {
        dropped++
        return false
      }
      queue.push(item)
      timer ??= setTimeout(() => {
        timer = undefined
        writing = writing.then(write)
      }, options.delay).unref()
      return true
    },
    flush() {
      if (timer !== undefined) clearTimeout(timer)
      timer = undefined
      writing = writing.then(write)
      return writing
    },
    get dropped() {
      return dropped
    },
  }
}

/**
 * Group commit: what arrives while a batch is under way goes into the next one. One transaction, one fsync, and each
 * caller is answered only after it.
 */

interface Waiting<Item, Result> {
  readonly item: Item
  readonly resolve: (result: Result) => void
  readonly reject: (error: unknown) => void
}

export interface Batcher<Item, Result> {
  /** Puts an item into the next batch; settles when that batch has. */
  add(item: Item): Promise<Result>
  /** Resolves when nothing is queued or under way any more. */
  idle(): Promise<void>
}

/** What is known of a batch once it has settled. */
export interface Batch {
  readonly size: number
  /** Milliseconds that its oldest item waited, and that it took. */
  readonly waited: number
  readonly took: number
}

/** Who is told of each batch, if anybody is. */
export interface BatchWatch {
  told?: (batch: Batch) => void
}

/** What a batch answers per item: a result, or an error that concerns this item alone. */
export type Settled<Result> = { readonly ok: Result } | { readonly error: unknown }

/**
 * Makes a batcher over `run`, which settles its items in the order given and answers one entry for each. Where `run`
 * itself throws, every item of that batch is rejected with its error. At most `limit` items go into one batch. `watch` is told
 * of each.
 */
export function createBatcher<Item, Result>(
  run: (items: readonly Item[]) => readonly Settled<Result>[] | Promise<readonly Settled<Result>[]>,
  { limit = 256, watch }: { readonly limit?: number; readonly watch?: BatchWatch } = {},
): Batcher<Item, Result> {
  let queue: Waiting<Item, Result>[] = []
  let running = false
  let idlers: (() => void)[] = []
  /** When the oldest item of the queue was added; known only while somebody watches. */
  let since = 0

  async function drain(): Promise<void> {
    while (queue.length > 0) {
      const batch = queue.length > limit ? queue.slice(0, limit) : queue
      queue = queue.length > limit ? queue.slice(limit) : []
      const begun = watch?.told === undefined ? 0 : performance.now()
      const waited = since === 0 ? 0 : begun - since
      try {
        const results = await run(batch.map((waiting) => waiting.item))
        for (let i = 0; i < batch.length; i++) {
          const waiting = batch[i] as Waiting<Item, Result>
          const settled = results[i]
          if (settled === undefined) waiting.reject(new Error('batch: an item was left without an answer'))
          else if ('error' in settled) waiting.reject(settled.error)
          else waiting.resolve(settled.ok)
        }
      } catch (error) {
        for (const waiting of batch) waiting.reject(error)
      }
      if (begun > 0) watch?.told?.({ size: batch.length, waited, took: performance.now() - begun })
      // Let the callers' continuations and new requests in before the next batch is cut.
      if (queue.length > 0) await new Promise((resolve) => setImmediate(resolve))
    }
    running = false
    const done = idlers
    idlers = []
    for (const resolve of done) resolve()
  }

  return {
    add(item) {
      return new Promise<Result>((resolve, reject) => {
        if (watch?.told !== undefined && queue.length === 0) since = performance.now()
        queue.push({ item, resolve, reject })
        if (!running) {
          running = true
          // All requests that the event loop has read in this turn join the same batch.
          setImmediate(() => void drain())
        }
      })
    },
    idle() {
      return running ? new Promise((resolve) => idlers.push(resolve)) : Promise.resolve()
    },
  }
}

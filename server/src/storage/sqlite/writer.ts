/** The transactions of the grant verbs' connection: what is written within one turn of the event loop shares one commit. */
import { type BatchWatch, createBatcher, type Settled } from '../../lib/batch.ts'
import { type Database, isBusy, isUnavailable, patiently, translate } from './database.ts'

export interface Writer {
  /** Runs `work` in a transaction, with whatever else waits; resolves once that is on disk. */
  write<T>(work: () => T): Promise<T>
  /** Resolves when nothing waits or is under way. */
  idle(): Promise<void>
}

type Work = () => unknown

/** `afterCommit` is called behind every batch, with how many pieces of work were in it; `watch` is told how long it took. */
export function createWriter(database: Database, afterCommit: (works: number) => void, watch: BatchWatch = {}): Writer {
  const begin = database.prepare('begin immediate')
  const commit = database.prepare('commit')
  const rollback = database.prepare('rollback')

  /** Undoes what is open; after some faults (a full disk) SQLite has done so itself. */
  function undo(): void {
    try {
      rollback.run()
    } catch {}
  }

  /**
   * All works in one transaction, without giving the event loop a turn in between: nothing of this process can come
   * between its statements, and another process sees all of it or nothing.
   */
  function together(works: readonly Work[]): unknown[] {
    begin.run()
    try {
      const results = works.map((work) => work())
      commit.run()
      return results
    } catch (error) {
      undo()
      throw error
    }
  }

  async function alone(work: Work): Promise<Settled<unknown>> {
    try {
      return { ok: await patiently(() => together([work])[0]) }
    } catch (error) {
      return { error: translate(error) }
    }
  }

  async function commitTogether(works: readonly Work[]): Promise<readonly Settled<unknown>[]> {
    try {
      const results = await patiently(() => together(works))
      return results.map((ok) => ({ ok }))
    } catch (error) {
      if (isBusy(error) || isUnavailable(error)) throw translate(error)
      // One of them is at fault and all were rolled back: each for itself, so that only that one fails.
      const settled: Settled<unknown>[] = []
      for (const work of works) settled.push(await alone(work))
      return settled
    } finally {
      afterCommit(works.length)
    }
  }

  const batcher = createBatcher<Work, unknown>(commitTogether, { watch })

  return {
    write: <T>(work: () => T) => batcher.add(work) as Promise<T>,
    idle: () => batcher.idle(),
  }
}

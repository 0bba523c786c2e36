/**
 * The reads of the grant verbs' connection: what is asked for within one turn of the event loop is read in one
 * transaction, as taking and leaving SQLite's read lock costs as much as finding a row.
 */
import { createBatcher, type Settled } from '../../lib/batch.ts'
import { type Database, isBusy, patiently, translate } from './database.ts'

export interface Reader {
  /** Runs `work`, which only reads, at the end of this turn; it sees all that was committed before it was asked for. */
  read<T>(work: () => T): Promise<T>
  /** Resolves when nothing waits or is under way. */
  idle(): Promise<void>
}

type Work = () => unknown

export function createReader(database: Database): Reader {
  const begin = database.prepare('begin')
  const end = database.prepare('commit')

  function settle(work: Work): Settled<unknown> {
    try {
      return { ok: work() }
    } catch (error) {
      if (isBusy(error)) throw error
      return { error: translate(error) }
    }
  }

  /** Without giving the event loop a turn in between, so that no write of this connection joins the transaction. */
  function together(works: readonly Work[]): Settled<unknown>[] {
    begin.run()
    try {
      return works.map(settle)
    } finally {
      end.run()
    }
  }

  const batcher = createBatcher<Work, unknown>((works) => patiently(() => together(works)))
  return {
    read: <T>(work: () => T) => batcher.add(work) as Promise<T>,
    idle: () => batcher.idle(),
  }
}

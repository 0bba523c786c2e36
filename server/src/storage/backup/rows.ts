/**
 * Rows on their way from one database to another, of whichever driver: out of a database that serves into the file of a
 * backup, and from there into an empty database. The room has both ends for both drivers.
 * Not here: which tables go along, which is `../data_map`, and what a restored database means (`engine/operator/`).
 * Neighbours: `../../open_storage.ts` joins the ends. To add: a driver, its source and its target here.
 */
import { reasonOf } from '../../lib/text/reason.ts'
import { NotPermitted, NotWritten, PlaceTaken, StorageUnavailable } from '../contract/faults.ts'
import { dataMap } from '../data_map/index.ts'

/** A value as both drivers give and take it. */
export type Value = string | number | Buffer | null

export type Rows = readonly (readonly Value[])[]

/** A database as it was at one moment, whatever is written to it meanwhile. */
export interface RowSource {
  count(table: string): Promise<number>
  /** All rows of the table, some at a time, in no order. */
  read(table: string, columns: readonly string[]): AsyncIterable<Rows>
  /** The last number that each table with numbered rows has given, so that none is given again. */
  lastNumbers(): Promise<ReadonlyMap<string, number>>
  close(): Promise<void>
}

/** A database that is being filled. Nothing of it counts before `commit`; `close` drops what is not committed. */
export interface RowTarget {
  /** What a table holds before anything is written to it is not kept. */
  clear(table: string): Promise<void>
  write(table: string, columns: readonly string[], rows: Rows): Promise<void>
  setLastNumbers(numbers: ReadonlyMap<string, number>): Promise<void>
  commit(): Promise<void>
  close(): Promise<void>
}

/** Told of rows that have been copied, of all that are to be. */
export type Progress = (done: number, all: number) => void

/** Copies the tables whole, in this order; answers how many rows each has. Throws StorageUnavailable, NotWritten. */
export async function copyRows(
  source: RowSource,
  target: RowTarget,
  tables: readonly string[],
  progress: Progress,
): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>()
  for (const table of tables) counts.set(table, await source.count(table))
  const all = [...counts.values()].reduce((sum, count) => sum + count, 0)
  let done = 0
  progress(done, all)
  for (const table of [...tables].reverse()) await into(() => target.clear(table))
  for (const table of tables) {
    const columns = Object.keys(dataMap[table]?.columns ?? {})
    for await (const rows of source.read(table, columns)) {
      await into(() => target.write(table, columns, rows))
      done += rows.length
      progress(done, all)
    }
  }
  const numbers = await source.lastNumbers()
  await into(() => target.setLastNumbers(numbers))
  return counts
}

/** What goes wrong while something is written is told as that, and says nothing against the database that is read. */
export async function into<T>(work: () => T | Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof NotWritten || error instanceof PlaceTaken || error instanceof NotPermitted) throw error
    const why = error instanceof StorageUnavailable && error.cause instanceof Error ? error.cause : error
    throw new NotWritten(reasonOf(why), { cause: error })
  }
}

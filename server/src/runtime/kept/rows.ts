/**
 * Rows of the database that are kept for a moment: read again after a change that is heard of, and after five seconds at
 * most.
 * Not here: writing rows; who writes announces the change in storage. Neighbours: `../providers` above; `../log` is in
 * the same line; `../keys` below. To add: a kind of row, a file here that keeps it by this one.
 */
import type { Clock, Millis } from '../../lib/clock.ts'
import type { Storage } from '../../storage/contract.ts'

/** Where rows come from, and how a change to them is heard of. */
export interface Source {
  readonly storage: Pick<Storage, 'onClientsChanged' | 'noticeChanges'>
  readonly clock: Clock
}

export interface Kept<Key, Row> {
  find(key: Key): Promise<Row>
  /** Forgets everything. */
  forget(): void
}

const keptFor: Millis = 5000

/**
 * Keeps what `read` answers, at most `size` rows. What is undefined is not kept: it costs a read each time and fills
 * nothing. Who asks while a row is being read gets the same one.
 */
export function keepRows<Key, Row>(
  { storage, clock }: Source,
  read: (key: Key) => Promise<Row>,
  size = 10_000,
): Kept<Key, Row> {
  let kept = new Map<Key, { readonly row: Promise<Row>; readonly at: Millis }>()
  // A new map, not an emptied one: a read that is under way now must not be found in it later.
  const forget = () => {
    kept = new Map()
  }
  storage.onClientsChanged(forget)

  return {
    find(key) {
      storage.noticeChanges()
      const now = clock.now()
      const hit = kept.get(key)
      if (hit !== undefined && now - hit.at < keptFor && now >= hit.at) return hit.row
      if (kept.size >= size) forget()
      const into = kept
      const entry = { row: read(key), at: now }
      into.set(key, entry)
      const drop = () => {
        if (into.get(key) === entry) into.delete(key)
      }
      entry.row.then((row) => row === undefined && drop(), drop)
      return entry.row
    },
    forget,
  }
}

/** Keeps what is read as a whole. */
export function keepAll<Rows>(source: Source, read: () => Promise<Rows>): () => Promise<Rows> {
  const rows = keepRows<undefined, Rows>(source, read)
  return () => rows.find(undefined)
}

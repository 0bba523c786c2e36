/** What storage throws: a fault of the database, never an answer. */

/** The database is gone, full, locked for too long, or its answer was lost and could not be settled: answer 503. */
export class StorageUnavailable extends Error {
  override readonly name = 'StorageUnavailable'
}

/** A long read was given up because it took too long. The database is well, and other reads may do: answer 503. */
export class ReadTooLong extends Error {
  override readonly name = 'ReadTooLong'
}

/** Another server runs on the same data folder. */
export class FolderInUse extends Error {
  override readonly name = 'FolderInUse'
}

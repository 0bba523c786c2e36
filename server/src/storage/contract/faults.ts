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

/** A file or database that could not be written: the disk is full, or it is not for us to write there. */
export class NotWritten extends Error {
  override readonly name = 'NotWritten'
}

/** The role by which the database was opened lacks a right that the work needs. */
export class NotPermitted extends Error {
  override readonly name = 'NotPermitted'
}

/** Something is there already where a backup, or what comes out of one, is to be. */
export class PlaceTaken extends Error {
  override readonly name = 'PlaceTaken'
}

/** A file that is no backup, or not a whole one. */
export class NotABackup extends Error {
  override readonly name = 'NotABackup'
}

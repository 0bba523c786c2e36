/** A process that makes checkpoints of a SQLite file for the server. It reads no row, and is told neither tokens nor keys. */
import { fdatasyncSync, openSync } from 'node:fs'
import { databaseOpener } from './database.ts'

/** What the server asks. */
export interface CheckpointAsked {
  readonly checkpoint: true
}

/** Pages that the log held when the checkpoint began, and how many of them are in the file now. */
export interface CheckpointAnswer {
  readonly pages: number
  readonly copied: number
}

const [path = ''] = process.argv.slice(2)

// What a terminal or a service manager sends goes to every process of the group; the server says when it is time.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined)
process.on('disconnect', () => process.exit())

const database = await (await databaseOpener(path))(64)
const passive = database.prepare('pragma wal_checkpoint(passive)')
// SQLite leaves the file's way to the disk to the checkpoint that reaches the end of the log, which is the server's: what
// is on the disk by then costs it nothing. Not in the server, where closing this would give up the locks of SQLite.
const file = openSync(path, 'r')

function checkpoint(): CheckpointAnswer {
  const { log, checkpointed } = passive.get() as { readonly log: number; readonly checkpointed: number }
  fdatasyncSync(file)
  return { pages: log, copied: checkpointed }
}

process.on('message', () => {
  // The second takes what was committed during the first.
  checkpoint()
  process.send?.(checkpoint())
})

/**
 * Brings what lies in the write-ahead log into the file while much is written, in a process of its own. SQLite by itself
 * does so within a commit, for each 1000 pages in one go, and where a long read stood in the way for all that came together
 * meanwhile: whoever refreshes a token would wait for it.
 */

import { type Child, programBeside, startChild } from '../../lib/child.ts'
import type { CheckpointAnswer, CheckpointAsked } from './checkpoint_worker.ts'
import { type Database, prepareObjects } from './database.ts'

export interface Checkpoints {
  /** So many pieces of work were committed. Costs a sum. */
  committed(works: number): void
  /** Ends the process, whatever it does: a checkpoint may be broken off anywhere. */
  close(): Promise<void>
}

/** Pieces of work between two checkpoints; a piece writes three or four pages. */
const every = 300

/** The process starts where that many are committed within this time, in milliseconds; before, SQLite by itself will do. */
const startWithin = 2000

/** Pages in the log by which SQLite makes a checkpoint within a commit: by itself, and as the last resort beside the process. */
const alone = 1000
const lastResort = 64_000

/** From so many pages on the log is begun again, which takes a last short checkpoint between two commits. */
const longLog = 2000

/** Pages that a checkpoint leaves where no reader needs them: what was committed while it was made. */
const shortRest = 400

/** How long one may take, the pause before the next where a reader stands in the way, and how long the process stays unused. */
const patience = 60_000
const pause = 100
const idleTime = 60_000

/** For the file at `path`; `databases` are the connections to it that write. */
export function createCheckpoints(path: string, databases: readonly [Database, ...Database[]]): Checkpoints {
  const finish = prepareObjects(databases[0], 'pragma wal_checkpoint(passive)')
  let child: Child<CheckpointAsked, CheckpointAnswer> | undefined
  let timer: NodeJS.Timeout | undefined
  let underWay = false
  let count = 0
  let countedFrom = performance.now()

  function leaveToSqlite(pages: number): void {
    for (const database of databases) database.exec(`pragma wal_autocheckpoint = ${pages}`)
  }

  function committed(works: number): void {
    count += works
    if (count < every) return
    const now = performance.now()
    const busy = now - countedFrom < startWithin
    count = 0
    countedFrom = now
    if (child !== undefined || busy) void checkpoint()
  }

  function started(): Child<CheckpointAsked, CheckpointAnswer> {
    if (child !== undefined) return child
    leaveToSqlite(lastResort)
    child = startChild({
      program: programBeside(import.meta.url, 'checkpoint_worker'),
      args: [path],
      gone() {
        child = undefined
        leaveToSqlite(alone)
      },
    })
    return child
  }

  /** A log that is in the file to its end is begun again by the next write. */
  function beginAgain(): void {
    try {
      finish.all()
    } catch {
      // What is wrong with the file is told by what reads or writes it.
    }
  }

  async function checkpoint(): Promise<void> {
    if (underWay) return
    underWay = true
    clearTimeout(timer)
    const asked = started()
    asked.ask({ checkpoint: true })
    const heard = await asked.hear(patience)
    underWay = false
    if (heard === 'ended') return
    if (heard === 'late') return asked.end()
    const rest = heard.pages - heard.copied
    if (rest <= shortRest && heard.pages >= longLog) beginAgain()
    timer = (rest > shortRest ? setTimeout(checkpoint, pause) : setTimeout(() => asked.end(), idleTime)).unref()
  }

  return {
    committed,
    async close() {
      clearTimeout(timer)
      await child?.end()
    },
  }
}

/**
 * The lock file of a server: one folder has one server. What counts is SQLite's lock on that file, which the system takes
 * back from a process that has died, in whatever container it ran; the name of its holder in it is for people.
 */
import { closeSync, openSync, rmSync, statSync } from 'node:fs'
import { hostname } from 'node:os'
import { dirname } from 'node:path'
import { makeFolder } from '../../lib/folder.ts'
import { FolderInUse } from '../contract.ts'
import { type Database, isBusy, isForeign, loadDatabase, translate } from './database.ts'

/** Takes the lock file at `path` for this process; answers what gives it back. Throws FolderInUse, StorageUnavailable. */
export async function takeServerLock(path: string): Promise<() => void> {
  const DatabaseSync = await loadDatabase()
  makeFolder(dirname(path))
  for (;;) {
    const file = fileAt(path) ?? makeFile(path)
    const lock = new DatabaseSync(path)
    try {
      hold(lock)
    } catch (error) {
      const holder = isBusy(error) ? holderOf(lock) : undefined
      lock.close()
      if (isForeign(error)) {
        // Nobody holds a lock of ours on such a file.
        rmSync(path, { force: true })
        continue
      }
      if (!isBusy(error)) throw translate(error)
      throw new FolderInUse(`Another server runs on ${dirname(path)}${holder === undefined ? '' : ` (${holder})`}.`)
    }
    // Its last holder may have removed the file after we had opened it; then the lock is one on nothing.
    if (fileAt(path) === file) {
      return () => {
        try {
          rmSync(path, { force: true })
        } catch {
          // A file that stays is no lock any more.
        }
        lock.close()
      }
    }
    lock.close()
  }
}

function fileAt(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.ino
}

/** An empty file that its owner alone may read. One that is there is not even opened: closing it would end a lock of ours. */
function makeFile(path: string): number | undefined {
  try {
    closeSync(openSync(path, 'wx', 0o600))
  } catch (error) {
    if (fileAt(path) === undefined) throw error
  }
  return fileAt(path)
}

/** Writes who we are, then keeps the lock that only one can have and beside which others may read. */
function hold(lock: Database): void {
  lock.exec('pragma busy_timeout = 0; pragma journal_mode = delete; pragma synchronous = off')
  lock.exec('begin immediate')
  lock.exec('create table if not exists holder (process text not null, host text not null)')
  lock.exec('delete from holder')
  lock.prepare('insert into holder values (?, ?)').run(`process ${process.pid}`, `host ${hostname()}`)
  lock.exec('commit; begin immediate')
}

function holderOf(lock: Database): string | undefined {
  try {
    const row = lock.prepare('select process, host from holder').get() as { process: string; host: string } | undefined
    return row && `${row.process} on ${row.host}`
  } catch {
    return undefined
  }
}

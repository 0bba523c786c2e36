// What the programs of the process tests share: storage by driver and address, and a way to say something.

import { writeSync } from 'node:fs'
import { systemClock } from '../../src/lib/clock.ts'
import { openPostgres } from '../../src/storage/postgres.ts'
import { openSqlite } from '../../src/storage/sqlite.ts'

export const clock = systemClock()

export function openStorage(driver, address) {
  return driver === 'sqlite' ? openSqlite({ path: address, clock }) : openPostgres({ url: address, clock })
}

/** Waits until it is said: what process.stdout keeps for a reader that is slow would be lost when the process is killed. */
export function say(line) {
  writeSync(1, `${line}\n`)
}

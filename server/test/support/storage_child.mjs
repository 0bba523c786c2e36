// What the programs of the process tests share: storage opened from the built server, by driver and address.

import { writeSync } from 'node:fs'
import { systemClock } from '../../dist/lib/clock.js'
import { openPostgres } from '../../dist/storage/postgres.js'
import { openSqlite } from '../../dist/storage/sqlite.js'

export const clock = systemClock()

export function openStorage(driver, address) {
  return driver === 'sqlite' ? openSqlite({ path: address, clock }) : openPostgres({ url: address, clock })
}

/** Waits until it is said: what process.stdout keeps for a reader that is slow would be lost when the process is killed. */
export function say(line) {
  writeSync(1, `${line}\n`)
}

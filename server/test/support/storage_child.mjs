// What the programs of the process tests share: storage opened from the built server, by driver and address.

import { systemClock } from '../../dist/lib/clock.js'
import { openPostgres } from '../../dist/storage/postgres.js'
import { openSqlite } from '../../dist/storage/sqlite.js'

export const clock = systemClock()

export function openStorage(driver, address) {
  return driver === 'sqlite' ? openSqlite({ path: address, clock }) : openPostgres({ url: address, clock })
}

export function say(line) {
  process.stdout.write(`${line}\n`)
}

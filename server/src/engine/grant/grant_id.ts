/** Ids of grants: 128 bits, ordered by time so that new rows lie beside each other on disk. */
import type { Millis } from '../../lib/clock.ts'
import { randomBytes } from '../../lib/random.ts'

/** 48 bits of milliseconds, then 80 random bits. */
export function newGrantId(now: Millis): Buffer {
  const id = randomBytes(16)
  id.writeUIntBE(now, 0, 6)
  return id
}

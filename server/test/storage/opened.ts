/** A storage of its own for every describe, opened before and removed after. */
import { afterAll, beforeAll } from 'vitest'
import type { Storage } from '../../src/storage/contract.ts'
import type { Place } from './contract.ts'
import { type MovedClock, movedClock } from './fixtures.ts'

export interface Opened {
  readonly storage: Storage
  /** The same database, opened a second time. */
  readonly other: Storage
  readonly clock: MovedClock
}

/** Call inside `describe`; the object's members may be used inside tests. */
export function opened(place: () => Promise<Place>): Opened {
  const clock = movedClock()
  let where: Place | undefined
  let storage: Storage | undefined
  let other: Storage | undefined
  beforeAll(async () => {
    where = await place()
    storage = await where.open(clock)
    other = await where.open(clock)
  })
  afterAll(async () => {
    await storage?.close()
    await other?.close()
    await where?.remove()
  })
  const ready = (one: Storage | undefined): Storage => {
    if (one === undefined) throw new Error('storage is opened before the first test')
    return one
  }
  return {
    clock,
    get storage() {
      return ready(storage)
    },
    get other() {
      return ready(other)
    },
  }
}

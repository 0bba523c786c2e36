/**
 * The deciding clock of a cluster: the database's, moved like the injected clock is moved. Nodes whose own clocks
 * disagree decide alike.
 */
import type { Clock, Millis } from '../../lib/clock.ts'

export interface DatabaseClock extends Clock {
  /** The deciding moment for a reading of the database's clock. */
  deciding(database: Millis): Millis
  /** How far the injected clock is moved from this machine's. */
  offset(): Millis
  /** Learns from a reading that was taken between two moments of this machine. */
  observe(database: Millis, sent: Millis, received: Millis): void
}

/**
 * Milliseconds of the database's clock at this very point of a statement, not at the start of its transaction. Begun ones do
 * not count, as on every machine: rounded, a database beside its node would be a millisecond ahead of it now and then.
 */
export const clockSql = 'floor(extract(epoch from clock_timestamp()) * 1000)::bigint'

/** This machine's own clock; the only place where it is read directly, to be compared with the two others. */
export const machineNow = (): Millis => Date.now()

export function databaseClock(clock: Clock): DatabaseClock {
  let skew: Millis = 0
  const offset = () => clock.now() - machineNow()
  return {
    now: () => clock.now() + skew,
    offset,
    deciding: (database) => Math.floor(database + offset()),
    observe(database, sent, received) {
      // The true difference lies between these two; one that is possible is kept, so that latency does not shake it.
      skew = Math.min(Math.max(skew, database - received), database - sent)
    },
  }
}

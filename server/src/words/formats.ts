/** Moments, numbers and lists as a language writes them, by Intl. */
import type { Millis } from '../lib/clock.ts'

/** How moments are written in one language and one time zone. */
export interface Moments {
  /** The zone: UTC, or the reader's own (IANA). */
  readonly zone: string
  /** 3 March 2026 */
  readonly day: (at: Millis) => string
  /** A day as UTC counts them, whatever the reader's zone: 3 March 2026 */
  readonly utcDay: (at: Millis) => string
  /** March 2026 */
  readonly month: (at: Millis) => string
  /** 3 March 2026, 14:02 UTC; in a zone of the reader's own without its name. */
  readonly minute: (at: Millis) => string
  /** 14:02 UTC; in a zone of the reader's own without its name. */
  readonly timeOfDay: (at: Millis) => string
  /** 14:02:09, in a table that names the zone elsewhere. */
  readonly second: (at: Millis) => string
}

/**
 * Moments in the reader's zone (IANA), or in UTC, which is named, where it is not known. What writes them is made when it is
 * first asked, because that takes long and most starts write none.
 */
export function moments(locale: string, zone?: string | undefined): Moments {
  const format = (options: Intl.DateTimeFormatOptions) => {
    const made = lazily(() => new Intl.DateTimeFormat(locale, { timeZone: zone ?? 'UTC', ...options }))
    return (at: Millis) => made().format(at)
  }
  const day = format({ day: 'numeric', month: 'long', year: 'numeric' })
  const time = format({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
  const timeOfDay = (at: Millis) => (zone === undefined ? `${time(at)}\u00a0UTC` : time(at))
  return {
    zone: zone ?? 'UTC',
    day,
    utcDay: format({ day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' }),
    month: format({ month: 'long', year: 'numeric' }),
    minute: (at) => `${day(at)}, ${timeOfDay(at)}`,
    timeOfDay,
    second: format({ hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' }),
  }
}

/** What a language has in common with every other: how Intl writes moments, numbers and lists for `locale` (BCP 47). */
export function formats(locale: string) {
  const numbers = lazily(() => new Intl.NumberFormat(locale))
  const lists = lazily(() => new Intl.ListFormat(locale))
  return {
    time: moments(locale),
    number: (value: number) => numbers().format(value),
    /** a, b and c */
    list: (items: readonly string[]) => lists().format(items),
  }
}

function lazily<T>(make: () => T): () => T {
  let made: T | undefined
  return () => {
    made ??= make()
    return made
  }
}

/**
 * Time as the program sees it. Everything that decides by time takes a Clock; nobody reads Date.now() directly. The room
 * has what would be at home in any program.
 * Not here: a word of OAuth, and what belongs to this server alone. Neighbours: every layer is above. To add: a
 * primitive that two rooms need and no library of ours has, a file here.
 */

/** Milliseconds since the Unix epoch. */
export type Millis = number
/** Seconds since the Unix epoch, as JWT claims and OAuth responses count (RFC 7519 §2). */
export type Seconds = number

export interface Clock {
  /** The present moment in milliseconds since the epoch. */
  now(): Millis
}

/** The machine's clock, moved by `offset` milliseconds (0 in production). */
export function systemClock(offset: Millis = 0): Clock {
  return { now: () => Date.now() + offset }
}

/** Whole seconds, rounded down, of a moment in milliseconds. */
export function seconds(at: Millis): Seconds {
  return Math.floor(at / 1000)
}

/** The day of a moment in UTC, as ISO 8601 writes it: 2026-03-01. */
export function dayOf(at: Millis): string {
  return new Date(at).toISOString().slice(0, 10)
}

export const second: Millis = 1000
export const minute: Millis = 60 * second
export const hour: Millis = 60 * minute
export const day: Millis = 24 * hour

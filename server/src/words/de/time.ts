/** Moments and spans in words. Pages know no time zone of their reader, so every moment is given in UTC. */
import type { Millis } from '../../lib/clock.ts'
import type { Words } from '../en/index.ts'
import { counted } from './counted.ts'

const dayFormat = new Intl.DateTimeFormat('de', { timeZone: 'UTC', day: 'numeric', month: 'long', year: 'numeric' })
const monthFormat = new Intl.DateTimeFormat('de', { timeZone: 'UTC', month: 'long', year: 'numeric' })

function timeOfDay(at: Millis): string {
  return `${new Date(at).toISOString().slice(11, 16)}\u00a0UTC`
}

/** In the dative, because every sentence says "in" or "nach" before a span. */
const units = {
  second: { one: 'Sekunde', other: 'Sekunden' },
  minute: { one: 'Minute', other: 'Minuten' },
  hour: { one: 'Stunde', other: 'Stunden' },
  day: { one: 'Tag', other: 'Tagen' },
  year: { one: 'Jahr', other: 'Jahren' },
} as const

function span(count: number, unit: keyof typeof units): string {
  return `${count} ${counted(count, units[unit])}`
}

/** How long to wait, in seconds, rounded up so that whoever waits so long is not turned away again. */
function waiting(seconds: number): string {
  if (seconds <= 90) return span(Math.max(1, Math.ceil(seconds)), 'second')
  if (seconds <= 90 * 60) return span(Math.ceil(seconds / 60), 'minute')
  return span(Math.ceil(seconds / 3600), 'hour')
}

/** How long something lasts, in seconds, by whole years or days where it is that long: 1 Jahr, 90 Tagen, 12 Stunden. */
function lasting(seconds: number): string {
  const days = seconds / 86_400
  if (days < 2) return waiting(seconds)
  return days % 365 === 0 ? span(days / 365, 'year') : span(Math.floor(days), 'day')
}

export const time: Words['time'] = {
  /** 3. März 2026 */
  day: (at) => dayFormat.format(at),
  /** März 2026 */
  month: (at) => monthFormat.format(at),
  /** 3. März 2026, 14:02 UTC */
  minute: (at) => `${dayFormat.format(at)}, ${timeOfDay(at)}`,
  /** 14:02 UTC */
  timeOfDay,
  waiting,
  lasting,
}

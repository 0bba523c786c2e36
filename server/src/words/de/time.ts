/** Spans of time in words. Moments are written as `../formats.ts` does in every language. */
import type { Words } from '../en/index.ts'
import { counted, moments } from './counted.ts'

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

export const time: Words['time'] = { ...moments, waiting, lasting }

/** Moments and spans in words. Pages know no time zone of their reader, so every moment is given in UTC. */
import type { Millis } from '../../lib/clock.ts'

const dayFormat = new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', day: 'numeric', month: 'long', year: 'numeric' })
const monthFormat = new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', month: 'long', year: 'numeric' })

/** A day: 3 March 2026. */
export function Day(props: { at: Millis }) {
  const date = new Date(props.at)
  return <time datetime={date.toISOString()}>{dayFormat.format(date)}</time>
}

/** A month: March 2026. */
export function Month(props: { at: Millis }) {
  const date = new Date(props.at)
  return <time datetime={date.toISOString()}>{monthFormat.format(date)}</time>
}

/** A moment to the minute, the day first: 3 March 2026, 14:02 UTC. */
export function Minute(props: { at: Millis }) {
  const date = new Date(props.at)
  const iso = date.toISOString()
  return <time datetime={iso}>{`${dayFormat.format(date)}, ${iso.slice(11, 16)}\u00a0UTC`}</time>
}

/** How long to wait, rounded up so that whoever waits so long is not turned away again. */
export function inWords(seconds: number): string {
  if (seconds <= 90) return counted(Math.max(1, Math.ceil(seconds)), 'second')
  if (seconds <= 90 * 60) return counted(Math.ceil(seconds / 60), 'minute')
  return counted(Math.ceil(seconds / 3600), 'hour')
}

/** How long something lasts, by whole years or days where it is that long: 1 year, 90 days, 12 hours. */
export function lasting(seconds: number): string {
  const days = seconds / 86_400
  if (days < 2) return inWords(seconds)
  return days % 365 === 0 ? counted(days / 365, 'year') : counted(Math.floor(days), 'day')
}

function counted(count: number, unit: string): string {
  return `${count} ${unit}${count === 1 ? '' : 's'}`
}

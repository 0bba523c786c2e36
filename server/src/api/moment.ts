/** Points in time as clients of the API write them, and as they are answered. */
import { day, type Millis, minute, second } from '../lib/clock.ts'

/** Greater numbers are milliseconds; as seconds they would lie beyond the year 5138. */
const mostSeconds = 1e11
/** 1900-01-01 and the end of 9999: what four digits of a year can say of a person's life. */
const earliest: Millis = -2_208_988_800_000
const latest: Millis = 253_402_300_799_999

export const momentFormats = 'ISO 8601 with or without a time zone (UTC if without), a date, or seconds since 1970'

const iso =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)? ?(?:([Zz])|(?:UTC)|([+ -])(\d\d):?(\d\d))?)?$/
const number = /^-?\d{1,15}(?:\.\d{1,9})?$/

/** What a text covers: "2024-05-01" is a whole day, a time without fraction the whole second. Both ends included. */
export interface Span {
  readonly from: Millis
  readonly to: Millis
}

/** Reads a point in time, or undefined where it is none or lies outside of what can be stored. */
export function parseMoment(raw: string | number): Span | undefined {
  const text = typeof raw === 'number' ? raw : raw.trim()
  if (typeof text === 'number' || number.test(text)) {
    const value = Number(text)
    return span(Math.abs(value) > mostSeconds ? value : value * 1000, second)
  }
  const match = iso.exec(text)
  if (match === null) return undefined
  const [, year, month, date, hours, minutes, secs = '0', fraction = '', , sign, zoneHours = '0', zoneMinutes = '0'] =
    match
  const midnight = Date.UTC(Number(year), Number(month) - 1, Number(date))
  // Date.UTC carries an impossible day over into the next month.
  if (new Date(midnight).toISOString().slice(0, 10) !== text.slice(0, 10)) return undefined
  if (hours === undefined || minutes === undefined) return span(midnight, day)
  if (Number(hours) > 23 || Number(minutes) > 59 || Number(secs) > 59) return undefined
  if (Number(zoneHours) > 23 || Number(zoneMinutes) > 59) return undefined
  const east = (Number(zoneHours) * 60 + Number(zoneMinutes)) * minute
  // A plus sign that was not percent-encoded arrives as a space.
  const offset = sign === '-' ? -east : east
  const local = midnight + (Number(hours) * 60 + Number(minutes)) * minute + Number(secs) * second
  return span(local - offset + Math.floor(Number(`0.${fraction || '0'}`) * 1000), fraction === '' ? second : 1)
}

function span(from: Millis, length: Millis): Span | undefined {
  if (!(from >= earliest && from <= latest)) return undefined
  const start = Math.floor(from)
  return { from: start, to: start + length - 1 }
}

/** "2014-07-27T02:11:00": UTC without saying so, because old clients add the zone themselves. */
export function formatWithoutZone(at: Millis): string {
  return new Date(at).toISOString().slice(0, 19)
}

/** "2014-07-27T02:11:00Z". */
export function formatIso(at: Millis): string {
  return `${formatWithoutZone(at)}Z`
}

/** "2014-07-27 02:11:00", as the older API writes times that it does not compute with. */
export function formatPlain(at: Millis): string {
  return formatWithoutZone(at).replace('T', ' ')
}

/** Points in time as clients of the API write them, and as they are answered. */
import { day, dayOf, type Millis, minute, second } from '../../../lib/clock.ts'

/** Greater numbers are milliseconds; as seconds they would lie beyond the year 5138. */
const mostSeconds = 1e11
/** 1900-01-01 and the end of 9999: what four digits of a year can say of a person's life. */
const earliest: Millis = -2_208_988_800_000
const latest: Millis = 253_402_300_799_999

export const momentFormats = 'ISO 8601 with or without a time zone (UTC if without), a date, or seconds since 1970'

/** Extended (`2024-05-01T10:00:00Z`, also with a space, as PostgreSQL writes it) or basic (`20240501T100000Z`). */
const zone = / ?(?:[Zz]|UTC|([+ -])(\d\d)(?::?(\d\d))?)?/.source
const fraction = /(?:[.,](\d{1,9}))?/.source
const extended = new RegExp(`^(\\d{4})-(\\d\\d)-(\\d\\d)(?:[Tt ](\\d\\d):(\\d\\d)(?::(\\d\\d)${fraction})?${zone})?$`)
const basic = new RegExp(`^(\\d{4})(\\d\\d)(\\d\\d)[Tt](\\d\\d)(\\d\\d)(?:(\\d\\d)${fraction})?${zone}$`)
const number = /^-?\d{1,15}(?:\.\d{1,9})?$/

/** Digits that are a year, a year and month or day, a date, or a date and time, all without signs between them. */
const undecided =
  /^(?:19|20)\d\d(?:(?:0[1-9]|1[0-2])(?:(?:0[1-9]|[12]\d|3[01])(?:(?:[01]\d|2[0-3])[0-5]\d(?:[0-5]\d)?)?)?|[0-3]\d\d)?$/

/**
 * Whether a text could be a date as well as a number of seconds or milliseconds, such as "20240501": then it is never
 * guessed which.
 */
export function isUndecided(raw: string | number): boolean {
  return typeof raw === 'string' && undecided.test(raw.trim())
}

/** What is said of such a text. */
export const undecidedText = 'could be a date or a number; write a date as 2024-05-01, seconds as a JSON number'

/** What a text covers: "2024-05-01" is a whole day, a time without fraction the whole second. Both ends included. */
export interface Span {
  readonly from: Millis
  readonly to: Millis
}

/** Reads a point in time, or undefined where it is none or lies outside of what can be stored. */
export function parseMoment(raw: string | number): Span | undefined {
  const text = typeof raw === 'number' ? raw : raw.trim()
  if (typeof text === 'number' || number.test(text)) {
    if (isUndecided(text)) return undefined
    const value = Number(text)
    return span(Math.abs(value) > mostSeconds ? value : value * 1000, second)
  }
  const match = extended.exec(text) ?? basic.exec(text)
  if (match === null) return undefined
  const [, year, month, date, hours, minutes, secs = '0', fraction = '', sign, zoneHours = '0', zoneMinutes = '0'] =
    match
  const midnight = Date.UTC(Number(year), Number(month) - 1, Number(date))
  // Date.UTC carries an impossible day over into the next month.
  if (dayOf(midnight) !== `${year}-${month}-${date}`) return undefined
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

/** The days that were formatted lately: most times of a list lie on a few. */
const dates = new Map<number, string>()
const datesKept = 1000

const twoDigits = Array.from({ length: 60 }, (_, value) => String(value).padStart(2, '0'))

/** "2014-07-27". */
export function formatDate(at: Millis): string {
  const ofDay = Math.floor(at / day)
  const known = dates.get(ofDay)
  if (known !== undefined) return known
  const date = dayOf(ofDay * day)
  if (dates.size >= datesKept) dates.clear()
  dates.set(ofDay, date)
  return date
}

/** "02:11:00". */
export function formatTime(at: Millis): string {
  const ofDay = Math.floor(at / second) - Math.floor(at / day) * 86_400
  const [hours, minutes] = [Math.floor(ofDay / 3600), Math.floor(ofDay / 60) % 60]
  return `${twoDigits[hours]}:${twoDigits[minutes]}:${twoDigits[ofDay % 60]}`
}

/** "2014-07-27T02:11:00Z". */
export function formatIso(at: Millis): string {
  return `${formatDate(at)}T${formatTime(at)}Z`
}

/** "2014-07-27 02:11:00", as the older API writes times that it does not compute with. */
export function formatPlain(at: Millis): string {
  return `${formatDate(at)} ${formatTime(at)}`
}

/** A measurement as it is answered: under today's names, and then under those that older clients read. */
import { z } from 'zod'
import { findCategory } from '../../engine/measurements/catalogue/category_catalogue.ts'
import { categoryOf, findUnit, type Unit } from '../../engine/measurements/catalogue/unit_catalogue.ts'
import { convert } from '../../engine/measurements/catalogue/unit_conversion.ts'
import type { Measurement } from '../../engine/measurements/measurements.ts'
import { formatDate, formatIso, formatTime } from '../../engine/measurements/reading/moment.ts'
import { olderName } from '../../engine/measurements/reading/spellings.ts'
import { type Millis, second } from '../../lib/clock.ts'

export const measurementShape = z
  .object({
    id: z.int(),
    variableId: z.int(),
    variableName: z.string(),
    variableCategoryId: z.int().nullable(),
    variableCategoryName: z.string().nullable(),
    value: z.number().meta({ description: 'In the unit that was asked for, else as recorded.' }),
    unitId: z.int().nullable().meta({ description: 'null where the unit is not in the catalogue.' }),
    unitAbbreviatedName: z.string(),
    unitName: z.string(),
    unitCategoryName: z.string().nullable(),
    originalValue: z.number().meta({ description: 'As recorded.' }),
    originalUnitAbbreviatedName: z.string(),
    sourceName: z.string(),
    note: z.string().nullable(),
    startTime: z.int().meta({ description: 'Seconds since 1970.' }),
    startTimeEpoch: z.int(),
    startTimeString: z.string().meta({ description: 'UTC, without a Z.', examples: ['2014-07-27T02:11:00'] }),
    startAt: z.string(),
    startDate: z.string().meta({ examples: ['2014-07-27'] }),
    clientId: z.string().meta({ description: 'The app that recorded it.' }),
    createdAt: z.string(),
    updatedAt: z.string(),
    variable: z.string().meta(olderName('variableName')),
    source: z.string().meta(olderName('sourceName')),
    unit: z.string().meta(olderName('unitAbbreviatedName')),
    abbreviatedUnitName: z.string().meta(olderName('unitAbbreviatedName')),
    timestamp: z.int().meta(olderName('startTime')),
    humanTime: z
      .object({ date: z.string(), timezone_type: z.int(), timezone: z.string() })
      .meta({ description: 'The start time as PHP writes a date.', deprecated: true }),
    storedValue: z.number().meta(olderName('originalValue')),
    storedAbbreviatedUnitName: z.string().meta(olderName('originalUnitAbbreviatedName')),
    originalAbbreviatedUnitName: z.string().meta(olderName('originalUnitAbbreviatedName')),
  })
  .meta({ id: 'Measurement' })

/** What is told of a unit beside a value: of one that is not in the catalogue, its name. */
export function encodeUnitNames(abbreviatedName: string) {
  const unit = findUnit(abbreviatedName)
  return {
    unitId: unit?.id ?? null,
    unitAbbreviatedName: abbreviatedName,
    unitName: unit?.name ?? abbreviatedName,
    unitCategoryName: unit === undefined ? null : (categoryOf(unit)?.name ?? null),
  }
}

/** What is made of a key, made once in one answer. */
function remember<Key>(make: (key: Key) => string): (key: Key) => string {
  const known = new Map<Key, string>()
  return (key) => {
    const present = known.get(key)
    if (present !== undefined) return present
    const text = make(key)
    known.set(key, text)
    return text
  }
}

/** The members of an object as they stand in its JSON. */
function membersOf(object: object): string {
  return JSON.stringify(object).slice(1, -1)
}

/**
 * A list of `measurementShape` as JSON, in the unit asked for where it converts into it. Text and not objects: so many
 * members, most of them as in the row before, would be most of the work of a list.
 */
export function measurementsText(all: readonly Measurement[], unit?: Unit): string {
  const quote = remember(JSON.stringify as (name: string) => string)
  const category = remember((name: string | null) =>
    membersOf({
      variableCategoryId: name === null ? null : (findCategory(name)?.id ?? null),
      variableCategoryName: name,
    }),
  )
  const unitNames = remember((name: string) => membersOf(encodeUnitNames(name)))
  const olderUnitNames = remember((name: string) => membersOf({ unit: name, abbreviatedUnitName: name }))
  const record = remember((at: Millis) => `"${formatIso(at)}"`)
  const encode = (one: Measurement) => {
    const { startTime, value } = one
    const converted = unit && convert(value, one.unit, unit)
    const shown = unit === undefined || converted === undefined ? one.unit : unit.abbreviatedName
    const variable = quote(one.variableName)
    const source = quote(one.source)
    const recordedIn = quote(one.unit)
    const date = formatDate(startTime * second)
    const time = formatTime(startTime * second)
    return (
      `{"id":${one.id},"variableId":${one.variableId},"variableName":${variable},${category(one.variableCategory)},` +
      `"value":${converted ?? value},${unitNames(shown)},` +
      `"originalValue":${value},"originalUnitAbbreviatedName":${recordedIn},"sourceName":${source},` +
      `"note":${JSON.stringify(one.note)},"startTime":${startTime},"startTimeEpoch":${startTime},` +
      `"startTimeString":"${date}T${time}","startAt":"${date}T${time}","startDate":"${date}",` +
      `"clientId":${quote(one.clientId)},"createdAt":${record(one.createdAt)},"updatedAt":${record(one.updatedAt)},` +
      `"variable":${variable},"source":${source},${olderUnitNames(shown)},"timestamp":${startTime},` +
      `"humanTime":{"date":"${date} ${time}","timezone_type":3,"timezone":"UTC"},"storedValue":${value},` +
      `"storedAbbreviatedUnitName":${recordedIn},"originalAbbreviatedUnitName":${recordedIn}}`
    )
  }
  return `[${all.map(encode).join(',')}]`
}

/** Measurements, as recorded, for an answer that has more than them. */
export function encodeMeasurements(all: readonly Measurement[]): z.infer<typeof measurementShape>[] {
  return JSON.parse(measurementsText(all))
}

export function encodeMeasurement(one: Measurement): z.infer<typeof measurementShape> {
  return JSON.parse(measurementsText([one]).slice(1, -1))
}

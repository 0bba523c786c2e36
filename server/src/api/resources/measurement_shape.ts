/** A measurement as it is answered: under today's names, and then under those that older clients read. */
import { z } from 'zod'
import { findCategory } from '../../engine/measurements/catalogue/category_catalogue.ts'
import { categoryOf, findUnit, type Unit } from '../../engine/measurements/catalogue/unit_catalogue.ts'
import { convert } from '../../engine/measurements/catalogue/unit_conversion.ts'
import type { Measurement } from '../../engine/measurements/measurements.ts'
import { second } from '../../lib/clock.ts'
import { formatIso, formatPlain, formatWithoutZone } from '../query/moment.ts'
import { olderName } from '../query/spellings.ts'

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

/** The measurement, in the unit asked for where it converts into it. */
export function encodeMeasurement(one: Measurement, unit?: Unit): z.infer<typeof measurementShape> {
  const start = formatWithoutZone(one.startTime * second)
  const converted = unit && convert(one.value, one.unit, unit)
  const shownUnit = unit === undefined || converted === undefined ? one.unit : unit.abbreviatedName
  return {
    id: one.id,
    variableId: one.variableId,
    variableName: one.variableName,
    variableCategoryId: one.variableCategory === null ? null : (findCategory(one.variableCategory)?.id ?? null),
    variableCategoryName: one.variableCategory,
    value: converted ?? one.value,
    ...encodeUnitNames(shownUnit),
    originalValue: one.value,
    originalUnitAbbreviatedName: one.unit,
    sourceName: one.source,
    note: one.note,
    startTime: one.startTime,
    startTimeEpoch: one.startTime,
    startTimeString: start,
    startAt: start,
    startDate: start.slice(0, 10),
    clientId: one.clientId,
    createdAt: formatIso(one.createdAt),
    updatedAt: formatIso(one.updatedAt),
    variable: one.variableName,
    source: one.source,
    unit: shownUnit,
    abbreviatedUnitName: shownUnit,
    timestamp: one.startTime,
    humanTime: { date: formatPlain(one.startTime * second), timezone_type: 3, timezone: 'UTC' },
    storedValue: one.value,
    storedAbbreviatedUnitName: one.unit,
    originalAbbreviatedUnitName: one.unit,
  }
}

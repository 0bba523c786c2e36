/** A measurement as it is answered. */
import { z } from 'zod'
import { second } from '../lib/clock.ts'
import type { Measurement } from '../storage/contract.ts'
import { findCategory } from './category_catalogue.ts'
import { formatIso, formatWithoutZone } from './moment.ts'
import { categoryOf, findUnit, type Unit } from './unit_catalogue.ts'
import { convert } from './unit_conversion.ts'

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
  return {
    id: one.id,
    variableId: one.variableId,
    variableName: one.variableName,
    variableCategoryId: one.variableCategory === null ? null : (findCategory(one.variableCategory)?.id ?? null),
    variableCategoryName: one.variableCategory,
    value: converted ?? one.value,
    ...encodeUnitNames(unit === undefined || converted === undefined ? one.unit : unit.abbreviatedName),
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
  }
}

/** A variable as it is answered: a person's own, or one that everybody may record. */
import { z } from 'zod'
import { findCategory } from '../../engine/measurements/catalogue/category_catalogue.ts'
import type { CommonVariable } from '../../engine/measurements/catalogue/common_variables.ts'
import { findUnit } from '../../engine/measurements/catalogue/unit_catalogue.ts'
import { convert } from '../../engine/measurements/catalogue/unit_conversion.ts'
import type { RecordedValue, Variable, VariableSummary } from '../../engine/measurements/measurements.ts'
import { formatIso } from '../../engine/measurements/reading/moment.ts'
import { olderName } from '../../engine/measurements/reading/spellings.ts'
import { second } from '../../lib/clock.ts'
import { encodeUnitNames } from './measurement_shape.ts'

const common = {
  id: z.int(),
  variableId: z.int(),
  name: z.string(),
  variableName: z.string(),
  displayName: z.string(),
  variableCategoryId: z.int().nullable(),
  variableCategoryName: z.string().nullable(),
  unitId: z.int().nullable(),
  unitAbbreviatedName: z.string(),
  unitName: z.string(),
  unitCategoryName: z.string().nullable(),
  combinationOperation: z.enum(['MEAN', 'SUM']),
}

/** What older clients read beside that. */
const olderCommon = {
  originalName: z.string().meta(olderName('name')),
  category: z.string().nullable().meta(olderName('variableCategoryName')),
  unit: z.string().meta(olderName('unitAbbreviatedName')),
  abbreviatedUnitName: z.string().meta(olderName('unitAbbreviatedName')),
  minimumValue: z.number().nullable().meta({ description: 'Of its unit.' }),
  maximumValue: z.number().nullable().meta({ description: 'Of its unit.' }),
}

export const variableShape = z
  .object({
    ...common,
    userId: z.int(),
    public: z.literal(false),
    numberOfRawMeasurements: z.int().optional(),
    earliestMeasurementTime: z.int().nullable().optional().meta({ description: 'Seconds since 1970.' }),
    latestMeasurementTime: z.int().nullable().optional().meta({ description: 'Seconds since 1970.' }),
    lastValue: z
      .number()
      .nullable()
      .optional()
      .meta({ description: "The last measurement, in the variable's unit where it converts into it." }),
    lastOriginalValue: z.number().nullable().optional().meta({ description: 'As recorded.' }),
    lastOriginalUnitAbbreviatedName: z.string().nullable().optional(),
    createdAt: z.string(),
    updatedAt: z.string(),
    ...olderCommon,
    numberOfMeasurements: z.int().optional().meta(olderName('numberOfRawMeasurements')),
    lastUnit: z.string().nullable().optional().meta({ description: 'The unit of `lastValue`.' }),
    lastSource: z.string().nullable().optional(),
    mostCommonValue: z
      .number()
      .nullable()
      .optional()
      .meta({ description: "Among the last hundred, in the variable's unit where it converts into it." }),
    mostCommonUnit: z.string().nullable().optional().meta({ description: 'The unit of `mostCommonValue`.' }),
    updated: z.int().meta({ description: '`updatedAt` in seconds since 1970.' }),
  })
  .meta({ id: 'UserVariable', description: "A person's own variable." })

export const commonVariableShape = z
  .object({ ...common, public: z.literal(true), ...olderCommon })
  .meta({ id: 'CommonVariable', description: 'A variable that everybody may record.' })

function encodeCommon(of: Pick<Variable, 'id' | 'name' | 'category' | 'unit' | 'combination'>) {
  return {
    id: of.id,
    variableId: of.id,
    name: of.name,
    variableName: of.name,
    displayName: of.name,
    variableCategoryId: of.category === null ? null : (findCategory(of.category)?.id ?? null),
    variableCategoryName: of.category,
    ...encodeUnitNames(of.unit),
    combinationOperation: of.combination,
  }
}

function encodeOlder(of: Pick<Variable, 'name' | 'category' | 'unit'>) {
  const unit = findUnit(of.unit)
  return {
    originalName: of.name,
    category: of.category,
    unit: of.unit,
    abbreviatedUnitName: of.unit,
    minimumValue: unit?.minimum ?? null,
    maximumValue: unit?.maximum ?? null,
  }
}

export function encodeCommonVariable(variable: CommonVariable): z.infer<typeof commonVariableShape> {
  return { ...encodeCommon(variable), public: true, ...encodeOlder(variable) }
}

/** The variable, with what its measurements come to where that is known. */
export function encodeVariable(variable: Variable | VariableSummary): z.infer<typeof variableShape> {
  const summary = 'measurements' in variable ? variable : undefined
  return {
    ...encodeCommon(variable),
    userId: variable.userNumber,
    public: false,
    ...(summary && encodeSummary(summary)),
    createdAt: formatIso(variable.createdAt),
    updatedAt: formatIso(variable.updatedAt),
    ...encodeOlder(variable),
    ...(summary && encodeOlderSummary(summary)),
    updated: Math.floor(variable.updatedAt / second),
  }
}

function encodeSummary({ measurements, earliestTime, latestTime, latest, unit }: VariableSummary) {
  return {
    numberOfRawMeasurements: measurements,
    earliestMeasurementTime: earliestTime,
    latestMeasurementTime: latestTime,
    lastValue: inUnit(latest, unit)?.value ?? null,
    lastOriginalValue: latest?.value ?? null,
    lastOriginalUnitAbbreviatedName: latest?.unit ?? null,
  }
}

function encodeOlderSummary({ measurements, latest, mostCommon, unit }: VariableSummary) {
  const common = inUnit(mostCommon, unit)
  return {
    numberOfMeasurements: measurements,
    lastUnit: inUnit(latest, unit)?.unit ?? null,
    lastSource: latest?.source ?? null,
    mostCommonValue: common?.value ?? null,
    mostCommonUnit: common?.unit ?? null,
  }
}

/** A recorded value in this unit where it converts into it, else as it was recorded. */
function inUnit(recorded: RecordedValue | null, unit: string): Omit<RecordedValue, 'source'> | null {
  const known = findUnit(unit)
  const value = recorded === null || known === undefined ? undefined : convert(recorded.value, recorded.unit, known)
  return value === undefined ? recorded : { value, unit }
}

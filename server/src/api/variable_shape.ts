/** A variable as it is answered: a person's own, or one that everybody may record. */
import { z } from 'zod'
import type { Variable, VariableSummary } from '../storage/contract.ts'
import { findCategory } from './category_catalogue.ts'
import type { CommonVariable } from './common_variables.ts'
import { encodeUnitNames } from './measurement_shape.ts'
import { formatIso } from './moment.ts'
import { findUnit } from './unit_catalogue.ts'
import { convert } from './unit_conversion.ts'

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
  })
  .meta({ id: 'UserVariable', description: "A person's own variable." })

export const commonVariableShape = z
  .object({ ...common, public: z.literal(true) })
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

export function encodeCommonVariable(variable: CommonVariable): z.infer<typeof commonVariableShape> {
  return { ...encodeCommon(variable), public: true }
}

/** The variable, with what its measurements come to where that is known. */
export function encodeVariable(variable: Variable | VariableSummary): z.infer<typeof variableShape> {
  return {
    ...encodeCommon(variable),
    userId: variable.userNumber,
    public: false,
    ...('measurements' in variable && encodeSummary(variable)),
    createdAt: formatIso(variable.createdAt),
    updatedAt: formatIso(variable.updatedAt),
  }
}

function encodeSummary({ measurements, earliestTime, latestTime, latest, unit }: VariableSummary) {
  const own = findUnit(unit)
  const inOwn = latest === null || own === undefined ? undefined : convert(latest.value, latest.unit, own)
  return {
    numberOfRawMeasurements: measurements,
    earliestMeasurementTime: earliestTime,
    latestMeasurementTime: latestTime,
    lastValue: inOwn ?? latest?.value ?? null,
    lastOriginalValue: latest?.value ?? null,
    lastOriginalUnitAbbreviatedName: latest?.unit ?? null,
  }
}

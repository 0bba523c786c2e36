/** What a list of variables is asked for, read from the query string. */
import { z } from 'zod'
import { findCategory } from '../../engine/measurements/catalogue/category_catalogue.ts'
import { findUnit } from '../../engine/measurements/catalogue/unit_catalogue.ts'
import type { Filter, VariableColumn } from '../../engine/measurements/measurements.ts'
import { olderName } from '../../engine/measurements/reading/spellings.ts'
import type { AskedVariables } from '../../engine/measurements/variables.ts'
import {
  decodeFilters,
  decodePage,
  decodeSort,
  identifier,
  isOn,
  listShape,
  momentOfMeasurement,
  momentOfRecord,
  once,
  type Parameter,
  requireFew,
  text,
  whole,
  withSpellings,
} from '../query/list_query.ts'

export const variableParameters = withSpellings({
  variableName: text('name', 'Only this variable.'),
  id: identifier('id', 'Only the variable with this id.'),
  variableId: identifier('id', 'The same.'),
  variableCategoryName: text('category', 'Only variables of this category.', (name) => findCategory(name)?.name),
  unitName: text(
    'unit',
    'Only variables of this unit, by name or abbreviation.',
    (name) => findUnit(name)?.abbreviatedName,
  ),
  numberOfRawMeasurements: whole('measurements', 'Only variables with so many measurements.'),
  numberOfMeasurements: {
    ...whole('measurements', ''),
    ...olderName('numberOfRawMeasurements'),
    sameAs: 'numberOfRawMeasurements',
  },
  earliestMeasurementTime: momentOfMeasurement('earliestTime', 'First recorded at this time or after.', '>='),
  latestMeasurementTime: momentOfMeasurement('latestTime', 'Last recorded at this time or before.', '<='),
  createdAt: momentOfRecord('createdAt', 'Made in this second, or on this date.'),
  updatedAt: momentOfRecord('updatedAt', 'Last changed in this second, or on this date.'),
  lastUpdated: momentOfRecord('updatedAt', 'Older name of `updatedAt=(ge)…`.', '>='),
} as const satisfies Record<string, Parameter<VariableColumn>>)

/** Names of the answer by which a list can be sorted, and older ones that clients still ask for. */
const sortColumns: Readonly<Record<string, VariableColumn>> = {
  id: 'id',
  variableId: 'id',
  name: 'name',
  variableName: 'name',
  variableCategoryName: 'category',
  unitName: 'unit',
  unitAbbreviatedName: 'unit',
  numberOfRawMeasurements: 'measurements',
  numberOfMeasurements: 'measurements',
  earliestMeasurementTime: 'earliestTime',
  latestMeasurementTime: 'latestTime',
  latestTaggedMeasurementTime: 'latestTime',
  lastSelectedAt: 'latestTime',
  createdAt: 'createdAt',
  updatedAt: 'updatedAt',
}

export const variablesQuery = z.object({
  ...listShape(variableParameters, sortColumns, 'name'),
  searchPhrase: once.meta({ description: 'Only variables with this in their name, whatever its case.' }),
  exactMatch: once.meta({ type: 'boolean', description: '`searchPhrase` is the whole name.' }),
  includePublic: once.meta({
    type: 'boolean',
    description: "Also the variables that everybody may record, after the person's own.",
  }),
})

/** What is asked for, with a phrase of the path where there is one. Throws a Problem. */
export function decodeVariablesQuery(sent: z.infer<typeof variablesQuery>, phrase = sent.searchPhrase): AskedVariables {
  const filters: Filter<VariableColumn>[] = decodeFilters(variableParameters, sent)
  // Old clients put the signs of a pattern around it.
  const wanted = phrase?.normalize('NFC').replaceAll(/^[%\s]+|[%\s]+$/g, '') ?? ''
  if (wanted !== '') {
    filters.push(
      isOn(sent.exactMatch)
        ? { column: 'name', operator: '=', value: wanted }
        : { column: 'name', operator: 'like', value: `%${wanted.replaceAll(/[\\%_]/g, '\\$&')}%` },
    )
    requireFew(filters)
  }
  return {
    query: { filters, sort: decodeSort(sortColumns, sent.sort), ...decodePage(sent) },
    includePublic: isOn(sent.includePublic),
  }
}

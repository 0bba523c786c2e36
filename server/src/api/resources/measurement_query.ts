/** What a list of measurements is asked for, read from the query string. */
import { z } from 'zod'
import { findCategory } from '../../engine/measurements/catalogue/category_catalogue.ts'
import { findUnit, type Unit } from '../../engine/measurements/catalogue/unit_catalogue.ts'
import type { AskedMeasurements } from '../../engine/measurements/list.ts'
import type { MeasurementColumn } from '../../engine/measurements/measurements.ts'
import { spellingsOf } from '../../engine/measurements/reading/spellings.ts'
import { badRequest } from '../envelope.ts'
import {
  decodeFilters,
  decodePage,
  decodeSort,
  identifier,
  isOn,
  listShape,
  momentOfMeasurement,
  momentOfRecord,
  number,
  once,
  type Parameter,
  sentOf,
  text,
  withSpellings,
} from '../query/list_query.ts'

const unitName: Parameter<MeasurementColumn> = {
  ...text('unit', '', (name) => findUnit(name)?.abbreviatedName),
  description:
    'A unit by name or abbreviation. Only measurements that can be converted into it, with their values in it; ' +
    'conditions on the value and order by it mean that value. A unit that is not in the catalogue, or several, or ' +
    '`doNotConvert`: only measurements recorded in it.',
}

export const measurementParameters = withSpellings({
  variableName: text('variableName', 'Only this variable.'),
  variableId: identifier('variableId', 'Only the variable with this id.'),
  variableCategoryName: text(
    'variableCategory',
    'Only variables of this category.',
    (name) => findCategory(name)?.name,
  ),
  sourceName: text('source', 'Only what came from this source.'),
  connectorName: text('source', 'What a connector has recorded has its name as the source.'),
  unitName,
  value: number('value', 'Only this value.'),
  id: identifier('id', 'Only the measurement with this id.'),
  earliestMeasurementTime: momentOfMeasurement('startTime', 'Not before this time.', '>='),
  latestMeasurementTime: momentOfMeasurement('startTime', 'Not after this time; a date means its whole day.', '<='),
  startTime: momentOfMeasurement('startTime', 'Older name of `earliestMeasurementTime`.', '>='),
  endTime: momentOfMeasurement('startTime', 'Older name of `latestMeasurementTime`.', '<='),
  createdAt: momentOfRecord('createdAt', 'Recorded in this second, or on this date.'),
  updatedAt: momentOfRecord('updatedAt', 'Last changed in this second, or on this date.'),
  lastUpdated: momentOfRecord('updatedAt', 'Older name of `updatedAt=(ge)…`.', '>='),
} as const satisfies Record<string, Parameter<MeasurementColumn>>)

/** Names of the answer by which a list can be sorted. */
const sortColumns: Readonly<Record<string, MeasurementColumn>> = {
  id: 'id',
  variableId: 'variableId',
  variableName: 'variableName',
  variableCategoryName: 'variableCategory',
  sourceName: 'source',
  unitName: 'unit',
  unitAbbreviatedName: 'unit',
  value: 'value',
  startTime: 'startTime',
  startTimeEpoch: 'startTime',
  startTimeString: 'startTime',
  startAt: 'startTime',
  createdAt: 'createdAt',
  updatedAt: 'updatedAt',
  clientId: 'clientId',
}

export const listQuery = z.object({
  ...listShape(measurementParameters, sortColumns, '-startTime'),
  groupingWidth: once.meta({
    type: 'integer',
    deprecated: true,
    description: 'Nothing is grouped here: 0 counts as left out, and anything else is refused.',
  }),
  doNotConvert: once.meta({
    type: 'boolean',
    description: 'Values as they were recorded, whatever the unit asked for.',
  }),
})

/** What is asked for. An empty parameter counts as absent. Throws a Problem. */
export function decodeListQuery(sent: z.infer<typeof listQuery>): AskedMeasurements {
  if (!['', '0'].includes(sent.groupingWidth?.trim() ?? '')) {
    throw badRequest('groupingWidth: this server does not group measurements. Leave it out and group what comes.')
  }
  return {
    unit: isOn(sent.doNotConvert) ? undefined : findAskedUnit(sent),
    filters: decodeFilters(measurementParameters, sent),
    sort: decodeSort(sortColumns, sent.sort),
    ...decodePage(sent),
  }
}

function findAskedUnit(sent: z.infer<typeof listQuery>): Unit | undefined {
  const names = spellingsOf('unitName').flatMap((spelling) => sentOf(sent, spelling))
  return names.map((name) => findUnit(name.trim())).find((unit) => unit !== undefined)
}

/** What conditions and orders on measurements mean in SQL. */
import { sql } from 'kysely'
import type { MeasurementColumn, MeasurementFilter, MeasurementQuery } from '../../contract.ts'
import type { Facts } from '../connection.ts'
import { type Condition, condition, exact, type FilterColumn, listOf, never } from './filter.ts'
import { scaledCondition, scaledValue } from './scaled_value.ts'

/** Columns of measurements `m` and their variables `v`. */
export function measurementColumns({ scales = [] }: Pick<MeasurementQuery, 'scales'>) {
  return {
    id: { sql: sql.ref('m.id'), type: 'integer' },
    variableId: { sql: sql.ref('m.variable_id'), type: 'integer' },
    variableName: { sql: sql.ref('v.name'), type: 'text' },
    variableCategory: { sql: sql.ref('v.category'), type: 'text', nullable: true },
    source: { sql: sql.ref('m.source'), type: 'text' },
    unit: { sql: sql.ref('m.unit'), type: 'text' },
    value: { sql: scaledValue(scales), type: 'real' },
    startTime: { sql: sql.ref('m.start_time'), type: 'integer' },
    createdAt: { sql: sql.ref('m.created_at'), type: 'integer' },
    updatedAt: { sql: sql.ref('m.updated_at'), type: 'integer' },
    clientId: { sql: sql.ref('m.client_id'), type: 'text' },
  } as const satisfies Record<MeasurementColumn, FilterColumn>
}

/** Columns that are the variable's. */
export const variableColumnNames: readonly MeasurementColumn[] = ['variableName', 'variableCategory']

export function measurementCondition(
  facts: Facts,
  userNumber: number,
  { scales = [] }: Pick<MeasurementQuery, 'scales'>,
  filter: MeasurementFilter,
): Condition {
  const { column, operator } = filter
  if (column === 'variableName' && (operator === '=' || operator === 'in')) {
    return ofVariables(userNumber, listOf(filter.value))
  }
  if (column === 'value' && scales.length > 0) return scaledCondition(scaledValue(scales), filter)
  return condition(facts, measurementColumns({ scales })[column], filter)
}

/** Names are looked up first, so that the index by variable and time serves, and an unknown name costs nothing. */
function ofVariables(userNumber: number, values: readonly (string | number)[]): Condition {
  const names = values.flatMap((value) => exact('text', value) ?? [])
  if (names.length === 0) return never
  const ids = sql`select id from variables where user_number = ${userNumber} and name`
  if (names.length === 1) return sql`m.variable_id = (${ids} = ${names[0]})`
  return sql`m.variable_id in (${ids} in (${sql.join(names)}))`
}

/** Conditions on measurements as SQL that means the same on every database. */
import { type RawBuilder, sql } from 'kysely'
import type { MeasurementFilter } from '../contract.ts'
import { isStorable } from '../text.ts'

export const columns = {
  id: { name: 'm.id', type: 'integer' },
  variableId: { name: 'm.variable_id', type: 'integer' },
  variableName: { name: 'v.name', type: 'text' },
  variableCategory: { name: 'v.category', type: 'text' },
  source: { name: 'm.source', type: 'text' },
  unit: { name: 'm.unit', type: 'text' },
  value: { name: 'm.value', type: 'real' },
  startTime: { name: 'm.start_time', type: 'integer' },
  createdAt: { name: 'm.created_at', type: 'integer' },
  updatedAt: { name: 'm.updated_at', type: 'integer' },
  clientId: { name: 'm.client_id', type: 'text' },
} as const satisfies Record<MeasurementFilter['column'], { name: string; type: 'integer' | 'real' | 'text' }>

type Condition = RawBuilder<boolean>
const always: Condition = sql<boolean>`1 = 1`
const never: Condition = sql<boolean>`1 = 0`

/**
 * One filter as a condition. Databases differ in what they do with a number for a text column or a fraction for a
 * whole one (SQLite compares by type, PostgreSQL refuses or leaves the index), so values are brought to the column's
 * type here, and what no row can have is answered without asking.
 */
export function condition(userNumber: number, filter: MeasurementFilter): Condition {
  const { name, type } = columns[filter.column]
  const column = sql.ref(name)
  const values = Array.isArray(filter.value) ? filter.value : [filter.value as string | number]
  const { operator } = filter

  if (filter.column === 'variableName' && (operator === '=' || operator === 'in')) {
    return ofVariables(userNumber, values)
  }
  if (operator === 'like' || operator === 'not like') {
    const text = String(values[0])
    if (type !== 'text') throw new TypeError(`measurements: ${operator} needs a column of text`)
    if (!isStorable(text)) return operator === 'like' ? never : always
    return sql`lower(${column}) ${sql.raw(operator)} ${likePattern(text)} escape '\\'`
  }
  if (operator === 'in' || operator === 'not in') {
    const possible = values.flatMap((value) => exact(type, value) ?? [])
    if (possible.length === 0) return operator === 'in' ? never : always
    return sql`${column} ${sql.raw(operator)} (${sql.join(possible)})`
  }
  const value = values[0]
  if (value === undefined) return never
  const fitting = exact(type, value)
  if (fitting !== undefined) return sql`${column} ${sql.raw(operator)} ${fitting}`
  return inexact(column, operator, type === 'text' ? Number.NaN : Number(value))
}

/** Names are looked up first, so that the index by variable and time serves, and an unknown name costs nothing. */
function ofVariables(userNumber: number, values: readonly (string | number)[]): Condition {
  const names = values.flatMap((value) => exact('text', value) ?? [])
  if (names.length === 0) return never
  const ids = sql`select id from variables where user_number = ${userNumber} and name`
  if (names.length === 1) return sql`m.variable_id = (${ids} = ${names[0]})`
  return sql`m.variable_id in (${ids} in (${sql.join(names)}))`
}

/** A pattern for `lower(column) like … escape '\'`; a lone backslash at its end stands for itself. */
export function likePattern(text: string): string {
  const trailing = /\\*$/.exec(text)?.[0].length ?? 0
  return (trailing % 2 === 1 ? `${text}\\` : text).toLowerCase()
}

/** The value in the column's type, or undefined where no row can equal it. */
function exact(type: 'integer' | 'real' | 'text', value: string | number): string | number | undefined {
  if (type === 'text') return isStorable(String(value)) ? String(value) : undefined
  const number = typeof value === 'string' && value.trim() === '' ? Number.NaN : Number(value)
  return (type === 'integer' ? Number.isSafeInteger(number) : Number.isFinite(number)) ? number : undefined
}

/** A comparison with something between or beyond what the column can hold. */
function inexact(
  column: RawBuilder<unknown>,
  operator: '=' | '!=' | '<' | '<=' | '>' | '>=',
  value: number,
): Condition {
  if (operator === '=') return never
  if (operator === '!=') return always
  if (Number.isNaN(value)) return never
  const upward = operator === '>' || operator === '>='
  if (Math.abs(value) > Number.MAX_SAFE_INTEGER) return value > 0 === upward ? never : always
  return upward ? sql`${column} > ${Math.floor(value)}` : sql`${column} <= ${Math.floor(value)}`
}

/** Conditions and orders as SQL that means the same on every database. */
import { type RawBuilder, sql } from 'kysely'
import type { Filter, FilterOperator, Sort } from '../../contract.ts'
import { isStorable } from '../../text.ts'
import type { Facts } from '../connection.ts'

/** What a condition or an order is about. */
export interface FilterColumn {
  readonly sql: RawBuilder<unknown>
  readonly type: 'integer' | 'real' | 'text'
  readonly nullable?: boolean
}

export type Condition = RawBuilder<boolean>

const always: Condition = sql<boolean>`1 = 1`
export const never: Condition = sql<boolean>`1 = 0`

/** The operator that holds where the given one does not. */
const opposites = {
  '!=': '=',
  'not in': 'in',
  'not like': 'like',
  'not between': 'between',
} as const satisfies Partial<Record<FilterOperator, FilterOperator>>

function oppositeOf(operator: FilterOperator) {
  return operator in opposites ? opposites[operator as keyof typeof opposites] : undefined
}

/**
 * One filter as a condition. Databases differ in what they do with a number for a text column or a fraction for a
 * whole one (SQLite compares by type, PostgreSQL refuses or leaves the index), so values are brought to the column's
 * type here, and what no row can have is answered without asking.
 */
export function condition(facts: Facts, column: FilterColumn, filter: Omit<Filter<string>, 'column'>): Condition {
  const { operator } = filter
  const opposite = oppositeOf(operator)
  // Where nothing is empty, a negated comparison can be said outright, which leaves the index in use.
  if (opposite !== undefined && column.nullable) {
    const { sql: name } = column
    return sql`(${name} is null or not ${condition(facts, { ...column, nullable: false }, { ...filter, operator: opposite })})`
  }
  const values = listOf(filter.value)
  switch (operator) {
    case 'like':
    case 'not like':
      return like(facts, column, operator, String(values[0]))
    case 'in':
    case 'not in': {
      const possible = values.flatMap((value) => exact(column.type, value) ?? [])
      if (possible.length === 0) return operator === 'in' ? never : always
      return sql`${column.sql} ${sql.raw(operator)} (${sql.join(possible)})`
    }
    case 'between':
    case 'not between': {
      const [low, high] = values
      const within = [compare(facts, column, '>=', low), compare(facts, column, '<=', high)] as const
      return operator === 'between' ? sql`(${within[0]} and ${within[1]})` : sql`not (${within[0]} and ${within[1]})`
    }
    default:
      return compare(facts, column, operator, values[0])
  }
}

export function listOf(value: Filter<string>['value']): readonly (string | number)[] {
  return typeof value === 'string' || typeof value === 'number' ? [value] : value
}

function like(facts: Facts, column: FilterColumn, operator: 'like' | 'not like', text: string): Condition {
  if (column.type !== 'text') throw new TypeError(`${operator} needs a column of text`)
  if (!isStorable(text)) return operator === 'like' ? never : always
  return sql`lower(${column.sql} ${facts.plainText}) ${sql.raw(operator)} ${likePattern(text)} escape '\\'`
}

/** A pattern for `lower(column) like … escape '\'`; a lone backslash at its end stands for itself. */
function likePattern(text: string): string {
  const trailing = /\\*$/.exec(text)?.[0].length ?? 0
  return (trailing % 2 === 1 ? `${text}\\` : text).replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase())
}

type Comparison = '=' | '!=' | '<' | '<=' | '>' | '>='

function compare(
  facts: Facts,
  { sql: name, type }: FilterColumn,
  operator: Comparison,
  value: string | number | undefined,
): Condition {
  if (value === undefined) return never
  const fitting = exact(type, value)
  if (fitting === undefined) return inexact(name, operator, type === 'text' ? Number.NaN : Number(value))
  if (type !== 'text' || operator === '=' || operator === '!=') return sql`${name} ${sql.raw(operator)} ${fitting}`
  return sql`${name} ${facts.plainText} ${sql.raw(operator)} ${fitting}`
}

/** The value in the column's type, or undefined where no row can equal it. */
export function exact(type: FilterColumn['type'], value: string | number): string | number | undefined {
  if (type === 'text') return isStorable(String(value)) ? String(value) : undefined
  const number = typeof value === 'string' && value.trim() === '' ? Number.NaN : Number(value)
  return (type === 'integer' ? Number.isSafeInteger(number) : Number.isFinite(number)) ? number : undefined
}

/** A comparison with something between or beyond what the column can hold. */
function inexact(column: RawBuilder<unknown>, operator: Comparison, value: number): Condition {
  if (operator === '=') return never
  if (operator === '!=') return always
  if (Number.isNaN(value)) return never
  const upward = operator === '>' || operator === '>='
  if (Math.abs(value) > Number.MAX_SAFE_INTEGER) return value > 0 === upward ? never : always
  return upward ? sql`${column} > ${Math.floor(value)}` : sql`${column} <= ${Math.floor(value)}`
}

/** The order as terms for `order by`; what is empty comes last, whichever way. */
export function orderBy<Column extends string>(
  facts: Facts,
  columns: Readonly<Record<Column, FilterColumn>>,
  sort: readonly Sort<Column>[],
): RawBuilder<unknown>[] {
  return sort.map(({ column, descending }) => {
    const { sql: name, type, nullable } = columns[column]
    const collation = type === 'text' ? facts.plainText : sql``
    const direction = descending ? sql`desc` : sql`asc`
    return nullable ? sql`${name} is null, ${name} ${collation} ${direction}` : sql`${name} ${collation} ${direction}`
  })
}

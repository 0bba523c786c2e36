/** Values of measurements in another unit than the one they were recorded in. */
import { type RawBuilder, sql } from 'kysely'
import { type Filter, type Scale, scalable } from '../../contract.ts'
import { type Condition, exact, listOf, never } from './filter.ts'

/** The value of a measurement `m`, scaled as its unit says. */
export function scaledValue(scales: readonly Scale[]): RawBuilder<unknown> {
  if (scales.length === 0) return sql`m.value`
  const branches = scales.map(
    ({ unit, factor, offset }) => sql`when m.unit = ${unit} then m.value * ${real(factor)} + ${real(offset)}`,
  )
  const least = real(scalable.least)
  const most = real(scalable.most)
  return sql`case when abs(m.value) > ${most} or (m.value <> 0 and abs(m.value) < ${least}) then m.value ${sql.join(branches, sql` `)} else m.value end`
}

/** A parameter that no database takes for a whole number or a text. */
function real(value: number): RawBuilder<number> {
  return sql`cast(${value} as double precision)`
}

/** A condition on scaled values that is blind to their last digits: rounding must not lose or find anything. */
export function scaledCondition(value: RawBuilder<unknown>, filter: Omit<Filter<string>, 'column'>): Condition {
  const numbers = listOf(filter.value).flatMap((one) => exact('real', one) ?? [])
  const [first, second] = numbers.map(Number)
  const around = (one: string | number): Condition => {
    const [low, high] = blur(Number(one))
    return sql`${value} between ${real(low)} and ${real(high)}`
  }
  const any: Condition = numbers.length === 0 ? never : sql`(${sql.join(numbers.map(around), sql` or `)})`
  switch (filter.operator) {
    case '=':
    case 'in':
      return any
    case '!=':
    case 'not in':
      return sql`not ${any}`
    case 'between':
    case 'not between': {
      if (first === undefined || second === undefined) return never
      const within = sql<boolean>`${value} between ${real(blur(first)[0])} and ${real(blur(second)[1])}`
      return filter.operator === 'between' ? within : sql`not (${within})`
    }
    case '<':
    case '>=':
      return first === undefined ? never : sql`${value} ${sql.raw(filter.operator)} ${real(blur(first)[0])}`
    case '>':
    case '<=':
      return first === undefined ? never : sql`${value} ${sql.raw(filter.operator)} ${real(blur(first)[1])}`
    default:
      throw new TypeError(`${filter.operator} needs a column of text`)
  }
}

/** What counts as the same value, from its lower to its upper end. */
function blur(value: number): readonly [low: number, high: number] {
  const width = Math.max(Math.abs(value) * 1e-9, 1e-12)
  const [low, high] = [value - width, value + width]
  return Number.isFinite(low) && Number.isFinite(high) ? [low, high] : [value, value]
}

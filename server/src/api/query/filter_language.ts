/**
 * The filter language of the API's lists: `42`, `(gt)21`, `42,43`, `%x%`, and `!` before each of them for what is left
 * then. What a value is, a text, a number or a time, is the parameter's business.
 */
import { negations, type Test } from '../../engine/measurements/filter.ts'
import type { FilterOperator } from '../../engine/measurements/measurements.ts'
import { isUndecided, type Span } from '../../engine/measurements/reading/moment.ts'

type Comparison = 'gt' | 'ge' | 'lt' | 'le'

const comparisons: Readonly<Record<Comparison, FilterOperator>> = { gt: '>', ge: '>=', lt: '<', le: '<=' }

/** Values that one list may name. */
export const mostListed = 200

interface Constraint {
  readonly negated: boolean
  readonly comparison: Comparison | undefined
  readonly rest: string
}

/** Takes the signs off a constraint. */
export function parseConstraint(raw: string): Constraint {
  const text = raw.trim()
  const negated = text.startsWith('!')
  const [, sign, rest] = /^\((gt|ge|lt|le)\)(.*)$/is.exec(negated ? text.slice(1).trim() : text) ?? []
  if (sign === undefined || rest === undefined) {
    return { negated, comparison: undefined, rest: negated ? text.slice(1).trim() : text }
  }
  return { negated, comparison: sign.toLowerCase() as Comparison, rest: rest.trim() }
}

function signed(negated: boolean, test: Test): Test {
  return negated ? { ...test, operator: negations[test.operator] } : test
}

/**
 * A constraint on texts. A comma separates values, but the text as a whole is meant too, as names have commas in them.
 * `%` at one end makes a pattern, in which `%` alone has a meaning. `spelling` is how a value that is known, in whatever
 * way it was written, is stored.
 */
export function textTest(raw: string, spelling: Spelling = () => undefined): Test | undefined {
  const { negated, comparison, rest } = parseConstraint(raw.normalize('NFC'))
  if (comparison !== undefined) return signed(negated, { operator: comparisons[comparison], value: rest })
  const known = spelling(rest)
  if (known !== undefined) return signed(negated, { operator: '=', value: known })
  if (rest.startsWith('%') || rest.endsWith('%')) {
    return signed(negated, { operator: 'like', value: rest.replaceAll(/[\\_]/g, '\\$&') })
  }
  if (!rest.includes(',')) return signed(negated, { operator: '=', value: rest })
  const values = listed(rest)
  return values && signed(negated, { operator: 'in', value: [rest, ...values].map((one) => spelling(one) ?? one) })
}

export type Spelling = (text: string) => string | undefined

/** A constraint on numbers; undefined where something in it is none. */
export function numberTest(raw: string, decode: (text: string) => number | undefined): Test | undefined {
  const { negated, comparison, rest } = parseConstraint(raw)
  if (comparison === undefined && rest.includes(',')) {
    const values = listed(rest)?.map(decode)
    if (values === undefined || !values.every((value) => value !== undefined)) return undefined
    return signed(negated, { operator: 'in', value: values })
  }
  const value = decode(rest)
  if (value === undefined) return undefined
  return signed(negated, { operator: comparison === undefined ? '=' : comparisons[comparison], value })
}

/** What a time means where no sign says it. */
export type PlainMeaning = '>=' | '<=' | 'between'

/**
 * A constraint on times, which are counted in `unit` milliseconds. A time may be in quotation marks, as the older API's
 * own examples have it. What a text covers lies between its ends: nothing on a date is after that date.
 */
export function timeTest(
  raw: string,
  plain: PlainMeaning,
  unit: number,
  decode: (text: string) => Span | undefined,
): Test | undefined {
  const { negated, comparison, rest } = parseConstraint(raw)
  const span = decode(unquoted(rest))
  if (span === undefined) return undefined
  const [low, high] = [Math.ceil(span.from / unit), Math.floor(span.to / unit)]
  const operator = comparison === undefined ? plain : comparisons[comparison]
  if (operator === 'between') return signed(negated, { operator, value: [low, high] })
  return signed(negated, { operator, value: operator === '>=' || operator === '<' ? low : high })
}

function unquoted(text: string): string {
  return /^"(.*)"$/s.exec(text)?.[1] ?? text
}

/** Whether the time of a constraint could be a date as well as a number. */
export function isUndecidedTime(raw: string): boolean {
  return isUndecided(unquoted(parseConstraint(raw).rest))
}

function listed(text: string): string[] | undefined {
  const values = text
    .split(',', mostListed + 1)
    .map((value) => value.trim())
    .filter((value) => value !== '')
  return values.length > mostListed ? undefined : values
}

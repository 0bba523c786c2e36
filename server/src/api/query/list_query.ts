/**
 * What lists are asked for: from the query string to filters, an order and a page.
 * Not here: names of columns or members of one resource; they stand beside it in `resources/`. Neighbours:
 * `engine/measurements/filter.ts` says what a filter means. To add: a kind of value, a file that reads it and its type
 * in `filter_language.ts`.
 */
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Test } from '../../engine/measurements/filter.ts'
import type { Filter, Sort } from '../../engine/measurements/measurements.ts'
import { momentFormats, parseMoment, undecidedText } from '../../engine/measurements/reading/moment.ts'
import { parseNumber, parseWhole } from '../../engine/measurements/reading/number.ts'
import { differs, isSame, olderName, spellingsOf } from '../../engine/measurements/reading/spellings.ts'
import { second } from '../../lib/clock.ts'
import { badRequest } from '../envelope.ts'
import {
  isUndecidedTime,
  mostListed,
  numberTest,
  type PlainMeaning,
  type Spelling,
  textTest,
  timeTest,
} from './filter_language.ts'

const defaultLimit = 100
const mostRows = 200
const mostSortColumns = 8
const mostConditions = 50
const mostPatterns = 5

/** One parameter: the column it is about and what its text says of it; undefined where the text says nothing. */
export interface Parameter<Column extends string> {
  readonly column: Column
  readonly decode: (text: string) => Test | undefined
  readonly expects: string
  readonly description: string
  /** What is wrong with a text that needs a sentence of its own. */
  readonly objection?: ((text: string) => string | undefined) | undefined
  /** Whether 0 counts as left out. */
  readonly zeroIsNothing?: boolean
  /** Which parameter this is another spelling of. */
  readonly sameAs?: string
  readonly deprecated?: boolean
}

export function text<C extends string>(column: C, description: string, spelling?: Spelling): Parameter<C> {
  return {
    column,
    description,
    expects: `a text, or at most ${mostListed} of them`,
    decode: (raw) => textTest(raw, spelling),
  }
}

export function whole<C extends string>(column: C, description: string): Parameter<C> {
  return { column, description, expects: 'a whole number', decode: (raw) => numberTest(raw, parseWhole) }
}

/** The id of a record. No record has the ID 0, which generated clients send for a parameter they leave out. */
export function identifier<C extends string>(column: C, description: string): Parameter<C> {
  return { ...whole(column, description), zeroIsNothing: true }
}

export function number<C extends string>(column: C, description: string): Parameter<C> {
  return { column, description, expects: 'a number', decode: (raw) => numberTest(raw, parseNumber) }
}

function moment<C extends string>(column: C, description: string, plain: PlainMeaning, unit: number): Parameter<C> {
  return {
    column,
    description: `${description} Written as ${momentFormats}.`,
    expects: `a time (${momentFormats})`,
    decode: (raw) => timeTest(raw, plain, unit, parseMoment),
    objection: (raw) => (isUndecidedTime(raw) ? undecidedText : undefined),
  }
}

/** A time of a measurement, which is kept in seconds. */
export function momentOfMeasurement<C extends string>(column: C, description: string, plain: PlainMeaning) {
  return moment(column, description, plain, second)
}

/** A time of a record, which is kept in milliseconds. */
export function momentOfRecord<C extends string>(column: C, description: string, plain: PlainMeaning = 'between') {
  return moment(column, description, plain, 1)
}

/** What every description of such a list says of its conditions. */
export const filterLanguage =
  'Conditions may be compared (`(gt)21`, `(ge)`, `(lt)`, `(le)`), name several values (`42,43`), be a pattern (`%x%`, ' +
  'texts only) and be negated by `!` before all of it. A parameter that is repeated, also as `value[]`, asks for each ' +
  'of its conditions.'

export const once = z.string({ error: 'may be sent only once' }).optional()
const repeatable = z.array(z.string()).optional()

type Parameters<Column extends string> = Readonly<Record<string, Parameter<Column>>>

function mapValues<Key extends string, From, To>(of: Readonly<Record<Key, From>>, to: (from: From) => To) {
  return Object.fromEntries(Object.entries<From>(of).map(([key, value]) => [key, to(value)])) as Record<Key, To>
}

/**
 * The query string of a list. Parameters that are not in it are ignored: clients send their name, version and platform
 * along.
 */
export function listShape<Key extends string>(
  parameters: Readonly<Record<Key, Parameter<string>>>,
  sortColumns: Readonly<Record<string, string>>,
  defaultSort: string,
) {
  return {
    ...parameterShape(parameters),
    limit: once.meta({
      type: 'integer',
      minimum: 0,
      default: defaultLimit,
      description: `How many at most; more than ${mostRows} means ${mostRows}, and 0 counts as left out.`,
    }),
    offset: once.meta({ type: 'integer', minimum: 0, default: 0, description: 'How many to leave out first.' }),
    sort: once.meta({
      default: defaultSort,
      description: `Columns separated by commas, each with "-" before it for descending order. One of: ${Object.keys(sortColumns).join(', ')}.`,
    }),
  }
}

/** The parameters of a query string that may each come more than once. */
export function parameterShape<Key extends string>(parameters: Readonly<Record<Key, Parameter<string>>>) {
  return mapValues(parameters, ({ description, deprecated }: Parameter<string>) =>
    repeatable.meta({ description, ...(deprecated && { deprecated }) }),
  )
}

/** A hook that gathers what came of each parameter: `value=…` again and again, `value[]=…` or `value[0]=…`. */
export function gatherRepeated(parameters: Parameters<string>) {
  return async (request: FastifyRequest): Promise<void> => {
    const gathered = new Map<string, unknown>()
    for (const [name, value] of Object.entries(request.query as Record<string, string | string[]>)) {
      const plain = name.replace(/\[\d{0,9}\]$/, '')
      if (!Object.hasOwn(parameters, plain)) gathered.set(name, value)
      else gathered.set(plain, [gathered.get(plain) ?? [], value].flat())
    }
    request.query = Object.fromEntries(gathered)
  }
}

/** The parameters with all other spellings of each, which mean the same. */
export function withSpellings<P extends Parameters<string>>(parameters: P): P {
  const all = Object.entries(parameters).flatMap(([name, parameter]) =>
    spellingsOf(name).map((spelling): [string, Parameter<string>] => [
      spelling,
      spelling === name ? parameter : { ...parameter, ...olderName(name), sameAs: name },
    ]),
  )
  return Object.fromEntries(all) as P
}

/**
 * The filters of all parameters that were sent. An empty one counts as absent; two spellings of one parameter must say
 * the same. Throws a Problem.
 */
export function decodeFilters<Column extends string>(
  parameters: Parameters<Column>,
  query: Readonly<Record<string, unknown>>,
): Filter<Column>[] {
  const filters: Filter<Column>[] = []
  const decoded = new Map<string, { readonly name: string; readonly tests: readonly Test[] }>()
  for (const [name, parameter] of Object.entries(parameters)) {
    const tests = sentOf(query, name, parameter.zeroIsNothing).map((raw) => {
      const test = parameter.decode(raw)
      if (test !== undefined) return test
      throw badRequest(`${name}: ${parameter.objection?.(raw) ?? `must be ${parameter.expects}`}.`)
    })
    if (tests.length === 0) continue
    const same = decoded.get(parameter.sameAs ?? name)
    if (same === undefined) {
      decoded.set(parameter.sameAs ?? name, { name, tests })
      filters.push(...tests.map((test) => ({ column: parameter.column, ...test })))
    } else if (!isSame(same.tests, tests)) throw badRequest(`${name}: ${differs(same.name)}.`)
  }
  requireFew(filters)
  return filters
}

/** Throws a Problem where there are more conditions, or more patterns, than one list takes. */
export function requireFew(filters: readonly Filter<string>[]): void {
  if (filters.length > mostConditions) throw badRequest(`A list takes at most ${mostConditions} conditions.`)
  // A pattern is held against every row; anything else is mostly looked up.
  const patterns = filters.filter(({ operator }) => operator === 'like' || operator === 'not like')
  if (patterns.length > mostPatterns) throw badRequest(`A list takes at most ${mostPatterns} patterns.`)
}

/** What was sent of a parameter that may be repeated. */
export function sentOf(
  query: Readonly<Record<string, unknown>>,
  name: string,
  zeroIsNothing: boolean | undefined = false,
): string[] {
  const sent = query[name]
  if (!Array.isArray(sent)) return []
  return sent.map(String).filter((raw) => raw.trim() !== '' && !(zeroIsNothing && isZero(raw)))
}

/** 0 as a generated client sends it for a number that it leaves out. */
function isZero(raw: string): boolean {
  return raw.trim() === '0'
}

export function decodePage(query: { readonly limit?: string | undefined; readonly offset?: string | undefined }) {
  return {
    limit: Math.min(decodeCount('limit', query.limit) || defaultLimit, mostRows),
    offset: decodeCount('offset', query.offset) ?? 0,
  }
}

function decodeCount(name: string, raw: string | undefined): number | undefined {
  if (raw === undefined || raw.trim() === '') return undefined
  const count = parseWhole(raw)
  if (count === undefined || count < 0) throw badRequest(`${name}: must be a whole number, 0 or more.`)
  return count
}

/** The order that `sort` asks for; empty where it asks for none. Throws a Problem. */
export function decodeSort<Column extends string>(
  columns: Readonly<Record<string, Column>>,
  raw: string | undefined,
): Sort<Column>[] {
  if (raw === undefined || raw.trim() === '' || isZero(raw)) return []
  const parts = raw.split(',', mostSortColumns + 1)
  if (parts.length > mostSortColumns) throw badRequest(`sort: takes at most ${mostSortColumns} columns.`)
  const sort = new Map<Column, boolean>()
  for (const part of parts) {
    const [, sign, name = ''] = /^([-+]?)(\w{0,40})$/.exec(part.trim()) ?? []
    const known = spellingsOf(name).find((spelling) => Object.hasOwn(columns, spelling))
    const column = known === undefined ? undefined : columns[known]
    if (column === undefined) throw badRequest(`sort: knows only ${Object.keys(columns).join(', ')}.`)
    // Further mentions of a column cannot change the order.
    if (!sort.has(column)) sort.set(column, sign === '-')
  }
  return [...sort].map(([column, descending]) => ({ column, descending }))
}

/** Whether a switch is on, as old clients write it: `true` or `1`. An empty one counts as absent. */
export function isOn(raw: string | undefined): boolean {
  return raw !== undefined && !['', '0', 'false', 'no', 'off'].includes(raw.trim().toLowerCase())
}

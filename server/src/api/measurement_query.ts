/** What a list of measurements is asked for, from the query string to the filters of storage. */
import { z } from 'zod'
import { second } from '../lib/clock.ts'
import type { MeasurementFilter, MeasurementQuery } from '../storage/contract.ts'
import { badRequest } from './envelope.ts'
import { momentFormats, parseMoment, type Span } from './moment.ts'
import { parseNumber, parseWhole } from './number.ts'

const defaultLimit = 100
const mostRows = 200
const mostSortColumns = 8

type Column = MeasurementFilter['column']
type Test = Pick<MeasurementFilter, 'operator' | 'value'>

/** One parameter: the column it is about and what its text says of it; undefined where the text says nothing. */
interface Parameter {
  readonly column: Column
  readonly decode: (text: string) => readonly Test[] | undefined
  readonly expects: string
  readonly description: string
}

function equals(value: string | number | undefined): readonly Test[] | undefined {
  return value === undefined ? undefined : [{ operator: '=', value }]
}

function text(column: Column, description: string): Parameter {
  return { column, description, expects: 'a text', decode: (raw) => equals(raw.trim().normalize('NFC')) }
}

function whole(column: Column, description: string): Parameter {
  return { column, description, expects: 'a whole number', decode: (raw) => equals(parseWhole(raw)) }
}

function moment(column: Column, description: string, tests: (span: Span) => readonly Test[]): Parameter {
  return {
    column,
    description: `${description} Written as ${momentFormats}.`,
    expects: `a time (${momentFormats})`,
    decode: (raw) => {
      const span = parseMoment(raw)
      return span && tests(span)
    },
  }
}

const from = (span: Span): Test[] => [{ operator: '>=', value: Math.ceil(span.from / second) }]
const until = (span: Span): Test[] => [{ operator: '<=', value: Math.floor(span.to / second) }]
const within = (span: Span): Test[] => [
  { operator: '>=', value: span.from },
  { operator: '<=', value: span.to },
]

const parameters = {
  variableName: text('variableName', 'Only this variable.'),
  variableId: whole('variableId', 'Only the variable with this id.'),
  variableCategoryName: text('variableCategory', 'Only variables of this category.'),
  sourceName: text('source', 'Only what came from this source.'),
  source: text('source', 'Older name of `sourceName`.'),
  unitName: text('unit', 'Only measurements in this unit.'),
  unit: text('unit', 'Older name of `unitName`.'),
  value: {
    column: 'value',
    decode: (raw) => equals(parseNumber(raw)),
    expects: 'a number',
    description: 'Only this value.',
  },
  id: whole('id', 'Only the measurement with this id.'),
  earliestMeasurementTime: moment('startTime', 'Not before this time.', from),
  latestMeasurementTime: moment('startTime', 'Not after this time; a date means its whole day.', until),
  startTime: moment('startTime', 'Older name of `earliestMeasurementTime`.', from),
  endTime: moment('startTime', 'Older name of `latestMeasurementTime`.', until),
  createdAt: moment('createdAt', 'Recorded in this second, or on this date.', within),
  updatedAt: moment('updatedAt', 'Last changed in this second, or on this date.', within),
} as const satisfies Record<string, Parameter>

/** Names of the answer by which a list can be sorted. */
const sortColumns: Readonly<Record<string, Column>> = {
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

const once = z.string({ error: 'may be sent only once' }).optional()

function mapValues<Key extends string, From, To>(of: Readonly<Record<Key, From>>, to: (from: From) => To) {
  return Object.fromEntries(Object.entries<From>(of).map(([key, value]) => [key, to(value)])) as Record<Key, To>
}

/** Parameters that are not in here are ignored: clients send their name, version and platform along. */
export const listQuery = z.object({
  ...mapValues(parameters, ({ description }: Parameter) => once.meta({ description })),
  limit: once.meta({
    type: 'integer',
    minimum: 0,
    default: defaultLimit,
    description: `How many at most; more than ${mostRows} means ${mostRows}.`,
  }),
  offset: once.meta({ type: 'integer', minimum: 0, default: 0, description: 'How many to leave out first.' }),
  sort: once.meta({
    default: '-startTime',
    description: `Columns separated by commas, each with "-" before it for descending order. One of: ${Object.keys(sortColumns).join(', ')}.`,
  }),
})

/** The query that storage is asked. An empty parameter counts as absent. Throws a Problem. */
export function decodeListQuery(query: z.infer<typeof listQuery>): MeasurementQuery {
  const filters: MeasurementFilter[] = []
  for (const [name, parameter] of Object.entries<Parameter>(parameters)) {
    const raw = query[name as keyof typeof parameters]
    if (raw === undefined || raw.trim() === '') continue
    const tests = parameter.decode(raw)
    if (tests === undefined) throw badRequest(`${name}: must be ${parameter.expects}.`)
    for (const test of tests) filters.push({ column: parameter.column, ...test })
  }
  return {
    filters,
    sort: decodeSort(query.sort ?? ''),
    limit: Math.min(decodeCount('limit', query.limit) ?? defaultLimit, mostRows),
    offset: decodeCount('offset', query.offset) ?? 0,
  }
}

function decodeCount(name: string, raw: string | undefined): number | undefined {
  if (raw === undefined || raw.trim() === '') return undefined
  const count = parseWhole(raw)
  if (count === undefined || count < 0) throw badRequest(`${name}: must be a whole number, 0 or more.`)
  return count
}

function decodeSort(raw: string): MeasurementQuery['sort'] {
  if (raw.trim() === '') return [{ column: 'startTime', descending: true }]
  const parts = raw.split(',', mostSortColumns + 1)
  if (parts.length > mostSortColumns) throw badRequest(`sort: takes at most ${mostSortColumns} columns.`)
  const sort = new Map<Column, boolean>()
  for (const part of parts) {
    const [, sign, name = ''] = /^([-+]?)(\w{0,40})$/.exec(part.trim()) ?? []
    const column = Object.hasOwn(sortColumns, name) ? sortColumns[name] : undefined
    if (column === undefined) throw badRequest(`sort: knows only ${Object.keys(sortColumns).join(', ')}.`)
    // Further mentions of a column cannot change the order.
    if (!sort.has(column)) sort.set(column, sign === '-')
  }
  return [...sort].map(([column, descending]) => ({ column, descending }))
}

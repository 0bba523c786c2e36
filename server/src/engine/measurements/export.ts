/** All that a person has recorded, as a file: piece by piece, however much it is. */
import { second } from '../../lib/clock.ts'
import type { Measurement } from '../../storage/contract.ts'
import type { MeasurementsContext } from './measurements.ts'
import { formatIso } from './reading/moment.ts'

export type ExportFormat = 'csv' | 'json'

/** Members of an exported measurement, in the order of its columns. Importing what was exported changes nothing. */
const columns = [
  'variableName',
  'variableCategoryName',
  'combinationOperation',
  'value',
  'unitAbbreviatedName',
  'startTime',
  'note',
  'sourceName',
] as const

type Exported = Readonly<Record<(typeof columns)[number], string | number | null>>

/** Measurements that are read at once. */
const pageSize = 2000

/** The file's text, oldest measurement first. What is recorded meanwhile may be in it or not. */
export async function* exportMeasurements(
  context: MeasurementsContext,
  userNumber: number,
  format: ExportFormat,
): AsyncGenerator<string> {
  const write = await writers[format]()
  let first = true
  for await (const page of pagesOf(context, userNumber)) {
    yield write(page, first)
    first = false
  }
  yield write(undefined, first)
}

type Write = (page: readonly Exported[] | undefined, first: boolean) => string

/** For each format what writes a page of the file, and undefined for its end. */
const writers: Readonly<Record<ExportFormat, () => Promise<Write>>> = {
  async csv() {
    const { stringify } = await import('csv-stringify/sync')
    const options = { record_delimiter: 'windows', quoted_match: /[\r\n]/ } as const
    return (page = [], first) => {
      const rows = page.map((one) => columns.map((column) => cellOf(one[column])))
      return stringify(first ? [[...columns], ...rows] : rows, options)
    }
  },
  async json() {
    return (page, first) => {
      if (page === undefined) return first ? '[]\n' : '\n]\n'
      return page.map((one, i) => `${first && i === 0 ? '[\n' : ',\n'}${JSON.stringify(one)}`).join('')
    }
  },
}

/** A text that a spreadsheet would take for a formula gets an apostrophe before it; numbers stay numbers. */
function cellOf(value: string | number | null): string {
  if (typeof value !== 'string') return value === null ? '' : String(value)
  return /^'*[=+\-@\t\r\n＝＋－＠]/.test(value) ? `'${value}` : value
}

async function* pagesOf(context: MeasurementsContext, userNumber: number): AsyncGenerator<readonly Exported[]> {
  const { measurements } = context.storage
  const sort = [{ column: 'startTime', descending: false }] as const
  const combinations = new Map<string, string>()
  let after: { readonly startTime: number; readonly passed: number } | undefined
  for (;;) {
    const filters =
      after === undefined ? [] : [{ column: 'startTime', operator: '>=', value: after.startTime } as const]
    const page = await measurements.list(userNumber, { filters, sort, limit: pageSize, offset: after?.passed ?? 0 })
    const last = page.at(-1)
    if (last === undefined) return
    const unknown = new Set(page.map((one) => one.variableName).filter((name) => !combinations.has(name)))
    for (const { name, combination } of await measurements.variablesByName(userNumber, [...unknown])) {
      combinations.set(name, combination)
    }
    yield page.map((one) => exported(one, combinations.get(one.variableName) ?? null))
    if (page.length < pageSize) return
    // Of one second there may be many; the next page begins behind those that were read.
    const passed = page.filter((one) => one.startTime === last.startTime).length
    after = {
      startTime: last.startTime,
      passed: after?.startTime === last.startTime ? after.passed + passed : passed,
    }
  }
}

function exported(one: Measurement, combination: string | null): Exported {
  return {
    variableName: one.variableName,
    variableCategoryName: one.variableCategory,
    combinationOperation: combination,
    value: one.value,
    unitAbbreviatedName: one.unit,
    startTime: formatIso(one.startTime * second),
    note: one.note,
    sourceName: one.source,
  }
}

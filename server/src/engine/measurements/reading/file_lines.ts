/** A file of measurements, CSV or JSON, read piece by piece: what each of its lines or entries says, or what is wrong with it. */
import { Readable } from 'node:stream'
import type { z } from 'zod'
import type { LineProblem, Words } from '../../../words/index.ts'
import type { DraftMeasurement } from '../write.ts'
import { measurementItem, memberProblems } from './draft.ts'
import { spellingsOf } from './spellings.ts'

/** A line of a CSV file or an entry of a JSON list; the first is 1. */
export type FileLine =
  | { readonly line: number; readonly drafts: readonly DraftMeasurement[] }
  | { readonly line: number; readonly problem: LineProblem }

/** The file as a whole is not what can be read. */
export class UnreadableFile extends Error {
  override readonly name = 'UnreadableFile'
  readonly problem: LineProblem
  constructor(problem: LineProblem) {
    super('the file cannot be read')
    this.problem = problem
  }
}

/** The longest line or entry, in characters. */
const longestLine = 100_000

/** Text that begins with a bracket is JSON, all else is CSV. Throws UnreadableFile. */
export async function* readLines(text: AsyncIterable<string>): AsyncGenerator<FileLine> {
  const pieces = text[Symbol.asyncIterator]()
  let start = ''
  while (start.trim() === '') {
    const { value, done } = await pieces.next()
    if (done === true) throw new UnreadableFile('empty')
    start += value
    if (start.length > longestLine) throw new UnreadableFile('not_measurements')
  }
  const whole = (async function* () {
    yield start.replace(/^\uFEFF/, '')
    for (let next = await pieces.next(); next.done !== true; next = await pieces.next()) yield next.value
  })()
  yield* /^\uFEFF?\s*[[{]/.test(start) ? readJson(whole) : readCsv(whole)
}

/** What a spreadsheet would take for a formula is written with an apostrophe before it, as by `asText`. */
const quotedFormula = /^'+[=+\-@\t\r\n＝＋－＠]/

const required = ['variableName', 'value', 'unitAbbreviatedName', 'startTime']

/** CSV with a header that names the columns in any of the spellings that apps use. */
async function* readCsv(text: AsyncIterable<string>): AsyncGenerator<FileLine> {
  const { parse } = await import('csv-parse')
  const skipped: { readonly line: number; readonly problem: LineProblem }[] = []
  const parser = parse({
    delimiter: ',',
    info: true,
    relax_column_count: true,
    skip_empty_lines: true,
    skip_records_with_error: true,
    max_record_size: longestLine,
    on_skip: (error) => {
      const line = error !== undefined && 'lines' in error && typeof error.lines === 'number' ? error.lines : 0
      skipped.push({ line, problem: 'quote_missing' })
      return undefined
    },
  })
  Readable.from(text)
    .on('error', (error) => parser.destroy(error))
    .pipe(parser)
  let header: readonly string[] | undefined
  for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: { lines: number } }>) {
    yield* skipped.splice(0)
    if (header === undefined) header = headerOf(record)
    else yield { line: info.lines, ...fromCells(header, record) }
  }
  if (header === undefined) throw new UnreadableFile(noHeader)
  yield* skipped.splice(0)
}

const noHeader = { key: 'no_header', columns: required.join(', ') } as const

function headerOf(cells: readonly string[]): readonly string[] {
  const names = cells.map((cell) => cell.trim())
  const missing = required.filter((name) => !spellingsOf(name).some((spelling) => names.includes(spelling)))
  if (missing.length > 0 || new Set(names).size !== names.length) throw new UnreadableFile(noHeader)
  return names
}

function fromCells(header: readonly string[], cells: readonly string[]) {
  if (cells.length !== header.length) {
    return { problem: { key: 'cells', found: cells.length, expected: header.length } } as const
  }
  const members = header.flatMap((name, i) => {
    const cell = cells[i] ?? ''
    return cell === '' ? [] : [[name, quotedFormula.test(cell) ? cell.slice(1) : cell] as const]
  })
  return fromObject(Object.fromEntries(members))
}

/** A list of measurements, or one alone, in any of the spellings that apps use. */
async function* readJson(text: AsyncIterable<string>): AsyncGenerator<FileLine> {
  let line = 0
  for await (const entry of entriesOf(text)) {
    line++
    const value = entry === undefined ? undefined : parsed(entry)
    if (value === undefined) yield { line, problem: 'entry_broken' }
    else yield { line, ...fromObject(value) }
  }
}

/** The texts of the objects of a list, or of the one that is there; undefined for what is none. */
async function* entriesOf(text: AsyncIterable<string>): AsyncGenerator<string | undefined> {
  let entry = ''
  let depth = 0
  let inText = false
  let escaped = false
  let stray = false
  for await (const piece of text) {
    let from = 0
    for (let i = 0; i < piece.length; i++) {
      const sign = piece[i]
      if (depth === 0) {
        if (sign === '{') {
          depth = 1
          from = i
        } else if (!stray && sign !== undefined && !/[\s,[\]]/.test(sign)) {
          stray = true
          yield undefined
        } else if (sign === ',') stray = false
        continue
      }
      if (inText) {
        if (escaped) escaped = false
        else if (sign === '\\') escaped = true
        else if (sign === '"') inText = false
      } else if (sign === '"') inText = true
      else if (sign === '{' || sign === '[') depth++
      else if ((sign === '}' || sign === ']') && --depth === 0) {
        const whole = entry + piece.slice(from, i + 1)
        yield whole.length > longestLine ? undefined : whole
        entry = ''
      }
    }
    if (depth > 0 && entry.length <= longestLine) entry += piece.slice(from)
  }
  if (depth > 0) yield undefined
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function fromObject(value: unknown) {
  const read = measurementItem.safeParse(value)
  return read.success ? { drafts: read.data } : { problem: saidOf(read.error) }
}

/** The first thing that is wrong, with the name of its member. */
function saidOf({ issues: [issue] }: z.ZodError): LineProblem {
  const name = issue?.path.join('.') ?? ''
  const other = issue?.code === 'custom' ? issue.params?.differsFrom : undefined
  if (typeof other === 'string') return { key: 'differs', name, other }
  const [why] = known.find(([, message]) => message === issue?.message) ?? []
  return { key: 'member', name, why: why ?? 'unsound' }
}

const known = Object.entries(memberProblems) as readonly [keyof Words['data']['memberProblems'], string][]

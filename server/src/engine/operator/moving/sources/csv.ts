/** People in a CSV file whose first line names its columns. */
import { basename } from 'node:path'
import { z } from 'zod'
import { type Found, type FoundFile, UnreadableSource } from '../found.ts'
import { moment, readText } from './json.ts'

const columns = [
  'id',
  'username',
  'email',
  'email_verified',
  'enabled',
  'created_at',
  'password_hash',
  'totp',
  'name',
  'given_name',
  'family_name',
  'nickname',
  'locale',
  'zoneinfo',
] as const
type Column = (typeof columns)[number]

const claimColumns = ['name', 'given_name', 'family_name', 'nickname', 'locale', 'zoneinfo'] as const

/** Throws UnreadableSource. */
export async function readCsv(path: string): Promise<FoundFile> {
  const name = basename(path)
  const text = await readText(path)
  const { parse } = await import('csv-parse/sync')
  let rows: readonly { readonly record: readonly string[]; readonly info: { readonly lines: number } }[]
  try {
    rows = parse(text, {
      info: true,
      delimiter: delimiterOf(text),
      relax_column_count: true,
      skip_empty_lines: true,
      max_record_size: 100_000,
    }) as never
  } catch (error) {
    const line = error instanceof Error && 'lines' in error ? ` (line ${String(error.lines)})` : ''
    throw new UnreadableSource(`${name} is not valid CSV${line}.`)
  }
  const [header, ...people] = rows
  const names = columnsOf(header?.record ?? [], name)
  function* entries(): Generator<Found> {
    for (const { record, info } of people) yield personOf(names, record, `line ${info.lines}`)
  }
  return { count: people.length, entries: entries() }
}

/** What stands between the columns in the first line: a comma; or a semicolon or a tab, as spreadsheets write them in many countries. */
function delimiterOf(text: string): string {
  const header = text.slice(0, text.search(/[\r\n]|$/))
  return [',', ';', '\t'].find((one) => header.includes(one)) ?? ','
}

function columnsOf(header: readonly string[], name: string): readonly Column[] {
  const names = header.map((column) => column.trim().toLowerCase())
  const known = columns.join(', ')
  const unknown = names.filter((column) => !columns.some((one) => one === column))
  if (unknown.length > 0) {
    const shown = unknown
      .slice(0, 5)
      .map((one) => JSON.stringify(one.slice(0, 40)))
      .join(', ')
    throw new UnreadableSource(`${name} has columns that are not known here: ${shown}. Known: ${known}.`)
  }
  if (new Set(names).size < names.length) throw new UnreadableSource(`${name} has a column twice.`)
  if (names.includes('username') || names.includes('email')) return names as Column[]
  throw new UnreadableSource(
    `${name} needs a first line that names its columns, username or email among them. Known: ${known}.`,
  )
}

const truth = z
  .string()
  .transform((text) => text.trim().toLowerCase())
  .pipe(z.enum(['true', 'false', '1', '0', 'yes', 'no', 't', 'f']))
  .transform((text) => ['true', '1', 'yes', 't'].includes(text))

function personOf(names: readonly Column[], record: readonly string[], at: string): Found {
  const cells = new Map(names.map((name, index) => [name, record[index] ?? '']))
  const cell = (name: Column) => cells.get(name) || undefined
  const called = cell('username') ?? cell('email') ?? ''
  const verified = truth.optional().safeParse(cell('email_verified'))
  const enabled = truth.optional().safeParse(cell('enabled'))
  const created = moment.optional().safeParse(cell('created_at'))
  const read = { email_verified: verified, enabled, created_at: created }
  const wrong = Object.entries(read).find(([, one]) => !one.success)?.[0]
  const width = record.length > names.length ? 'the number of cells' : undefined
  if (wrong !== undefined || width !== undefined) {
    return { kind: 'nothing', of: 'user', at, name: called, reason: 'unreadable', member: width ?? wrong }
  }
  return {
    kind: 'user',
    at,
    id: `csv ${cell('id') ?? called.toLowerCase()}`,
    username: cell('username'),
    email: cell('email'),
    emailVerified: verified.data,
    enabled: enabled.data,
    createdAt: created.data,
    claims: Object.fromEntries(claimColumns.flatMap((name) => (cell(name) === undefined ? [] : [[name, cell(name)]]))),
    passwordHash: cell('password_hash'),
    totp: cell('totp'),
    notes: [],
  }
}

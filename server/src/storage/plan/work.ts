/** What a statement of a migration does to which table, read from its text. */

/** `make`: a table or view that was not there. `define`: its definition alone. `index`, `write`, `read`: row by row. */
export type WorkKind = 'make' | 'define' | 'check' | 'index' | 'write' | 'read'

export interface Work {
  readonly kind: WorkKind
  readonly table: string
  /** The table that is gone through row by row. */
  readonly through?: string
  readonly bytesPerSecond: number
}

/** Bytes of a table, its indexes included, that a machine with a plain SSD is expected to get through in a second. */
const speeds: Readonly<Record<WorkKind, number>> = {
  make: Number.POSITIVE_INFINITY,
  define: Number.POSITIVE_INFINITY,
  check: 100e6,
  read: 20e6,
  index: 40e6,
  write: 10e6,
}

/** How an estimate comes about, as it is printed below one. */
export const estimate =
  'Estimated from the sizes of the tables: 100 MB a second where rows are checked, 40 where they are indexed, 20 where they are read by the program, 10 where they are written. A busy or slow disk takes longer.'

/** The first that fits counts. The groups name the table that is locked and, where it is another, the one gone through. */
const kinds: readonly (readonly [pattern: RegExp, kind: WorkKind])[] = [
  [/^create (?:temporary )?(?:table|view) (?:if not exists )?(?<table>[\w".]+)/, 'make'],
  [/^create (?:unique )?index .*? on (?<table>[\w".]+)/, 'index'],
  [/^alter table (?<table>[\w".]+) .*(?:\btype\b|set not null|add constraint|add primary key|add check)/, 'check'],
  [/^alter table (?<table>[\w".]+)/, 'define'],
  [/^drop (?:table|index|view) (?:if exists )?(?<table>[\w".]+)/, 'define'],
  [/^insert into (?<table>[\w".]+).*? from (?<through>[\w".]+)/, 'write'],
  [/^insert into (?<table>[\w".]+)/, 'define'],
  [/^update (?<table>[\w".]+)/, 'write'],
  [/^delete from (?<table>[\w".]+)/, 'write'],
  [/^(?:with .*?)?select .*? from (?<table>[\w".]+)/, 'read'],
]

/** Of a statement that is not known it is expected that it goes through a table of its name, locked for everybody. */
export function workOf(sql: string): Work {
  const text = sql.toLowerCase()
  for (const [pattern, kind] of kinds) {
    const { table = '', through = table } = pattern.exec(text)?.groups ?? {}
    if (table === '') continue
    const whole = kind === 'make' || kind === 'define' ? {} : { through: bare(through) }
    return { kind, table: bare(table), ...whole, bytesPerSecond: speeds[kind] }
  }
  return { kind: 'check', table: text.split(' ').at(-1) ?? '', bytesPerSecond: speeds.check }
}

function bare(name: string): string {
  return name.replaceAll('"', '').replace(/^.*\./, '')
}

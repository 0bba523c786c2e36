/**
 * The data map: an entry for each column of each table. `docs/data_map.md` is written from it.
 * Not here: how a row is read or written. Neighbours: `../sql/schema.ts`, whose tables these are, and `../migrations`,
 * which make them. To add: the entry of a new column in the file of its subject, then `npm run docs:data`; a new table is
 * named there, too.
 */
import type { Tables } from '../sql/schema.ts'
import { apps } from './apps.ts'
import type { Entries, TableEntry } from './entry.ts'
import { grants } from './grants.ts'
import { logs } from './logs.ts'
import { operator } from './operator.ts'
import { people } from './people.ts'

const entries: Entries<keyof Tables> = { ...people, ...apps, ...grants, ...logs, ...operator }

export const dataMap: Readonly<Record<string, TableEntry>> = entries

/** The tables that a backup takes along, each behind those that its foreign keys point to. */
export const tablesInBackup: readonly string[] = Object.entries(dataMap).flatMap(([table, { backup }]) =>
  backup === 'kept' ? [table] : [],
)

/** All that lies in one database with the accounts: SQLite has the request log in a file of its own. */
export const tablesInMain: readonly string[] = Object.keys(dataMap).filter((table) => table !== 'request_log')

/** How an entry is handled, by the words of the page. */
const handling = { whose: 'Whose', kept: 'Kept', exported: 'Seen in', erased: 'Removed by' } as const
const members = Object.keys(handling) as (keyof typeof handling)[]

/** The map as a page for people. */
export function dataMapPage(): string {
  return `${[
    '# Data map',
    '',
    'What lies in the database: for each table and column what it is for, whose it is, how long it is kept, where the one',
    'whose it is gets to see it, and what removes it. A column is handled as its table is, except where it says otherwise.',
    'The sweep runs every minute. Words such as `user delete` are commands. Copies that you make of the database are yours',
    'to keep and to erase; `consentry backup` says of each table whether it takes it along.',
    ...Object.entries(dataMap).flatMap(([name, entry]) => sectionOf(name, entry)),
  ].join('\n')}\n`
}

function sectionOf(name: string, { columns, ...table }: TableEntry): string[] {
  return [
    '',
    `## ${name}`,
    '',
    table.holds,
    '',
    ...members.map((member) => `- ${handling[member]}: ${table[member]}`),
    `- In a backup: ${table.backup === 'kept' ? 'yes' : 'no'}`,
    '',
    '| column | what it is for | otherwise |',
    '|---|---|---|',
    ...Object.entries(columns).map(([column, entry]) => {
      if (typeof entry === 'string') return `| \`${column}\` | ${entry} | |`
      const own = members.filter((member) => entry[member] !== undefined)
      return `| \`${column}\` | ${entry.purpose} | ${own.map((one) => `${handling[one]}: ${entry[one]}`).join('; ')} |`
    }),
  ]
}

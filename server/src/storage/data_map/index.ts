/**
 * The data map: an entry for each column of each table. `docs/data_map.md` and the operator's page on personal data are
 * written from it.
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

/** What the map says about people, as a page of the operator's handbook. */
export function personalDataPage(): string {
  const rows = Object.entries(dataMap).map(([table, { columns: _, ...entry }]) => ({ table, ...entry }))
  const listed = (whose: TableEntry['whose']) => [
    '| what | kept | seen in | removed by | table |',
    '|---|---|---|---|---|',
    ...rows
      .filter((row) => row.whose === whose)
      .map(
        ({ table, holds, kept, exported, erased }) => `| ${holds} | ${kept} | ${exported} | ${erased} | \`${table}\` |`,
      ),
  ]
  return `${[
    '# Personal data',
    '',
    'What Consentry keeps about people, and how to answer them. The tables below are made from the [data map](../data_map.md),',
    'which has each column. You decide why you keep it and tell people so; name your privacy policy in the',
    '[brand file](../branding.md), so that every page links to it.',
    '',
    '## When somebody asks',
    '',
    '- **What do you have about me?** The person finds it at `/account/data`: a file with everything that is theirs. Where they',
    '  cannot sign in, prove who they are first, then help them in by a reset link.',
    '- **Correct it.** Name, picture, language and address are theirs to change at `/account/profile`.',
    '- **Delete it.** They close their account at `/account/data`; it is erased after the days that the page names. You delete',
    '  one with `consentry user delete NAME`, which erases as deeply and at once. An account that owns apps hands them over first.',
    '- **Who got it?** `/account/apps` names every app, what it may see, and when it last did.',
    '',
    'The audit log tells who did what and from which address, for as long as `CONSENTRY_AUDIT_RETENTION` says. Names go from it',
    'with the account.',
    '',
    'Erased is erased in the database. Backups and exports that you made before still hold it: delete them when they are older',
    'than what you promise people.',
    '',
    '## About account holders',
    '',
    ...listed('person'),
    '',
    '## About developers and their apps',
    '',
    ...listed('developer'),
    '',
    '## Where it goes',
    '',
    'To apps, within what the person allowed. To the mail server that `SMTP_URL` names: addresses and the text of mails. To the',
    'providers with which people sign in. To a breach service, if `CONSENTRY_BREACH_CHECK` names one: five characters of a digest',
    'of a new password. Nowhere else: Consentry opens no connection that no setting names.',
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

/** What the pages about a person's own data say, and those about closing their account. */
import { rich } from '../rich.ts'
import { tell } from '../told.ts'
import { counted, number } from './counted.ts'

const memberProblems = {
  text: 'must be a text',
  label_length: 'must have 1 to 125 characters',
  note_length: 'must have at most 2,000 characters',
  control: 'holds a control character',
  number: 'must be a number',
  whole: 'must be a whole number',
  time: 'must be a time, such as 2024-05-01T10:00:00Z',
  undecided: 'could be a date or a number; write a date as 2024-05-01',
  combination: 'must be MEAN or SUM',
  object: 'must be an object',
  list: 'must be a list',
  missing: 'is missing',
  unsound: 'cannot be read',
}

const measurements = (count: number) =>
  `${number(count)} ${counted(count, { one: 'measurement', other: 'measurements' })}`
const lines = (count: number) => `${number(count)} ${counted(count, { one: 'line', other: 'lines' })}`

export const data = {
  title: 'Your data',
  lead: 'What apps have recorded for you, and what you have imported. It belongs to you: take it with you or delete it.',
  none: 'Nothing has been recorded yet',
  noneHint: 'When an app that you allowed records something for you, it appears here. You can also import a file.',
  variables: 'What is recorded',
  variablesCaption: 'What is recorded, the latest first',
  variable: 'Variable',
  category: 'Category',
  count: 'Measurements',
  latest: 'Latest',
  pagesOfVariables: 'Pages of variables',
  variableTitle: (name: string) => `${name} · Your data`,
  values: 'Measurements',
  valuesCaption: 'Measurements, the latest first',
  pagesOfValues: 'Pages of measurements',
  time: 'Time',
  value: 'Value',
  note: 'Note',
  source: 'Source',
  measurements,

  chartOf: (name: string) => `${name} over time`,
  /** What a chart shows, for those who do not see it. */
  chartSays: (of: { count: number; least: string; most: string; mean: string; unit: string }) =>
    `${measurements(of.count)} between ${of.least} and ${of.most} ${of.unit}, on average ${of.mean} ${of.unit}.`,
  chartHint: 'The line is the average; the shaded area spans the lowest and the highest value.',

  take: 'Take your data with you',
  takeHint:
    'Every measurement with its time, value, unit, note and source. CSV opens in a spreadsheet; JSON is for programs. Both can be imported again.',
  exportCsv: 'Export CSV',
  exportJson: 'Export JSON',

  bring: 'Import measurements',
  bringHint: (megabytes: number) =>
    `A CSV or JSON file as exported here, up to ${megabytes} MB. A measurement replaces one of the same time that is already there.`,
  csv: 'Columns of a CSV file',
  csvColumns: rich(
    'The first line names the columns: <code>variableName</code>, <code>value</code>, <code>unitAbbreviatedName</code> and <code>startTime</code>. The columns <code>variableCategoryName</code>, <code>note</code> and <code>sourceName</code> are optional.',
  ),
  file: 'File',
  submit: 'Import',
  importing: 'Import under way',
  lastImport: 'Last import',
  started: 'Started',
  read: (percent: number) => `${percent}% read`,
  soFar: (stored: number) => `${measurements(stored)} stored so far. This page refreshes by itself; you can leave it.`,
  refresh: 'Refresh now',
  ended: {
    done: (stored: number, refused: number) =>
      refused === 0
        ? `Done: ${measurements(stored)} stored.`
        : `Done: ${measurements(stored)} stored, ${lines(refused)} left out.`,
    cut_off: (stored: number) =>
      `The import was cut off. ${measurements(stored)} are stored and stay; the rest of the file is not. Import the file again to add the rest: what is already there is not stored twice.`,
    full: (stored: number) =>
      `Your account has no room for more. ${measurements(stored)} are stored; the rest of the file is not.`,
    unreadable: 'The file could not be read, so nothing was stored from there on.',
    not_arrived: 'The file did not arrive whole, so none of it was stored. Please try again.',
  },
  problems: (refused: number) => `${lines(refused)} could not be read`,
  problemsShown: (count: number) => `The first ${number(count)} are shown.`,
  memberProblems,
  lineProblems: {
    member: ({ name, why }: { readonly name: string; readonly why: keyof typeof memberProblems }) =>
      `${name === '' ? 'The entry' : name} ${tell(memberProblems, why)}.`,
    differs: ({ name, other }: { readonly name: string; readonly other: string }) =>
      `${name} differs from ${other}, which means the same. Write one of them.`,
    unit_at_odds: (of: { readonly variable: string; readonly present: string; readonly unit: string }) =>
      `“${of.variable}” is measured in “${of.present}”; “${of.unit}” cannot be converted to it.`,
    cells: ({ found, expected }: { readonly found: number; readonly expected: number }) =>
      `The line has ${number(found)} ${counted(found, { one: 'cell', other: 'cells' })} instead of ${number(expected)}.`,
    quote_missing: 'A quotation mark is missing, or the line is too long.',
    entry_broken: 'The entry is broken off, too long or no JSON object.',
    empty: 'The file is empty.',
    not_measurements: 'The file does not begin with measurements.',
    no_header: ({ columns }: { readonly columns: string }) =>
      `The first line has to name the columns, ${columns} among them.`,
    not_utf8: 'The file is not text in UTF-8. Save it as “CSV UTF-8” and import it again.',
  },
  line: (line: number) => `Line ${number(line)}`,
  reason: 'Reason',
  refusals: {
    too_large: (megabytes: number) =>
      `The file is larger than ${megabytes} MB, so nothing was imported. Split it and import the parts one after the other.`,
    busy: 'An import is under way. Wait until it has ended, then try again.',
    crowded: 'This server is taking in too many files at the moment. Try again in a minute.',
    no_file: 'Choose a file first.',
    sign_in_again: 'Nothing was deleted.',
  },

  remove: 'Delete all your data',
  removeHint: 'Everything above is deleted for good. Apps that may record for you can add new measurements afterwards.',
  removeFirst: 'Delete all …',
  removal: {
    heading: 'Delete all your data?',
    text: 'Every measurement and every variable is deleted at once. This cannot be undone. Export your data first if you want to keep it.',
    submit: 'Delete all',
  },
  deleted: 'All your data has been deleted.',
}

export const close = {
  title: 'Close your account',
  lead: 'Closing ends your account on this server. What happens, and when:',
  now: 'At once',
  nowText: 'You are signed out everywhere, and every app loses its access to your account.',
  within: 'For 14 days',
  withinText:
    'Your account waits. If you sign in again, with your second step if you have one, it is yours again. Apps have to ask for your permission again.',
  after: 'After 14 days',
  afterText:
    'Your name, addresses, ways to sign in and everything recorded for you are erased for good. An ID that says nothing about you may stay in the log of this server. Apps keep what they have copied.',
  first: 'Before',
  takeData: rich('<a>Export your data</a> if you want to keep it.'),
  lastOwner:
    'You are the only owner of this server, so you cannot close your account. Make somebody else an owner first.',
  yourApps: 'Your apps',
  ownsApps:
    'You own these apps, and people may be using them. Before you close your account, hand each one over to somebody else or delete it.',
  handTo: 'Username or e-mail address of the new owner',
  handToHint: 'You get a link to send to them. The app is theirs once they accept it.',
  offer: 'Create link',
  endApp: 'Delete',
  offered: (days: number) =>
    rich(
      `Send this link to <username/>. It works for their account alone, for ${days} days, and once. The app stays yours until they accept.`,
    ),
  takeOver: {
    heading: (owner: string) => `Take over this app from ${owner}?`,
    text: 'It becomes yours, with its secrets, its settings and the people who use it. From then on you are responsible for it. If the operator had verified it, it has to be verified again.',
    submit: 'Take over',
  },
  understood: 'I understand that my account and my data are erased after 14 days',
  submit: 'Close my account',
  unchecked: 'Tick the box to confirm that you want to close your account.',
  notDone: 'Your account was not closed.',
  closedTitle: 'Your account is closed',
  closedText:
    'You are signed out everywhere. If you change your mind, sign in within 14 days and everything is yours again. After that it is erased.',
  back: 'Sign in and take it back',
  card: 'Close this account',
  cardText: 'You have 14 days to change your mind. After that everything about you here is erased.',
  cardLink: 'Close my account …',
}

/**
 * `consentry import`: people, apps and refresh tokens from the export of another server. The room also has the way out.
 * Not here: what can be taken and how it is written (`engine/operator/moving/`). Neighbours: `../backups` for whole databases.
 * To add: a command, a file here and its line in `../main.ts`.
 */
import { type Command, Option } from 'commander'
import type { FoundFile } from '../../engine/operator/moving/found.ts'
import type { ImportReport, Kind } from '../../engine/operator/moving/report.ts'
import { progressOf } from '../backups/progress.ts'
import { addStorageOptions, CommandError, commandLine, type Env, printResult, withStorage } from '../command.ts'
import { self } from '../invocation.ts'
import { noteWords, skipWords } from './words.ts'

/** Known without loading the readers, for the help. */
const sourceNames = ['keycloak', 'auth0', 'hydra', 'csv', 'json'] as const
type SourceName = (typeof sourceNames)[number]

interface ImportOptions {
  readonly from: SourceName
  readonly dryRun?: boolean
}

export function addImport(program: Command, env: Env): void {
  addStorageOptions(program.command('import'))
    .argument('<file>', 'what the other server has exported; for keycloak also a folder')
    .addOption(new Option('--from <source>', 'what has written the file').choices(sourceNames).makeOptionMandatory())
    .option('--dry-run', 'only tell what would come, and what would not')
    .description('take over people with their passwords, apps with their secrets, and refresh tokens')
    .addHelpText('after', help)
    .action(async (file: string, options: ImportOptions, command: Command) => {
      const found = await read(options.from, file)
      await withStorage(command, env, async (context, settings) => {
        const { importFrom } = await import('../../engine/operator/moving/import.ts')
        const { engineSettings } = await import('../../settings.ts')
        const dryRun = options.dryRun === true
        const progress = progressOf(command, 'Import', 'entries')
        const lives = engineSettings(settings)
        const report = await untilInterrupted((stopped) =>
          importFrom(context, commandLine(), found, { source: options.from, dryRun, lives, progress, stopped }),
        )
        printResult(command, documentOf(report, options), linesOf(report, dryRun))
        if (!report.stopped) return
        throw new CommandError('interrupted', 'The import was stopped. Run it again to go on where it was.', 130)
      })
    })
}

async function read(source: SourceName, file: string): Promise<FoundFile> {
  const { sources } = await import('../../engine/operator/moving/sources/index.ts')
  const { UnreadableSource } = await import('../../engine/operator/moving/found.ts')
  try {
    return await sources[source](file)
  } catch (error) {
    if (error instanceof UnreadableSource) throw new CommandError('file', error.message, 2)
    throw error
  }
}

/**
 * Does the work so that whoever interrupts it gets the batch under way finished, and is told how far it came: `stopped` says
 * whether somebody has.
 */
async function untilInterrupted<T>(work: (stopped: () => boolean) => Promise<T>): Promise<T> {
  let interrupted = false
  const interrupt = () => {
    interrupted = true
  }
  const signals = ['SIGINT', 'SIGTERM'] as const
  for (const signal of signals) process.on(signal, interrupt)
  try {
    return await work(() => interrupted)
  } finally {
    for (const signal of signals) process.off(signal, interrupt)
  }
}

const plurals: Readonly<Record<Kind, string>> = { user: 'users', client: 'clients', refresh_token: 'refresh_tokens' }
const kinds = Object.keys(plurals) as Kind[]

function documentOf(report: ImportReport, { from, dryRun }: ImportOptions) {
  const counts = kinds.map((kind) => {
    const { imported, alreadyThere, changedHere, skipped } = report.counts[kind]
    const changed = kind === 'user' ? { changed_here: changedHere } : {}
    return [plurals[kind], { imported, already_there: alreadyThere, ...changed, skipped }]
  })
  return {
    source: from,
    dry_run: dryRun === true,
    complete: !report.stopped,
    ...Object.fromEntries(counts),
    passwords: Object.fromEntries(report.passwords),
    changed_here: report.changed,
    skipped: report.skipped.map(({ at, of, name, reason, member }) => ({
      at,
      kind: of,
      name,
      reason,
      ...(member === undefined ? {} : { member }),
      text: skipWords[reason],
    })),
    notes: report.notes.map(({ at, kind, name, reason, of, why }) => ({
      at,
      kind,
      name,
      reason,
      ...(of === undefined ? {} : { of }),
      ...(why === undefined ? {} : { why: typeof why === 'string' ? why : why.key }),
      text: noteWords[reason],
    })),
  }
}

/** Of each kind of what is to be told, so many entries are named. */
const named = 3

function linesOf(report: ImportReport, dryRun: boolean): string[] {
  const came = dryRun ? 'would be imported' : 'imported'
  const counts = kinds.flatMap((kind) => {
    const { imported, alreadyThere, changedHere, skipped } = report.counts[kind]
    if (imported + alreadyThere + changedHere + skipped === 0) return []
    const changed = changedHere === 0 ? '' : `, ${number(changedHere)} changed here since and left alone`
    const name = plurals[kind].replace('_', ' ')
    return [
      `${name}: ${number(imported)} ${came}, ${number(alreadyThere)} already there${changed}, ${number(skipped)} skipped`,
    ]
  })
  const passwords = [...report.passwords].map(([kind, count]) => `${kind} ${number(count)}`)
  return [
    ...(counts.length === 0 ? ['The file holds no users, clients or refresh tokens.'] : counts),
    ...(passwords.length === 0 ? [] : [`passwords: ${passwords.join(', ')}`]),
    ...byKind([
      ...report.changed.map((name) => ['=', 'changed here since and left alone', name] as const),
      ...report.skipped.map((one) => ['!', skipWords[one.reason], placeOf(one, one.member)] as const),
      ...report.notes.map((one) => ['~', noteWords[one.reason], placeOf(one, one.of)] as const),
    ]),
  ]
}

function placeOf({ at, name }: { readonly at: string; readonly name: string }, detail: string | undefined): string {
  return `${at} ${name}${detail === undefined ? '' : ` (${detail})`}`
}

/** A line for each kind of thing to be told, so that none drowns another: how many there are, and which come first. */
function byKind(told: readonly (readonly [sign: string, kind: string, which: string])[]): string[] {
  const kinds = new Map<string, { readonly sign: string; readonly kind: string; readonly some: string[] }>()
  for (const [sign, kind, which] of told) {
    const one = kinds.get(kind)
    if (one === undefined) kinds.set(kind, { sign, kind, some: [which] })
    else one.some.push(which)
  }
  const lines = [...kinds.values()].map(({ sign, kind, some }) => {
    const rest = some.length - named
    const first = some.slice(0, named).join(', ')
    return `${sign} ${number(some.length)} × ${kind.replace(/\.$/, '')}: ${first}${rest > 0 ? ` and ${number(rest)} more` : ''}`
  })
  return told.length > lines.length ? [...lines, 'With --json each of them is named.'] : lines
}

function number(count: number): string {
  return count.toLocaleString('en')
}

const help = `
  keycloak  a realm of \`kc.sh export\`: one file, or a folder with the users in files of their own
  auth0     users and applications: a list, or a JSON document a line
  hydra     \`hydra list clients --format json\`
  csv       people; the first line names the columns
  json      the document of \`export\`, or a JSON document a line

Passwords come as their hashes (bcrypt, scrypt, PBKDF2, argon2) and become hashes of this server at the first sign-in. Roles
do not come. The server may run meanwhile. An import can be stopped and run again: nobody comes twice, and who has been
changed or deleted here since is left alone. docs/operating/moving.md says for each source what comes along.

Examples:
  ${self} import --from keycloak realm.json --dry-run
  ${self} import --from keycloak realm.json
  ${self} import --from csv people.csv --json > report.json`

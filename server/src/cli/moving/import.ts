/**
 * `consentry import`: people, apps and refresh tokens from the export of another server. The room also has the way out.
 * Not here: what can be taken and how it is written (`engine/operator/moving/`). Neighbours: `../backups` for whole databases.
 * To add: a command, a file here and its line in `../main.ts`.
 */
import { type Command, Option } from 'commander'
import type { FoundFile } from '../../engine/operator/moving/found.ts'
import type { ImportReport, Kind, NotedEntry } from '../../engine/operator/moving/report.ts'
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

/** Entries that people are told of one by one. */
const told = 20

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
    ...some(report.changed.map((name) => `= ${name} was changed here since and is left alone`)),
    ...some(
      report.skipped.map(
        (one) => `! ${one.at} ${one.name}: ${skipWords[one.reason]}${one.member ? ` (${one.member})` : ''}`,
      ),
    ),
    ...some(report.notes.map(noteLine)),
  ]
}

function noteLine({ at, name, reason, of }: NotedEntry): string {
  return `~ ${at} ${name} ${noteWords[reason]}${of === undefined ? '' : ` (${of})`}`
}

function some(lines: readonly string[]): string[] {
  const more = lines.length - told
  return more <= 0
    ? [...lines]
    : [...lines.slice(0, told), `  … and ${number(more)} more like these; --json tells of all`]
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

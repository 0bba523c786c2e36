/**
 * The command `consentry`: one file per command, every one with `--json`. The only room that is handed the environment.
 * Not here: what an act does or who may do it; that is `engine/operator`, which also writes its audit event. Neighbours:
 * `app.ts` builds the server that `serve.ts` runs. To add: a command, a file with one `add…` function and its line here.
 */
import { Command, CommanderError } from 'commander'
import { messageOf } from '../lib/text/reason.ts'
import { version } from '../version.ts'
import { CommandError, type Env, printError } from './command.ts'
import { self } from './invocation.ts'

/** Commands by their names, in the order of the help. */
const commands: Readonly<Record<string, () => Promise<(program: Command, env: Env) => void>>> = {
  serve: async () => (await import('./serve.ts')).addServe,
  apply: async () => (await import('./apply.ts')).addApply,
  import: async () => (await import('./moving/import.ts')).addImport,
  export: async () => (await import('./moving/export.ts')).addExport,
  user: async () => (await import('./user.ts')).addUser,
  client: async () => (await import('./client.ts')).addClient,
  access: async () => (await import('./access.ts')).addAccess,
  migrate: async () => (await import('./migrate.ts')).addMigrate,
  health: async () => (await import('./health.ts')).addHealth,
  init: async () => (await import('./init.ts')).addInit,
  'setup-link': async () => (await import('./setup_link.ts')).addSetupLink,
  registration: async () => (await import('./registration/registration.ts')).addRegistration,
  keys: async () => (await import('./keys.ts')).addKeys,
  dialects: async () => (await import('./dialects.ts')).addDialects,
  audit: async () => (await import('./audit/audit.ts')).addAudit,
  doctor: async () => (await import('./doctor.ts')).addDoctor,
  backup: async () => (await import('./backups/backup.ts')).addBackup,
  restore: async () => (await import('./backups/restore.ts')).addRestore,
  recover: async () => (await import('./backups/recover.ts')).addRecover,
  check: async () => (await import('./backups/check.ts')).addCheck,
  usage: async () => (await import('./usage.ts')).addUsage,
  conform: async () => (await import('./conform/conform.ts')).addConform,
}

/** Runs a command line; answers the exit code. */
export async function run(argv: readonly string[], env: Env): Promise<number> {
  const program = new Command(self)
    .description("The authorization server for an API that other people's apps use.")
    .version(version, '-V, --version')
    .option('--json', 'one JSON document on standard output, errors as JSON on standard error')
    .option('--config <file>', 'settings file (JSON)')
    .addHelpText(
      'after',
      `
Exit codes: 0 done · 1 failed · 2 wrong command line or document · 3 wrong settings · 4 database out of reach

Examples:
  ${self} serve                      start on http://localhost:3000, data in ./data
  ${self} user create alice          create an account; asks for the password
  ${self} client create "My app" --redirect-uri http://localhost:8080/callback
  ${self} doctor                     find problems and say how to fix them
  ${self} apply operator.json        apply a JSON configuration`,
    )
    .exitOverride()
    // Usage errors are printed below, in the form that was asked for.
    .configureOutput({ outputError: () => undefined })
  for (const load of commandsOf(argv)) (await load())(program, env)
  try {
    await program.parseAsync([...argv], { from: 'user' })
    return 0
  } catch (error) {
    // The flag itself is looked for, because a command line that could not be read has no options.
    const json = argv.includes('--json')
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return 0
      // Without any command the help itself was the answer.
      if (error.code === 'commander.help') return 2
      return printError(json, 'usage', `${error.message.replace(/^error: /, '')} (--help shows what there is)`, 2)
    }
    if (error instanceof CommandError) return printError(json, error.code, error.message, error.exitCode)
    const { code, exitCode } = await meaningOf(error)
    return printError(json, code, messageOf(error), exitCode)
  }
}

/** The commands that a command line may mean: those that it names, as to load all takes long; for help and typing errors all. */
function commandsOf(argv: readonly string[]) {
  const named = Object.entries(commands).filter(([name]) => argv.includes(name))
  return (named.length === 0 ? Object.entries(commands) : named).map(([, load]) => load)
}

/** What an error from below the commands means; loaded only now, as most command lines end without one. */
async function meaningOf(error: unknown): Promise<{ readonly code: string; readonly exitCode: number }> {
  const { WrongRootSecret } = await import('../runtime/keys/keyring.ts')
  const { SettingsError } = await import('../settings_error.ts')
  const { DocumentError } = await import('../engine/operator/apply/document.ts')
  const { FolderInUse, StorageUnavailable } = await import('../storage/contract.ts')
  if (error instanceof WrongRootSecret) return { code: 'root_secret', exitCode: 3 }
  if (error instanceof SettingsError) return { code: 'settings', exitCode: 3 }
  if (error instanceof DocumentError) return { code: 'document', exitCode: 2 }
  if (error instanceof FolderInUse) return { code: 'folder_in_use', exitCode: 1 }
  if (error instanceof StorageUnavailable) return { code: 'database', exitCode: 4 }
  return { code: 'failed', exitCode: 1 }
}

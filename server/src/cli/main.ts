/**
 * The command `consentry`: one file per command, every one with `--json`. The only room that is handed the environment.
 * Not here: what an act does or who may do it; that is `engine/operator`, which also writes its audit event. Neighbours:
 * `app.ts` builds the server that `serve.ts` runs. To add: a command, a file with one `add…` function and its line here.
 */
import { Command, CommanderError } from 'commander'
import { messageOf } from '../lib/text/reason.ts'
import { version } from '../version.ts'
import { addAccess } from './access.ts'
import { addApply } from './apply.ts'
import { addAudit } from './audit/audit.ts'
import { addBackup } from './backups/backup.ts'
import { addCheck } from './backups/check.ts'
import { addRecover } from './backups/recover.ts'
import { addRestore } from './backups/restore.ts'
import { addClient } from './client.ts'
import { CommandError, type Env, printError } from './command.ts'
import { addDialects } from './dialects.ts'
import { addDoctor } from './doctor.ts'
import { addHealth } from './health.ts'
import { addInit } from './init.ts'
import { self } from './invocation.ts'
import { addKeys } from './keys.ts'
import { addMigrate } from './migrate.ts'
import { addExport } from './moving/export.ts'
import { addImport } from './moving/import.ts'
import { addServe } from './serve.ts'
import { addSetupLink } from './setup_link.ts'
import { addUsage } from './usage.ts'
import { addUser } from './user.ts'

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
  addServe(program, env)
  addApply(program, env)
  addImport(program, env)
  addExport(program, env)
  addUser(program, env)
  addClient(program, env)
  addAccess(program, env)
  addMigrate(program, env)
  addHealth(program, env)
  addInit(program, env)
  addSetupLink(program, env)
  addKeys(program, env)
  addDialects(program, env)
  addAudit(program, env)
  addDoctor(program, env)
  addBackup(program, env)
  addRestore(program, env)
  addRecover(program, env)
  addCheck(program, env)
  addUsage(program)
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

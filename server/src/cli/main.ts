/** The command `consentry`: one file per command, every one with `--json`. */
import { Command, CommanderError } from 'commander'
import { SettingsError } from '../settings.ts'
import { version } from '../version.ts'
import { CommandError, type Env, printError } from './command.ts'
import { addServe } from './serve.ts'

/** Runs a command line; answers the exit code. */
export async function run(argv: readonly string[], env: Env): Promise<number> {
  const program = new Command('consentry')
    .description("The authorization server for an API that other people's apps use.")
    .version(version, '-V, --version')
    .option('--json', 'one JSON document on standard output, errors as JSON on standard error')
    .option('--config <file>', 'settings file (JSON)')
    .showHelpAfterError('(add --help for what there is)')
    .addHelpText(
      'after',
      `
Exit codes: 0 done · 1 failed · 2 wrong command line or document · 3 wrong settings · 4 database out of reach

Examples:
  consentry serve                      start on http://localhost:3000, data in ./data
  consentry user create alice          make an account; asks for the password
  consentry client create "My app" --redirect-uri http://localhost:8080/callback
  consentry apply operator.json        bring the server in line with a document`,
    )
    .exitOverride()
  addServe(program, env)
  try {
    await program.parseAsync([...argv], { from: 'user' })
    return 0
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    const json = program.opts<{ json?: boolean }>().json === true
    if (error instanceof SettingsError) return printError(json, 'settings', error.message, 3)
    if (error instanceof CommandError) return printError(json, error.code, error.message, error.exitCode)
    return printError(json, 'failed', error instanceof Error ? error.message : String(error), 1)
  }
}

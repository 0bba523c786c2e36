/**
 * What the commands share: settings from flags, output for people or programs, and errors in one line. The server itself
 * is loaded by what needs it, so that help and errors are there at once.
 */
import { userInfo } from 'node:os'
import type { Command } from 'commander'
import type { ApplyContext } from '../engine/operator/apply/change.ts'
import type { Operator } from '../engine/operator/operator.ts'
import type { Millis } from '../lib/clock.ts'
import type { Log } from '../lib/log.ts'
import { messageOf } from '../lib/text/reason.ts'
import type { Settings } from '../settings.ts'
import type { ListPage, Storage } from '../storage/contract.ts'

export type Env = Readonly<Record<string, string | undefined>>

/** A command that cannot be done; the message is one line for a person. */
export class CommandError extends Error {
  override readonly name = 'CommandError'
  readonly code: string
  readonly exitCode: number
  constructor(code: string, message: string, exitCode = 1) {
    super(message)
    this.code = code
    this.exitCode = exitCode
  }
}

/**
 * Settings of a command: its own flags by setting name, over the environment and the file. `make` says whether data
 * folder and root secret are made where they are missing.
 */
export async function commandSettings(
  command: Command,
  env: Env,
  flags: Readonly<Record<string, string | undefined>> = {},
  make = true,
): Promise<Settings> {
  const { loadSettings } = await import('../settings.ts')
  const { config } = command.optsWithGlobals<{ config?: string }>()
  return loadSettings({ flags: { ...flags, CONSENTRY_CONFIG: config }, env, make })
}

/** The options by which a command that works on the database finds it. */
export function addStorageOptions(command: Command): Command {
  return command
    .option('--data <folder>', 'folder of the embedded database and the root secret (CONSENTRY_DATA)')
    .option('--database-url <url>', 'PostgreSQL instead of the embedded database (DATABASE_URL)')
}

/** The settings of a command with these options. */
export function storageSettings(command: Command, env: Env, make = true): Promise<Settings> {
  const { data, databaseUrl } = command.opts<{ data?: string; databaseUrl?: string }>()
  return commandSettings(command, env, { CONSENTRY_DATA: data, DATABASE_URL: databaseUrl }, make)
}

/** Opens the database that options and settings name, works on it beside a running server, and closes it. */
export async function withStorage<T>(
  command: Command,
  env: Env,
  work: (context: ApplyContext, settings: Settings) => Promise<T>,
): Promise<T> {
  const settings = await storageSettings(command, env)
  const storage = await openOrFail(settings)
  try {
    const { createKeyring } = await import('../runtime/keys/keyring.ts')
    const { createPasswords } = await import('../runtime/limits/passwords.ts')
    const keyring = createKeyring(settings.secrets, settings.issuer, storage.installation)
    const { mailWay } = await import('../settings.ts')
    const mailer = { way: mailWay(settings) }
    const outbound = {
      allowed: settings.outboundAllowed,
      paused: async () => (await storage.recovery.find())?.paused === true,
    }
    const passwords = createPasswords()
    return await work({ settings, storage, clock: storage.clock, keyring, mailer, passwords, outbound }, settings)
  } finally {
    await storage.close()
  }
}

/** Opens the database and brings it up to date, unless `migrate` is false. Throws CommandError where that cannot be done. */
export async function openOrFail(settings: Settings, options: { readonly migrate?: boolean } = {}): Promise<Storage> {
  try {
    const { openStorage } = await import('../open_storage.ts')
    return await openStorage(settings, await commandLog(), options)
  } catch (error) {
    throw new CommandError('database', `${databaseName(settings)}: ${messageOf(error)}`, 4)
  }
}

/** A moment as commands name it, in UTC: 2026-11-27T21:30:00.000Z. None stays none. */
export function moment(at: Millis): string
export function moment(at: Millis | null): string | null
export function moment(at: Millis | null): string | null {
  return at === null ? null : new Date(at).toISOString()
}

/** Who gives the command, for the audit log. */
export function commandLine(via: 'command' | 'apply' = 'command'): Operator {
  return { via, user: machineUser() }
}

/** The user of the machine that runs the command. In a container they may have a number and no name. */
function machineUser(): string {
  try {
    return userInfo().username
  } catch {
    return String(process.getuid?.() ?? 'unknown')
  }
}

export function databaseName(settings: Settings): string {
  if (settings.databaseUrl === undefined) return `SQLite in ${settings.data}`
  const url = new URL(settings.databaseUrl)
  return `PostgreSQL at ${url.host}${url.pathname}`
}

function wantsJson(command: Command): boolean {
  return command.optsWithGlobals<{ json?: boolean }>().json === true
}

/** Commands other than serve keep quiet unless something is wrong. */
export async function commandLog(): Promise<Log> {
  const { createLog } = await import('../lib/log.ts')
  return createLog('error')
}

/** Prints a result: the document for programs, or the lines for people. */
export function printResult(command: Command, document: unknown, lines: readonly string[]): void {
  process.stdout.write(wantsJson(command) ? `${JSON.stringify(document, null, 2)}\n` : `${lines.join('\n')}\n`)
}

/** Prints what went wrong, each line of it under our name; answers the exit code. */
export function printError(json: boolean, code: string, message: string, exitCode: number): number {
  process.stderr.write(
    json
      ? `${JSON.stringify({ error: { code, message } })}\n`
      : `consentry: ${message.replaceAll('\n', '\nconsentry: ')}\n`,
  )
  return exitCode
}

/** A whole number of an option; throws CommandError. */
export function wholeNumber(flag: string, text: string): number {
  if (!/^[0-9]{1,9}$/.test(text)) throw new CommandError('wrong_value', `${flag} must be a whole number.`, 2)
  return Number(text)
}

/** Throws CommandError if the list does not have the place that was asked for. */
export function requirePlace<T>(page: ListPage<T> | undefined): ListPage<T> {
  if (page !== undefined) return page
  throw new CommandError('wrong_value', '--after must be what a list with the same filters named as next.', 2)
}

/** The lines of a page: its items, or that there are none, and how to see more. */
export function listLines(lines: readonly string[], none: string, next: string | undefined): readonly string[] {
  if (next !== undefined) return [...lines, `There are more. Go on with --after ${next}`]
  return lines.length === 0 ? [none] : lines
}

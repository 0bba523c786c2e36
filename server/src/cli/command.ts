/** What the commands share: settings from flags, output for people or programs, and errors in one line. */
import type { Command } from 'commander'
import { createLog, type Log } from '../lib/log.ts'
import { loadSettings, type Settings } from '../settings.ts'

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

/** Settings of a command: its own flags by setting name, over the environment and the file. */
export function commandSettings(
  command: Command,
  env: Env,
  flags: Readonly<Record<string, string | undefined>> = {},
): Settings {
  const { config } = command.optsWithGlobals<{ config?: string }>()
  return loadSettings({ flags: { ...flags, CONSENTRY_CONFIG: config }, env })
}

export function wantsJson(command: Command): boolean {
  return command.optsWithGlobals<{ json?: boolean }>().json === true
}

/** Commands other than serve keep quiet unless something is wrong. */
export function commandLog(): Log {
  return createLog('error')
}

/** Prints a result: the document for programs, or the lines for people. */
export function printResult(command: Command, document: unknown, lines: readonly string[]): void {
  process.stdout.write(wantsJson(command) ? `${JSON.stringify(document, null, 2)}\n` : `${lines.join('\n')}\n`)
}

export function printError(json: boolean, code: string, message: string, exitCode: number): number {
  process.stderr.write(json ? `${JSON.stringify({ error: { code, message } })}\n` : `consentry: ${message}\n`)
  return exitCode
}

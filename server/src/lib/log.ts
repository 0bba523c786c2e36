/**
 * The process's log through pino, with everything that could be a secret taken out: JSON lines for programs, plain lines
 * where a person looks at a terminal.
 */
import { Writable } from 'node:stream'
import { type Logger, pino } from 'pino'

export type Log = Pick<Logger, 'debug' | 'info' | 'warn' | 'error' | 'fatal'>

/** Header and member names whose values never reach a log line. */
const redacted = [
  'authorization',
  'cookie',
  'set-cookie',
  'dpop',
  'subscription-key',
  'password',
  'client_secret',
  'code',
  'code_verifier',
  'access_token',
  'refresh_token',
  'id_token',
  'token',
  'secret',
]

type Destination = NodeJS.WritableStream & { readonly isTTY?: boolean }

/** A logger that writes to `destination` (standard error by default, so that command output stays clean). */
export function createLog(level: string, destination: Destination = process.stderr): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: {
        paths: redacted.flatMap((name) => [`["${name}"]`, `*["${name}"]`, `*.*["${name}"]`]),
        censor: '[taken out]',
      },
    },
    destination.isTTY === true ? plainly(destination) : destination,
  )
}

const levels: Readonly<Record<string, string>> = { 20: 'debug', 30: 'info', 40: 'warning', 50: 'error', 60: 'fatal' }

/** Turns pino's JSON lines into plain ones: time, level, message, the rest as name=value, an error's stack below. */
function plainly(destination: NodeJS.WritableStream): Writable {
  return new Writable({
    decodeStrings: false,
    write(line: string | Buffer, _encoding, done) {
      destination.write(plainLine(JSON.parse(String(line))))
      done()
    },
  })
}

/** One record of the log as a person reads it. Text from outside keeps its quotes and escapes. */
function plainLine(record: Readonly<Record<string, unknown>>): string {
  const { level, time, msg, err, ...more } = record
  const details = Object.entries(more).map(([name, value]) => ` ${name}=${JSON.stringify(value)}`)
  const { message, stack } = (err ?? {}) as { readonly message?: string; readonly stack?: string }
  const cause = stack ?? message
  const head = `${String(time).slice(11, 19)} ${levels[String(level)] ?? level}: ${msg ?? ''}${details.join('')}`
  const line = escapeControls(head)
  return cause === undefined ? `${line}\n` : `${line}\n  ${escapeControls(cause).replaceAll('\n', '\n  ')}\n`
}

/** Control characters other than the line break, which a terminal would obey. */
function escapeControls(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it is about
  return text.replace(/[\0-\x09\x0b-\x1f\x7f-\x9f]/g, (found) => JSON.stringify(found).slice(1, -1))
}

/** The process's log: JSON lines through pino, with everything that could be a secret taken out. */
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

/** A logger that writes to `destination` (standard error by default, so that command output stays clean). */
export function createLog(level: string, destination: NodeJS.WritableStream = process.stderr): Logger {
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
    destination,
  )
}

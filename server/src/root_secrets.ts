/** The root secrets of a process: given, in a file, or made in the data folder on the first start. */
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeFolder } from './lib/folder.ts'
import { randomText } from './lib/random.ts'
import { messageOf } from './lib/text/reason.ts'
import { SettingsError } from './settings_error.ts'

const shortestSecret = 32

export interface SecretSources {
  /** The secrets themselves (CONSENTRY_SECRET). */
  readonly given: string | undefined
  /** The file that holds them (CONSENTRY_SECRET_FILE). */
  readonly file: string | undefined
  /** The data folder, whose file `secret` counts where neither is set. */
  readonly data: string
  /** Whether folder and secret are made where they are missing. */
  readonly make: boolean
}

/**
 * The root secrets, oldest first, one to a line. A line that begins with + is known and not used yet; a single - keeps
 * the place of one that has been given up. Empty where there is none and none may be made. Throws SettingsError.
 */
export function loadRootSecrets({ given, file, data, make }: SecretSources): readonly string[] {
  if (given !== undefined && file !== undefined) {
    throw new SettingsError('CONSENTRY_SECRET and CONSENTRY_SECRET_FILE are both set. Set one of them.')
  }
  const name = file === undefined ? 'CONSENTRY_SECRET' : 'CONSENTRY_SECRET_FILE'
  const text = given ?? (file === undefined ? readOrMake(data, make) : readText(file, name))
  if (text === undefined) return []
  const secrets = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
  for (const secret of secrets) {
    const plain = secret.replace(/^\+/, '')
    if (plain === '-') continue
    if (plain.length < shortestSecret) {
      throw new SettingsError(`${name} must have at least ${shortestSecret} characters`)
    }
    if (/^(.)\1*$/.test(plain)) throw new SettingsError(`${name} is one character repeated`)
  }
  if (!secrets.some((secret) => secret !== '-' && !secret.startsWith('+'))) {
    throw new SettingsError(`${name} holds no secret to use`)
  }
  return secrets
}

/** The text of a file that the setting `name` names. Throws SettingsError. */
export function readText(path: string, name: string): string {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch (error) {
    throw new SettingsError(`${name} cannot be read: ${messageOf(error)}`)
  }
}

/** The secret in the data folder, made on the first start. The folder is closed to others. */
function readOrMake(data: string, make: boolean): string | undefined {
  const path = join(data, 'secret')
  try {
    if (!make && !existsSync(path)) return undefined
    if (!existsSync(data)) {
      makeFolder(data)
      chmodSync(data, 0o700)
    }
    if (!existsSync(path)) {
      try {
        writeFileSync(path, `${randomText(32)}\n`, { mode: 0o600, flag: 'wx' })
      } catch (error) {
        // Another process that starts at the same moment may have been faster.
        if (!existsSync(path)) throw error
      }
    }
    return readFileSync(path, 'utf8').trim()
  } catch (error) {
    throw new SettingsError(`CONSENTRY_DATA cannot be used: ${messageOf(error)}`)
  }
}

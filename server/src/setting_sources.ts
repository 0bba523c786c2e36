/** Where settings come from: flags, environment and file; and what the operator is shown of them. */
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { type Millis, second } from './lib/clock.ts'
import { dialects } from './protocol/dialects.ts'
import type { EngineSettings, SettingSource, ShownSetting } from './runtime/context.ts'
import { readSettingsFile } from './setting_values.ts'

export interface Sources {
  readonly flags?: Readonly<Record<string, string | undefined>>
  readonly env: Readonly<Record<string, string | undefined>>
  /** Whether data folder and root secret are made where they are missing (true). */
  readonly make?: boolean
}

/** The settings file that is read where none is named. */
export const usualFile = 'consentry.json'

/** The file that is named, or else the usual one where the working folder has it. */
export function settingsFile({ flags = {}, env }: Sources): string | undefined {
  const named = flags.CONSENTRY_CONFIG || env.CONSENTRY_CONFIG
  if (named) return resolve(named)
  return existsSync(usualFile) ? resolve(usualFile) : undefined
}

/** What was given, and by which of the sources. */
export interface Given {
  readonly values: Readonly<Record<string, unknown>>
  readonly from: ReadonlyMap<string, Exclude<SettingSource, 'default'>>
}

/** What flags, environment and file say, the first of them that says it. `known` has the names of all settings. */
export function merge(
  { flags = {}, env }: Sources,
  file: string | undefined,
  known: Readonly<Record<string, unknown>>,
): Given {
  const merged: Record<string, unknown> = file === undefined ? {} : readSettingsFile(file)
  for (const [name, value] of Object.entries(merged)) if (value === '') delete merged[name]
  const from = new Map(Object.keys(merged).map((name) => [name, 'file' as Exclude<SettingSource, 'default'>]))
  for (const [of, source] of [
    ['environment', env],
    ['flag', flags],
  ] as const) {
    const said = Object.entries(source).filter(([name, value]) => value && (name in known || isOurs(name, value)))
    // A secret that this source gives takes the place of the file that one before it names, and the other way round.
    for (const [name] of said) {
      const other = name.endsWith('_FILE') ? name.slice(0, -'_FILE'.length) : `${name}_FILE`
      if (other in known) delete merged[other]
    }
    for (const [name, value] of said) {
      merged[name] = value
      from.set(name, of)
    }
  }
  delete merged.CONSENTRY_CONFIG
  return { values: merged, from }
}

/**
 * Whether a variable could only be a setting of this program. A cluster that has a service called consentry puts that
 * service's address into variables of these names.
 */
function isOurs(name: string, value: string): boolean {
  // A cluster writes a whole address there, which a number is not.
  if (name === 'CONSENTRY_PORT') return !/^\w+:\/\//.test(value)
  return name.startsWith('CONSENTRY_') && !/^CONSENTRY_(?:SERVICE_(?:HOST|PORT)|PORT)(?:_|$)/.test(name)
}

/** Holds a secret, as all that can be read from a file of its own, or may hold one, as a URL with a key does. */
function isSecret(name: string, names: readonly string[]): boolean {
  return names.includes(`${name}_FILE`) || name === 'CONSENTRY_BREACH_CHECK'
}

/** Settings whose default depends on others. */
interface Decided
  extends Pick<
    EngineSettings,
    'issuer' | 'dialects' | 'dataApi' | 'appRegistration' | 'signUp' | 'passwordMinimum' | 'passkeyRpId'
  > {
  readonly data: string
  readonly drain: Millis
  readonly secrets: readonly string[]
}

/** Every setting of these names as it is in force, for the operator to see: of a secret only that it is set. */
export function shownSettings(
  names: readonly string[],
  given: Readonly<Record<string, unknown>>,
  decided: Decided,
  from: Given['from'],
): readonly ShownSetting[] {
  const inForce: Readonly<Record<string, unknown>> = {
    ...given,
    CONSENTRY_ISSUER: decided.issuer,
    CONSENTRY_DATA: decided.data,
    // Also where it was made in the data folder.
    CONSENTRY_SECRET: decided.secrets[0],
    CONSENTRY_DIALECTS:
      dialects
        .slice(1)
        .filter((dialect) => decided.dialects.has(dialect))
        .join(', ') || 'none',
    CONSENTRY_DATA_API: decided.dataApi ? 'on' : 'off',
    CONSENTRY_DRAIN: decided.drain / second,
    CONSENTRY_APP_REGISTRATION: decided.appRegistration,
    CONSENTRY_SIGNUP: decided.signUp,
    CONSENTRY_PASSWORD_MIN: decided.passwordMinimum,
    CONSENTRY_PASSKEY_RP_ID: decided.passkeyRpId,
  }
  return names.map((name) => {
    const value = inForce[name]
    const secret = isSecret(name, names) && value !== undefined && value !== 'on' && value !== 'off'
    const source = from.get(name) ?? from.get(`${name}_FILE`) ?? 'default'
    return { name, value: secret || value === undefined ? null : String(value), secret, from: source }
  })
}

/** Where settings come from: flags, environment and file, before anything of them is judged. */
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
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

/** What flags, environment and file say, the first of them that says it. `known` has the names of all settings. */
export function merge(
  { flags = {}, env }: Sources,
  file: string | undefined,
  known: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const merged: Record<string, unknown> = file === undefined ? {} : readSettingsFile(file)
  for (const [name, value] of Object.entries(merged)) if (value === '') delete merged[name]
  for (const source of [env, flags]) {
    const said = Object.entries(source).filter(([name, value]) => value && (name in known || isOurs(name, value)))
    // A secret that this source gives takes the place of the file that one before it names, and the other way round.
    for (const [name] of said) {
      const other = name.endsWith('_FILE') ? name.slice(0, -'_FILE'.length) : `${name}_FILE`
      if (other in known) delete merged[other]
    }
    for (const [name, value] of said) merged[name] = value
  }
  delete merged.CONSENTRY_CONFIG
  return merged
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

/**
 * How this command is called from the working folder, so that what is printed can be pasted. It names a file of the
 * installation: a bare `npx consentry` outside of it would fetch whatever the public registry has under that name.
 */
import { existsSync, realpathSync } from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'

/** The words that call the command, from the path of the script that runs (`process.argv[1]`) and the working folder. */
export function invocationOf(script: string | undefined, folder: string): string {
  if (script === undefined) return 'consentry'
  if (basename(dirname(script)) === '.bin') return 'npx --no-install consentry'
  if (basename(script) !== 'consentry.js') return 'consentry'
  return `node ${shellWord(relative(folder, script))}`
}

/** A file of the checkout that the command runs from, as it is named from the working folder; undefined elsewhere. */
export function checkoutFile(path: string): string | undefined {
  const script = process.argv[1]
  if (script === undefined || !existsSync(script)) return undefined
  const file = join(dirname(realpathSync(script)), '..', '..', path)
  return existsSync(file) ? shellWord(relative(process.cwd(), file)) : undefined
}

/** A value as one word of a shell's command line. */
export function shellWord(value: string): string {
  return /^[\w@%+=:,./~-]+$/.test(value) ? value : `'${value.replaceAll("'", "'\\''")}'`
}

/** The words that call the command here and now. */
export const self = invocationOf(process.argv[1], process.cwd())

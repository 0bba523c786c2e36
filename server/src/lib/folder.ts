/** Making a folder of our own. */
import { existsSync, mkdirSync } from 'node:fs'
import { dirname, resolve } from 'node:path'

/**
 * Makes a folder that only its owner may open, and those above it that are missing. Throws what the system says. (Node's
 * own `recursive` never ends below /proc on some versions, where a folder neither exists nor can be made.)
 */
export function makeFolder(path: string): void {
  const missing: string[] = []
  for (let folder = resolve(path); !existsSync(folder); folder = dirname(folder)) {
    missing.unshift(folder)
    if (folder === dirname(folder)) break
  }
  for (const folder of missing) {
    try {
      mkdirSync(folder, { mode: 0o700 })
    } catch (error) {
      // Another process that starts at the same moment may have been faster.
      if (!existsSync(folder)) throw error
    }
  }
}

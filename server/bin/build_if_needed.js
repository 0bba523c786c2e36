/** Builds the server where a checkout has sources or packages newer than its build. A published package has no sources. */
import { existsSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { bundle } from './bundle.js'

const root = dirname(dirname(fileURLToPath(import.meta.url)))

/** Builds if needed, and in any case where it is to be `fresh`. Throws where it is needed and cannot be done. */
export async function buildIfNeeded(fresh = false) {
  const source = join(root, 'src')
  const built = join(root, 'dist', 'consentry.js')
  if (!existsSync(source)) return
  // A record of our own: the compiler writes into the same folder.
  const record = join(root, 'dist', '.built')
  if (!fresh && existsSync(built) && isNewer(record, source)) return
  if (findUpwards('node_modules/rolldown/package.json') === undefined) {
    if (existsSync(built)) return
    throw new Error('Consentry is not built, and what builds it is not installed. Run npm ci in the checkout first.')
  }
  process.stderr.write('Building Consentry (once, a few seconds) …\n')
  try {
    await recorded(record, () => bundle(root))
  } catch (error) {
    throw new Error(`The build failed:\n${error instanceof Error ? error.message : error}`)
  }
}

/** Whether the build that left this record has all that is below these folders, and the packages that are installed. */
export function isNewer(record, ...folders) {
  if (!existsSync(record)) return false
  // A build holds a copy of packages: a repaired one that was just installed must not go unused.
  const installed = findUpwards('node_modules/.package-lock.json')
  const changed = [...folders.map(newest), installed === undefined ? 0 : statSync(installed).mtimeMs]
  return Math.max(...changed) <= statSync(record).mtimeMs
}

/** Builds, and leaves a record of when that was begun. */
export async function recorded(record, build) {
  const started = new Date()
  await build()
  writeFileSync(record, '')
  utimesSync(record, started, started)
}

/** When anything below the folder was last changed, in milliseconds. */
function newest(folder) {
  let latest = 0
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    latest = Math.max(latest, entry.isDirectory() ? newest(path) : statSync(path).mtimeMs)
  }
  return latest
}

/** The file of this name in the folder of the package or in the nearest one above that has it. */
function findUpwards(name) {
  for (let folder = root; ; folder = dirname(folder)) {
    const path = join(folder, name)
    if (existsSync(path)) return path
    if (folder === dirname(folder)) return undefined
  }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href)
  await buildIfNeeded(process.argv.includes('--fresh'))

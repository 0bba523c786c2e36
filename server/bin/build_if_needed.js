/** Builds the server where a checkout has sources or packages newer than its build. A published package has no sources. */
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))

/** Builds if needed. Throws where it is needed and cannot be done. */
export function buildIfNeeded() {
  const source = join(root, 'src')
  const built = join(root, 'dist', 'consentry.js')
  if (!existsSync(source)) return
  // A record of our own: the compiler leaves outputs that stay the same alone, and its own record also moves when it
  // only checks types.
  const record = join(root, 'dist', '.built')
  // The build holds a copy of packages: a repaired one that was just installed must not go unused.
  const installed = findUpwards('node_modules/.package-lock.json')
  if (existsSync(built) && existsSync(record)) {
    const changed = Math.max(newest(source), installed === undefined ? 0 : statSync(installed).mtimeMs)
    if (changed <= statSync(record).mtimeMs) return
  }
  const compiler = findUpwards('node_modules/typescript/bin/tsc')
  if (compiler === undefined) {
    if (existsSync(built)) return
    throw new Error('Consentry is not built and TypeScript is not installed. Run npm ci in the checkout first.')
  }
  process.stderr.write('Building Consentry …\n')
  const started = new Date()
  // Where the build is gone but the compiler's record is not, it would think that there is nothing to do.
  const force = existsSync(built) ? [] : ['--force']
  const { status, stdout, error } = spawnSync(process.execPath, [compiler, '-b', root, ...force], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`The build failed:\n${error?.message ?? stdout}`)
  const bundling = spawnSync(process.execPath, [join(root, 'bin', 'bundle.js'), root], { encoding: 'utf8' })
  if (bundling.status !== 0) throw new Error(`The build failed:\n${bundling.error?.message ?? bundling.stderr}`)
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

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) buildIfNeeded()

/** Builds the server where a checkout has sources newer than their build. A published package has nothing to build. */
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))

/** Builds if needed. Throws where it is needed and cannot be done. */
export function buildIfNeeded() {
  const source = join(root, 'src')
  const built = join(root, 'dist', 'cli', 'main.js')
  if (!existsSync(source)) return
  if (existsSync(built) && newest(source) <= oldestBuild()) return
  const compiler = findCompiler()
  if (compiler === undefined) {
    if (existsSync(built)) return
    throw new Error('Consentry is not built and TypeScript is not installed. Run npm ci in the checkout first.')
  }
  process.stderr.write('Building Consentry …\n')
  const { status, stdout } = spawnSync(process.execPath, [compiler, '-b', root], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`The build failed:\n${stdout}`)
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

/** When the build was last brought up to date; the compiler touches this file even where nothing changed. */
function oldestBuild() {
  const record = join(root, 'tsconfig.tsbuildinfo')
  return existsSync(record) ? statSync(record).mtimeMs : 0
}

function findCompiler() {
  for (let folder = root; ; folder = dirname(folder)) {
    const path = join(folder, 'node_modules', 'typescript', 'bin', 'tsc')
    if (existsSync(path)) return path
    if (folder === dirname(folder)) return undefined
  }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) buildIfNeeded()

/** Checkouts of the repository, built by their own commands. */
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

/** The checkout that this benchmark belongs to. */
export const ownRoot = dirname(dirname(fileURLToPath(import.meta.url)))

/**
 * Installs what a checkout lacks, builds it, and answers where it is, which commit it is of, and what it measures:
 * `{root, commit, workloads, headersOf}`. Throws with what its commands said.
 */
export async function openCheckout(root) {
  const definitions = join(root, 'bench', 'workloads.mjs')
  if (!existsSync(definitions)) throw new Error(`${root} is no checkout with a benchmark`)
  build(root)
  const { workloads, headersOf } = await import(pathToFileURL(definitions).href)
  return { root, commit: commitOf(root), workloads, headersOf }
}

/** Installs what a checkout lacks and builds it. The seeds use single modules, which the start of a server does not build. */
export function build(root = ownRoot) {
  if (!existsSync(join(root, 'node_modules'))) npm(root, 'ci')
  npm(root, 'run', 'build')
}

function npm(root, ...args) {
  try {
    execFileSync('npm', args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
  } catch (error) {
    throw new Error(`npm ${args.join(' ')} failed in ${root}:\n${error.stdout ?? ''}${error.stderr ?? error.message}`)
  }
}

/** The commit that is checked out, with a mark where files were changed since. */
function commitOf(root) {
  try {
    const args = ['-C', root, 'describe', '--always', '--dirty', '--match', '']
    return execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
  } catch {
    return 'unknown'
  }
}

/** What the checks of packaging share: running a program, lines for what passed, and what a machine may lack. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../../', import.meta.url))

export function passed(what) {
  console.log(`✓ ${what}`)
}

/** Says loudly that something could not be looked at on this machine. */
export function notChecked(what, why) {
  console.log(`*** NOT CHECKED: ${what} (${why}) ***`)
}

/** Throws where it does not hold. */
export function holds(condition, what) {
  if (!condition) throw new Error(`Not true: ${what}`)
  passed(what)
}

/** Runs a program to its end; answers its output. Throws with all that it printed where it fails. */
export async function run(program, args, options = {}) {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options })
  const ended = Promise.race([once(child, 'close'), once(child, 'error').then(([error]) => Promise.reject(error))])
  const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), ended])
  if (code !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${code}:\n${out}${err}`)
  return out
}

/** The path of a program; undefined where this machine has it not. */
export function programPath(name) {
  const folders = (process.env.PATH ?? '').split(delimiter)
  return [...folders, '/usr/sbin'].map((folder) => join(folder, name)).find((path) => existsSync(path))
}

/** npm as a script that any Node can run. */
export async function npmScript() {
  if (process.env.npm_execpath?.endsWith('.js')) return process.env.npm_execpath
  return join((await run('npm', ['root', '--global'])).trim(), 'npm', 'bin', 'npm-cli.js')
}

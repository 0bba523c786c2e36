/**
 * Programs in other languages that sign people in here, built once and kept in a folder of the person who runs the suite
 * (INTEROP_CACHE). What the machine cannot build is skipped: the reason stands at the end of the run.
 */
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { access, cp, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export type Language = 'python' | 'go' | 'java'

const sources = fileURLToPath(new URL('../languages/', import.meta.url))
const cache = process.env.INTEROP_CACHE ?? join(homedir(), '.cache', 'consentry-interop')

interface Toolchain {
  /** Builds in a copy of the sources. */
  build(folder: string): Promise<void>
  /** How a program runs from there; `what` is its file, or its class. */
  run(folder: string, what: string): readonly [string, ...string[]]
}

const toolchains: Readonly<Record<Language, Toolchain>> = {
  python: {
    async build(folder) {
      await done('python3', ['-m', 'venv', join(folder, 'venv')], folder)
      // Where the folder is moved to, the programs of the venv are not found, but the interpreter is.
      await done(join(folder, 'venv/bin/python'), ['-m', 'pip', 'install', '-q', '-r', 'requirements.txt'], folder)
    },
    run: (folder, what) => [join(folder, 'venv/bin/python'), join(folder, what)],
  },
  go: {
    build: (folder) => done('go', ['build', '-o', 'program', '.'], folder),
    run: (folder) => [join(folder, 'program')],
  },
  java: {
    build: (folder) =>
      done('mvn', ['-q', '-B', 'compile', 'dependency:copy-dependencies', '-DoutputDirectory=target/lib'], folder),
    run: (folder, what) => ['java', '-cp', `${join(folder, 'target/classes')}:${join(folder, 'target/lib')}/*`, what],
  },
}

/** The command line of a program that was prepared in this folder. */
export function commandOf(language: Language, folder: string, what: string): readonly [string, ...string[]] {
  return toolchains[language].run(folder, what)
}

/** Why languages were skipped in this run, for its end: written by the worker that could not build. */
const skipped = join(cache, 'skipped')

/** Builds the programs of a language, unless they are there as they are now. Undefined where the machine cannot. */
export async function prepare(language: Language): Promise<string | undefined> {
  const source = join(sources, language)
  const folder = join(cache, `${language}-${await digestOf(source)}`)
  if (await isThere(folder)) return folder
  const begun = `${folder}.${process.pid}`
  try {
    await mkdir(cache, { recursive: true })
    await cp(source, begun, { recursive: true })
    await toolchains[language].build(begun)
    await rename(begun, folder)
    return folder
  } catch (error) {
    await rm(begun, { recursive: true, force: true })
    const why = error instanceof Error ? error.message : String(error)
    await mkdir(skipped, { recursive: true })
    await writeFile(join(skipped, language), why)
    return undefined
  }
}

/** What was skipped, and forgets it. */
export async function takeSkipped(): Promise<readonly { readonly language: string; readonly why: string }[]> {
  const names = (await isThere(skipped)) ? await readdir(skipped) : []
  const all = names.map(async (language) => ({ language, why: await readFile(join(skipped, language), 'utf8') }))
  const found = await Promise.all(all)
  await rm(skipped, { recursive: true, force: true })
  return found
}

/** Of the names and texts of all files below. */
async function digestOf(folder: string): Promise<string> {
  const hash = createHash('sha256').update(process.version)
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  for (const path of entries
    .filter((entry) => entry.isFile())
    .map((one) => join(one.parentPath, one.name))
    .sort()) {
    hash.update(path.slice(folder.length)).update(await readFile(path))
  }
  return hash.digest('hex').slice(0, 16)
}

function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}

/** Runs a command to its end. Throws with what it said where it fails, is not there, or takes longer than four minutes. */
async function done(command: string, args: readonly string[], cwd: string): Promise<void> {
  const child = spawn(command, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'], timeout: 240_000 })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-500)
    })
  }
  const [code] = (await once(child, 'close')) as [number | null]
  if (code !== 0) throw new Error(`${command} ${args[0]} ended with ${code}: ${said.trim()}`)
}

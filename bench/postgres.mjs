/** A private PostgreSQL from the system's binaries in a temporary folder, durable like a production one. */
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { freePort, pinned } from './processes.mjs'

const root = '/usr/lib/postgresql'
/** PostgreSQL refuses to run as root; nobody exists everywhere. */
const nobody = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {}

/** The folder of the newest installed server, or undefined where there is none. */
export function postgresBinaries() {
  const versions = existsSync(root) ? readdirSync(root).sort((a, b) => Number(b) - Number(a)) : []
  return versions.map((version) => join(root, version, 'bin')).find((folder) => existsSync(join(folder, 'initdb')))
}

/** Starts a server with an empty cluster in `folder`, which must be one that nobody can enter, on `core`. */
export async function startPostgres({ binaries, folder, core }) {
  mkdirSync(folder, { mode: 0o700 })
  chmodSync(folder, 0o700)
  if (nobody.uid !== undefined) chownSync(folder, nobody.uid, nobody.gid)
  const data = join(folder, 'data')
  const init = ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C']
  execFileSync(join(binaries, 'initdb'), init, { ...nobody, cwd: '/', stdio: 'ignore', env: { LC_ALL: 'C' } })
  const port = await freePort()
  const settings = {
    port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    fsync: 'on',
    synchronous_commit: 'on',
    max_connections: 200,
    shared_buffers: '512MB',
    max_wal_size: '4GB',
  }
  const options = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const [program, ...args] = pinned(core, [join(binaries, 'postgres'), '-D', data, ...options])
  const child = spawn(program, args, { ...nobody, cwd: '/', stdio: 'ignore' })
  const kill = () => void child.kill('SIGQUIT')
  process.on('exit', kill)
  const url = (database) => `postgres://postgres@127.0.0.1:${port}/${database}`

  async function query(sql, database = 'postgres') {
    const client = new pg.Client({ connectionString: url(database) })
    client.on('error', () => undefined)
    await client.connect()
    try {
      return (await client.query(sql)).rows
    } finally {
      await client.end()
    }
  }

  for (let tries = 0; ; tries++) {
    const failed = await query('select 1').then(
      () => undefined,
      (error) => error,
    )
    if (failed === undefined) break
    if (tries > 400 || child.exitCode !== null) throw new Error('PostgreSQL did not start', { cause: failed })
    await sleep(25)
  }
  return {
    pid: child.pid,
    url,
    query,
    async stop() {
      if (child.exitCode === null) {
        child.kill('SIGINT')
        await once(child, 'exit')
      }
      process.off('exit', kill)
    },
  }
}

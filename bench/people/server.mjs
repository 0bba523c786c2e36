/** A built server on each database, with accounts in it, as people reach it: what the measurements of pages share. */
import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ownRoot } from '../checkout.mjs'
import { postgresBinaries, startPostgres } from '../postgres.mjs'
import { freePort, startServer } from '../processes.mjs'

/** Root secret of databases that live for one run; it guards nothing. */
const rootSecret = 'the root secret of a database that lives for one benchmark'

/** Password of every account here. */
export const password = 'seven green kettles whisper'

const program = join(ownRoot, 'server', 'bin', 'consentry.js')

/**
 * Runs `work(driver, server)` against SQLite and, where its binaries are installed, PostgreSQL. `people` are the accounts,
 * as `{username, email}`, with proved addresses; `env` more settings; `database` the driver, where it shall be one alone.
 * `server` has its `issuer`.
 */
export async function onEachDatabase({ people, env = {}, database }, work) {
  const folder = mkdtempSync(join(tmpdir(), 'consentry-people-'))
  // The user of PostgreSQL passes through; each server has a folder in it that nobody else can enter.
  chmodSync(folder, 0o711)
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1))
  if (database !== 'postgres') {
    await withServer({ folder: join(folder, 'sqlite'), people, env }, (server) => work('sqlite', server))
  }
  if (database === 'sqlite') return
  const binaries = postgresBinaries()
  if (binaries === undefined) {
    console.log('PostgreSQL is not installed here: left out')
    return
  }
  const postgres = await startPostgres({ binaries, folder: join(folder, 'postgres'), core: 1 })
  try {
    await postgres.query('create database people')
    const settings = { ...env, DATABASE_URL: postgres.url('people') }
    await withServer({ folder: join(folder, 'on_postgres'), people, env: settings }, (server) =>
      work('postgres', server),
    )
  } finally {
    await postgres.stop()
  }
}

async function withServer({ folder, people, env }, work) {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const port = await freePort()
  const issuer = `http://localhost:${port}`
  const settings = { CONSENTRY_ISSUER: issuer, CONSENTRY_SECRET: rootSecret, CONSENTRY_DATA: folder, ...env }
  const document = join(folder, 'people.json')
  const users = people.map((person) => ({ ...person, email_verified: true, password }))
  writeFileSync(document, JSON.stringify({ users }))
  execFileSync(process.execPath, [program, 'apply', document], { env: { ...process.env, ...settings } })
  const server = await startServer({
    command: [process.execPath, program, 'serve'],
    env: { NODE_ENV: 'production', ...settings, PORT: String(port) },
    core: 0,
    log: join(folder, 'server.log'),
    ready: `${issuer}/readyz`,
  })
  try {
    await work({ issuer })
  } finally {
    await server.stop()
  }
}

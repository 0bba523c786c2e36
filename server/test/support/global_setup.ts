/**
 * Before the suite: the built server, part of which the sources start as a process of its own, and a PostgreSQL for the
 * tests that need one, found or started when the first of them asks.
 */

import { once } from 'node:events'
import { chmodSync, existsSync, mkdtempSync, rmSync, statfsSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { buildCommand, buildPrograms } from './command.ts'
import { execute, type PostgresServer, startPostgres, templateDatabase } from './postgres_server.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Where a test worker asks for the server's URL: what it reads until the end of the line is the answer. */
    postgresPort: number
    /** A folder for databases that tests copy. */
    templates: string
  }
}

/** Bytes that tests may take: most of it is PostgreSQL, which is asked for 128 MB and keeps up to 1 GB of its log. */
const room = 4 * 1024 ** 3
const memory = '/dev/shm'

/** Where tests make their files: in memory where there is room, because every commit waits for the disk. */
function temporaryFolder(): string {
  const { bavail, bsize } = existsSync(memory) ? statfsSync(memory) : { bavail: 0, bsize: 0 }
  const folder = mkdtempSync(join(bavail * bsize > room ? memory : tmpdir(), 'consentry-tests-'))
  // PostgreSQL runs as somebody else.
  chmodSync(folder, 0o711)
  return folder
}

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  await Promise.all([buildCommand(), buildPrograms()])
  const folder = temporaryFolder()
  process.env.TMPDIR = folder
  const remove = () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
  // A run that is broken off comes to no teardown.
  process.once('exit', remove)
  let started: Promise<PostgresServer | undefined> | undefined

  async function url(): Promise<string> {
    if (process.env.TEST_DATABASE_URL) return process.env.TEST_DATABASE_URL
    started ??= startPostgres()
    return (await started)?.url ?? ''
  }

  const guard = createServer((socket) => {
    socket.on('error', () => undefined)
    url().then(
      (answer) => socket.end(answer),
      (error: unknown) => {
        console.error('PostgreSQL for the tests did not start:', error)
        socket.end()
      },
    )
  })
  guard.listen(0, '127.0.0.1')
  await once(guard, 'listening')
  const address = guard.address()
  if (address === null || typeof address === 'string') throw new Error('no port for the tests')
  project.provide('postgresPort', address.port)
  const templates = mkdtempSync(join(folder, 'templates-'))
  project.provide('templates', templates)

  return async () => {
    guard.close()
    await (await started)?.remove()
    const kept = process.env.TEST_DATABASE_URL
    if (kept) await execute(kept, `drop database if exists ${templateDatabase(templates)}`)
    remove()
  }
}

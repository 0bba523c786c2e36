/**
 * Before the suite: the built server, part of which the sources start as a process of its own, and a PostgreSQL for the
 * tests that need one, found or started when the first of them asks.
 */

import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { buildCommand } from './command.ts'
import { type PostgresServer, startPostgres } from './postgres_server.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Where a test worker asks for the server's URL: what it reads until the end of the line is the answer. */
    postgresPort: number
    /** A folder for databases that tests copy. */
    templates: string
  }
}

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  await buildCommand()
  let started: Promise<PostgresServer | undefined> | undefined

  async function url(): Promise<string> {
    if (process.env.TEST_DATABASE_URL) return process.env.TEST_DATABASE_URL
    started ??= startPostgres()
    return (await started)?.url ?? ''
  }

  const door = createServer((socket) => {
    socket.on('error', () => undefined)
    url().then(
      (answer) => socket.end(answer),
      (error: unknown) => {
        console.error('PostgreSQL for the tests did not start:', error)
        socket.end()
      },
    )
  })
  door.listen(0, '127.0.0.1')
  await once(door, 'listening')
  const address = door.address()
  if (address === null || typeof address === 'string') throw new Error('no port for the tests')
  project.provide('postgresPort', address.port)
  const templates = mkdtempSync(join(tmpdir(), 'consentry-templates-'))
  project.provide('templates', templates)

  return async () => {
    door.close()
    rmSync(templates, { recursive: true, force: true })
    await (await started)?.remove()
  }
}

/**
 * A process that does long reads of a SQLite file for the server, one at a time. It can only read, and is told neither
 * tokens nor keys nor settings. The server ends it when a read takes too long.
 */
import { existsSync } from 'node:fs'
import { Kysely } from 'kysely'
import { type Measurement, StorageUnavailable } from '../contract.ts'
import { type LongRead, type LongReads, readHere } from '../sql/long_reads.ts'
import type { Tables } from '../sql/schema.ts'
import { attachLog, openReadOnly } from './database.ts'
import { sqliteDialect } from './dialect.ts'
import { facts } from './facts.ts'
import { type PackedRows, packRows } from './packed_rows.ts'

/** What the server asks. */
export interface Asked {
  readonly verb: LongRead
  readonly args: Parameters<LongReads[LongRead]>
}

/** What it is answered: first `ready`, then one of the others to each question. Errors arrive as those of JavaScript. */
export type Answered =
  | { readonly ready: true }
  | { readonly ok: unknown }
  | { readonly rows: PackedRows }
  | { readonly error: Error; readonly unavailable: boolean }

const [path = '', logPath = ''] = process.argv.slice(2)

function answer(message: Answered): void {
  process.send?.(message)
}

function answerError(error: unknown): void {
  const told = error instanceof Error ? error : new Error(String(error))
  answer({ error: told, unavailable: told instanceof StorageUnavailable })
}

// What a terminal or a service manager sends goes to every process of the group; the server says when it is time.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined)
process.on('disconnect', () => process.exit())

const database = await openReadOnly(path)
if (existsSync(logPath)) await attachLog(database, logPath)
const db = new Kysely<Tables>({ dialect: sqliteDialect(database, () => database.close()) })
const read = readHere({ db, facts })
process.on('message', ({ verb, args }: Asked) => {
  Promise.resolve(read(verb, args)).then((ok) => {
    // The rows of this list all have the same members, and there are many of them.
    answer(verb === 'listMeasurements' ? { rows: packRows(ok as Measurement[]) } : { ok })
  }, answerError)
})
answer({ ready: true })

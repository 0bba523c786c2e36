/** How the database is set up and how fast it is, as `doctor` says it. */
import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Settings } from '../../settings.ts'
import type { DatabaseVitals } from '../../storage/contract.ts'
import type { Finding } from './providers.ts'

const oldestMajor = 15
/** What a server opens at most: for tokens, for the rest, for long reads, and one that listens. */
const ofOneServer = 21
/** Milliseconds beyond which every page and every token waits noticeably. */
const slowRead = 20
const slowCommit = 100
/** Bytes. SQLite cuts the log to a quarter of it once nobody reads from it any more. */
const longLog = 268_435_456

/** None where the database does not answer, which others find. */
export async function lookAtVitals({ databaseUrl, data }: Pick<Settings, 'databaseUrl' | 'data'>): Promise<Finding[]> {
  if (databaseUrl === undefined) return lookAtLog(join(data, 'consentry.db-wal'))
  const { measurePostgres } = await import('../../open_storage.ts')
  const vitals = await measurePostgres(databaseUrl).catch(() => undefined)
  return vitals === undefined ? [] : judgePostgres(vitals)
}

/** What is to be said of a PostgreSQL. */
export function judgePostgres(vitals: DatabaseVitals): Finding[] {
  return [judgeVersion(vitals), judgeDurability(vitals), judgeSpeed(vitals), judgeConnections(vitals)]
}

function judgeVersion({ version, major }: DatabaseVitals): Finding {
  const check = 'database version'
  if (major >= oldestMajor) return { check, state: 'ok', text: `PostgreSQL ${version}` }
  const repair = `Move the database to PostgreSQL ${oldestMajor} or newer (pg_upgrade, or pg_dump and pg_restore).`
  return { check, state: 'problem', text: `PostgreSQL ${version} is too old`, repair }
}

function judgeDurability({ switchedOff }: DatabaseVitals): Finding {
  const check = 'database durability'
  if (switchedOff.length === 0) return { check, state: 'ok', text: 'commits wait for the disk' }
  const text = `PostgreSQL runs with ${switchedOff.map((name) => `${name}=off`).join(' and ')} and would lose acknowledged writes`
  const repair = `Until then the server does not start. Switch on ${switchedOff.join(' and ')}: in postgresql.conf, or where the role or the database has a setting of its own.`
  return { check, state: 'problem', text, repair }
}

function judgeSpeed({ read, commit }: DatabaseVitals): Finding {
  const check = 'database speed'
  const text = `a small read takes ${milliseconds(read)}, a durable commit ${milliseconds(commit)}`
  if (read > slowRead) {
    return { check, state: 'warning', text, repair: 'Bring server and database closer together, in one data center.' }
  }
  if (commit > slowCommit) {
    const repair = 'Give the write-ahead log of PostgreSQL a faster disk, or a standby that is nearer.'
    return { check, state: 'warning', text, repair }
  }
  return { check, state: 'ok', text }
}

function judgeConnections({ connectionsLeft }: DatabaseVitals): Finding {
  const check = 'database connections'
  const text = `${connectionsLeft} left, and a server opens up to ${ofOneServer}`
  if (connectionsLeft >= ofOneServer) return { check, state: 'ok', text }
  const repair =
    'Raise max_connections, or the connection limit of the database or the role, before another server starts.'
  return { check, state: 'warning', text, repair }
}

/** Whether something keeps the write-ahead log of SQLite from being brought into the file. */
function lookAtLog(path: string): Finding[] {
  const check = 'database log'
  const bytes = existsSync(path) ? statSync(path).size : 0
  const text = `the write-ahead log has ${Math.round(bytes / 1e6)} MB`
  if (bytes <= longLog) return [{ check, state: 'ok', text }]
  const repair = `End what else reads ${path.replace(/-wal$/, '')} for a long time, such as a forgotten sqlite3; then the server shortens it.`
  return [{ check, state: 'warning', text, repair }]
}

function milliseconds(value: number): string {
  return value < 1 ? 'under 1 ms' : `${Math.round(value)} ms`
}

/**
 * Connections to PostgreSQL, and what its errors mean. The room is the driver for PostgreSQL.
 * Not here: queries that both databases share (`sql/`). Neighbours: `../postgres.ts` puts its parts together; `sqlite/`
 * is beside and unknown. To add: a query that only PostgreSQL has, beside the verb that needs it.
 */
import pg from 'pg'
import { type PoolLoad, ReadTooLong, StorageUnavailable } from '../contract.ts'

export type Pool = pg.Pool
export type Client = pg.ClientBase
/** Told of faults that no caller hears of. */
export type Log = (message: string, error: unknown) => void

const int8 = 20

/** Counters and moments stay far below 2^53, so they come as numbers; in our pools only, not in the whole process. */
const types: pg.CustomTypesConfig = {
  getTypeParser: (oid, format) => (oid === int8 && format !== 'binary' ? Number : pg.types.getTypeParser(oid, format)),
}

export interface PoolLimits {
  readonly max: number
  /** How long one statement may take, on the server and, a little more, on this side of a dead line. */
  readonly statementTimeout: number
  /** Parameters of the sessions as PostgreSQL takes them on its command line. An address with its own has those. */
  readonly options?: string
}

/** Options of every connection, with nothing that could hang for ever. */
export function clientOptions(url: string, statementTimeout: number): pg.ClientConfig {
  return {
    connectionString: url,
    application_name: 'consentry',
    types,
    keepAlive: true,
    connectionTimeoutMillis: 2000,
    statement_timeout: statementTimeout,
    query_timeout: statementTimeout + 1000,
    lock_timeout: Math.min(statementTimeout, 3000),
    idle_in_transaction_session_timeout: 10_000,
  }
}

export function openPool(url: string, limits: PoolLimits, log: Log): Pool {
  const { max, statementTimeout, options } = limits
  const pool = new pg.Pool({ ...clientOptions(url, statementTimeout), max, options })
  // A connection may break while nobody waits for it; without a listener that would end the process.
  pool.on('error', (error) => log('an idle connection to PostgreSQL broke', error))
  pool.on('connect', (client) => client.on('error', () => undefined))
  return pool
}

/** How busy a pool is. */
export function loadOf(name: string, pool: Pool): PoolLoad {
  const { totalCount: open, idleCount: idle, waitingCount: waiting, options } = pool
  return { pool: name, open, idle, waiting, limit: options.max }
}

/** SQLSTATE classes (and single codes) by which the server says that it cannot serve anybody now. */
const unavailableClasses = new Set(['08', '53', '57', '58', 'F0', 'XX'])
const lockNotAvailable = '55P03'
const readOnly = '25006'

function sqlState(error: unknown): string | undefined {
  return error instanceof pg.DatabaseError ? error.code : undefined
}

/** Whether the database could not be reached or will take nothing now, as against a statement being wrong. */
export function isUnavailable(error: unknown): boolean {
  if (error instanceof StorageUnavailable) return true
  if (error instanceof TypeError || error instanceof RangeError) return false
  if (!(error instanceof pg.DatabaseError)) return error instanceof Error
  const code = error.code ?? ''
  if (code === lockNotAvailable || code === readOnly || error.severity === 'FATAL') return true
  return unavailableClasses.has(code.slice(0, 2))
}

/** Whether the same transaction may simply be tried again: deadlock, serialization failure. */
export function isConflict(error: unknown): boolean {
  return sqlState(error)?.startsWith('40') ?? false
}

/** Whether the server itself said that the statement failed, over a connection that still stands. */
export function isAnswer(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.severity === 'ERROR'
}

export function isUniqueViolation(error: unknown): boolean {
  return sqlState(error) === '23505'
}

/** Whether the role that we have lacks the right to do it. */
export function isForbidden(error: unknown): boolean {
  return sqlState(error) === '42501'
}

/** The error as a caller may see it. */
export function translate(error: unknown): unknown {
  if (error instanceof StorageUnavailable) return error
  if (!isUnavailable(error) && !isConflict(error)) return error
  const detail = error instanceof Error ? error.message : String(error)
  return new StorageUnavailable(`PostgreSQL is not available: ${detail}`, { cause: error })
}

const queryCanceled = '57014'

/** The same of a read whose statement may run out of its time, which says nothing against the database. */
export function translateRead(error: unknown): unknown {
  const code = sqlState(error)
  if (code !== queryCanceled && code !== lockNotAvailable) return translate(error)
  return new ReadTooLong('a read on PostgreSQL took too long', { cause: error })
}

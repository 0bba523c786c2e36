/** How a PostgreSQL is set up, how fast it is, and how much room there is in it for servers. */
import pg from 'pg'
import type { DatabaseVitals } from '../contract.ts'
import { clientOptions, translate } from './pool.ts'

const tries = 5

/** Looked up by one statement. A limit of -1 is none. */
const lookUp = `
  select current_setting('server_version') as version,
    current_setting('server_version_num')::int as number,
    current_setting('fsync') as fsync,
    current_setting('synchronous_commit') as commits,
    current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
      - coalesce(current_setting('reserved_connections', true), '0')::int as all_limit,
    (select sum(numbackends)::int from pg_stat_database) as all_open,
    datconnlimit as database_limit,
    (select numbackends from pg_stat_database where datname = current_database()) as database_open,
    (select rolconnlimit from pg_roles where rolname = current_user) as role_limit,
    (select count(*)::int from pg_stat_activity where usename = current_user) as role_open
  from pg_database where datname = current_database()`

interface Row {
  readonly version: string
  readonly number: number
  readonly fsync: string
  readonly commits: string
  readonly all_limit: number
  readonly all_open: number
  readonly database_limit: number
  readonly database_open: number
  readonly role_limit: number
  readonly role_open: number
}

/** Throws StorageUnavailable. */
export async function postgresVitals(url: string): Promise<DatabaseVitals> {
  const client = new pg.Client(clientOptions(url, 4000))
  client.on('error', () => undefined)
  try {
    await client.connect()
    const [row] = (await client.query<Row>(lookUp)).rows
    if (row === undefined) throw new Error('PostgreSQL does not name the database that it answers for')
    const limits: readonly (readonly [number, number])[] = [
      [row.all_limit, row.all_open],
      [row.database_limit, row.database_open],
      [row.role_limit, row.role_open],
    ]
    const set = limits.filter(([limit]) => limit >= 0)
    return {
      version: row.version,
      major: Math.floor(row.number / 10_000),
      switchedOff: [row.fsync === 'off' && 'fsync', row.commits === 'off' && 'synchronous_commit'].filter(
        (name) => name !== false,
      ),
      read: await fastest(() => client.query('select 1')),
      // A message in the write-ahead log, which belongs to nobody: its transaction waits for the disk as any other.
      commit: await fastest(() => client.query(`select pg_logical_emit_message(true, 'consentry', '')`)),
      connectionsLeft: Math.max(0, Math.min(...set.map(([limit, open]) => limit - open))),
    }
  } catch (error) {
    throw translate(error)
  } finally {
    await client.end().catch(() => undefined)
  }
}

/** Milliseconds of the fastest of a few: what others do at the moment is not what is asked for. */
async function fastest(work: () => Promise<unknown>): Promise<number> {
  let least = Number.POSITIVE_INFINITY
  for (let i = 0; i < tries; i++) {
    const from = performance.now()
    await work()
    least = Math.min(least, performance.now() - from)
  }
  return least
}

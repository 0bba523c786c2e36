/** Both ends of a backup in PostgreSQL: a database that may be served from meanwhile, and an empty one that is filled. */
import { Kysely } from 'kysely'
import pg from 'pg'
import { NotPermitted, PlaceTaken } from '../contract/faults.ts'
import { MigrationsPending, requireMigrated } from '../migrations/index.ts'
import { postgresDialect } from '../postgres/dialect.ts'
import { clientOptions, isForbidden, openPool, translate } from '../postgres/pool.ts'
import { facts, prepare } from '../postgres.ts'
import type { Tables } from '../sql/schema.ts'
import type { RowSource, Rows, RowTarget } from './rows.ts'

/** Milliseconds that one statement may take, and rows that are read at once. */
const patience = 3_600_000
const batch = 1000
/** Parameters of one INSERT; PostgreSQL takes 65,535. */
const mostParameters = 30_000

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({ ...clientOptions(url, patience), idle_in_transaction_session_timeout: 0 })
  client.on('error', () => undefined)
  try {
    await client.connect()
    return client
  } catch (error) {
    throw translate(error)
  }
}

/** Throws DatabaseOfLaterRelease or MigrationsPending where there may be tables that are not known here, and NotPermitted. */
export async function readPostgres(url: string): Promise<RowSource> {
  const db = new Kysely<Tables>({
    dialect: postgresDialect(openPool(url, { max: 1, statementTimeout: patience }, () => undefined)),
  })
  try {
    await requireMigrated({ db, facts, release: undefined })
  } catch (error) {
    throw permitted(error)
  } finally {
    await db.destroy()
  }
  const client = await connect(url)
  const ask = async <Row extends pg.QueryResultRow>(sql: string): Promise<Row[]> => {
    try {
      return (await client.query<Row>(sql)).rows
    } catch (error) {
      throw permitted(translate(error))
    }
  }
  await ask('begin isolation level repeatable read read only')
  await ask('select 1 from installation')
  return {
    async count(table) {
      const [row] = await ask<{ count: number }>(`select count(*) as count from ${quoted(table)}`)
      return row?.count ?? 0
    },
    async *read(table, columns) {
      await ask(`declare copied no scroll cursor for select ${columns.map(quoted).join(', ')} from ${quoted(table)}`)
      try {
        for (;;) {
          const rows = await ask(`fetch ${batch} from copied`)
          if (rows.length > 0) yield rows.map((row) => columns.map((column) => row[column])) as Rows
          if (rows.length < batch) return
        }
      } finally {
        await ask('close copied')
      }
    },
    async lastNumbers() {
      const numbers = new Map<string, number>()
      for (const { table, sequence } of await ask<Numbered>(numberedColumns)) {
        const [row] = await ask<{ last: number }>(
          `select case when is_called then last_value else last_value - 1 end as last from ${sequence}`,
        )
        numbers.set(table, row?.last ?? 0)
      }
      return numbers
    },
    close: () => client.end(),
  }
}

/** Stands there from the first table to the last row, so that what a killed restore has left is known for that. */
const unfinished = 'restore_unfinished'

/**
 * Makes the tables in an empty database, or in what a killed restore has left of one, and fills them in one transaction.
 * Throws PlaceTaken, NotPermitted.
 */
export async function fillPostgres(url: string): Promise<RowTarget> {
  const client = await connect(url)
  let committed = false
  try {
    await takeTurn(client)
    await clearRemains(client)
    const taken = await tablesOf(client)
    if (taken.length > 0) throw new PlaceTaken(sayTaken(client.database, taken))
    await client.query(`create table ${unfinished} ()`)
    await prepare({ url }, () => undefined).catch((error: unknown) => {
      throw error instanceof MigrationsPending ? permitted(error.cause) : error
    })
    await client.query('begin')
  } catch (error) {
    await client.end()
    throw error instanceof PlaceTaken || error instanceof NotPermitted ? error : permitted(translate(error))
  }
  return {
    async clear(table) {
      await client.query(`delete from ${quoted(table)}`)
    },
    async write(table, columns, rows) {
      const atOnce = Math.floor(mostParameters / columns.length)
      for (let from = 0; from < rows.length; from += atOnce) {
        const some = rows.slice(from, from + atOnce)
        const values = some.map(
          (_, row) => `(${columns.map((_, at) => `$${row * columns.length + at + 1}`).join(', ')})`,
        )
        const sql = `insert into ${quoted(table)} (${columns.map(quoted).join(', ')}) values ${values.join(', ')}`
        await client.query(sql, some.flat())
      }
    },
    async setLastNumbers(numbers) {
      const { rows } = await client.query<Numbered>(numberedColumns)
      for (const { table, sequence } of rows) {
        const last = numbers.get(table) ?? 0
        if (last > 0) await client.query('select setval($1, $2)', [sequence, last])
      }
    },
    async commit() {
      await client.query(`drop table ${unfinished}`)
      await client.query('commit')
      committed = true
    },
    async close() {
      try {
        if (committed) return
        await client.query('rollback')
        // It was empty when we came.
        await dropTables(client, await tablesOf(client))
      } finally {
        await client.end()
      }
    },
  }
}

/** The same error, unless it says that the role has no right to do it. */
function permitted(error: unknown): unknown {
  return isForbidden(error) && error instanceof Error ? new NotPermitted(error.message, { cause: error }) : error
}

/** Of two restores into one database the second goes away; PostgreSQL ends the turn with the connection. */
async function takeTurn(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ taken: boolean }>(
    'select pg_try_advisory_lock(hashtext($1), hashtext(current_schema())) as taken',
    [unfinished],
  )
  if (rows[0]?.taken !== true) throw new PlaceTaken(`Another restore into the database ${client.database} is running.`)
}

/** Where a server writes at its first start, and for its first person. */
const servedTables = ['signing_keys', 'users'] as const satisfies readonly (keyof Tables)[]

/** Nothing that a killed restore has written was committed. A database that was served from since is left as it is. */
async function clearRemains(client: pg.Client): Promise<void> {
  const tables = await tablesOf(client)
  if (!tables.includes(unfinished)) return
  for (const table of servedTables.filter((name) => tables.includes(name))) {
    const { rows } = await client.query(`select from ${table} limit 1`)
    if (rows.length > 0) throw new PlaceTaken(sayTaken(client.database, tables))
  }
  await dropTables(client, tables)
}

async function dropTables(client: pg.Client, tables: readonly string[]): Promise<void> {
  for (const table of tables) await client.query(`drop table ${quoted(table)} cascade`)
}

function sayTaken(database: string | undefined, tables: readonly string[]): string {
  const named = `${tables.slice(0, 3).join(', ')}${tables.length > 3 ? ', …' : ''}`
  return `The database ${database} has ${tables.length} ${tables.length === 1 ? 'table' : 'tables'} already (${named}).`
}

async function tablesOf(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `select c.relname as name from pg_class c
      where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p') order by c.relname`,
  )
  return rows.map(({ name }) => name)
}

interface Numbered {
  readonly table: string
  readonly sequence: string
}

/** The sequences behind numbered rows. */
const numberedColumns = `select table_name as table, pg_get_serial_sequence(quote_ident(table_name), column_name) as sequence
  from information_schema.columns where table_schema = current_schema() and is_identity = 'YES'`

function quoted(name: string): string {
  return `"${name}"`
}

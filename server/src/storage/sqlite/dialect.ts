/** Kysely over the node:sqlite API, for the queries that both databases share. */
import {
  type CompiledQuery,
  type DatabaseConnection,
  DeleteQueryNode,
  type Dialect,
  type Driver,
  InsertQueryNode,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  UpdateQueryNode,
} from 'kysely'
import { requireNoAct } from '../sql/acting.ts'
import { requireStorable } from '../text.ts'
import { type Database, type ObjectStatement, patiently, prepareObjects, type Turn, translate } from './database.ts'

/** SQLite rolls back schema changes like any other, so a migration is one transaction, and others wait for it. */
class Adapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true
  }
}

const statementsKept = 300

/** The one connection goes from hand to hand in the order it was asked for. */
function createTurns(): Turn {
  const waiting: (() => void)[] = []
  let taken = false
  return {
    take() {
      if (taken) return new Promise((resolve) => waiting.push(resolve))
      taken = true
      return Promise.resolve()
    },
    pass() {
      const next = waiting.shift()
      if (next === undefined) taken = false
      else next()
    },
  }
}

function answersRows(query: CompiledQuery['query']): boolean {
  const writes = InsertQueryNode.is(query) || UpdateQueryNode.is(query) || DeleteQueryNode.is(query)
  return !writes || query.returning !== undefined
}

/**
 * A transaction takes the write lock when it begins and lives within microtasks, so that no other part of this process
 * ever meets it half done: nothing but queries may be awaited inside. `committed` is called behind every write.
 */
export function sqliteDialect(database: Database, close: () => void, committed: () => void = () => undefined): Dialect {
  const statements = new Map<string, ObjectStatement>()
  const turns = createTurns()
  let inTransaction = false

  function prepare(sql: string): ObjectStatement {
    const known = statements.get(sql)
    if (known !== undefined) return known
    const statement = prepareObjects(database, sql)
    for (const oldest of statements.keys()) {
      if (statements.size < statementsKept) break
      statements.delete(oldest)
    }
    statements.set(sql, statement)
    return statement
  }

  function execute<Row>({ sql, parameters, query }: CompiledQuery): QueryResult<Row> {
    for (const value of parameters) if (typeof value === 'string') requireStorable('parameter', value)
    const statement = prepare(sql)
    if (answersRows(query)) return { rows: statement.all(...parameters) as Row[] }
    const { changes } = statement.run(...parameters)
    if (!inTransaction) committed()
    return { numAffectedRows: BigInt(changes), rows: [] }
  }

  const connection: DatabaseConnection = {
    async executeQuery<Row>(query: CompiledQuery) {
      // Within a transaction there is nothing to wait for, and waiting would leave it open over other people's turns.
      if (!inTransaction) return patiently<QueryResult<Row>>(() => execute(query), turns)
      try {
        return execute<Row>(query)
      } catch (error) {
        throw translate(error)
      }
    },
    // biome-ignore lint/correctness/useYield: nobody streams; the interface asks for a generator
    async *streamQuery() {
      throw new Error('sqlite: queries are not streamed')
    },
  }

  const driver: Driver = {
    async init() {},
    async acquireConnection() {
      requireNoAct()
      await turns.take()
      return connection
    },
    async beginTransaction() {
      await patiently(() => database.exec('begin immediate'), turns)
      inTransaction = true
    },
    async commitTransaction() {
      await patiently(() => database.exec('commit'))
      inTransaction = false
      committed()
    },
    async rollbackTransaction() {
      // Some faults (a full disk) have rolled back already.
      if (inTransaction && database.isTransaction !== false) database.exec('rollback')
      inTransaction = false
    },
    async releaseConnection() {
      turns.pass()
    },
    async destroy() {
      statements.clear()
      close()
    },
  }

  return {
    createAdapter: () => new Adapter(),
    createDriver: () => driver,
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  }
}

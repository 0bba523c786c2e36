/**
 * What migrations would do to a database, told before it is done: the statements, what each locks, and how long it is expected
 * to take. The migrations run against a connection that writes their statements down and answers no row.
 *
 * Not here: running them, which is `../migrations/index.ts`. Neighbours: `postgres.ts` and `sqlite.ts` beside, which read the
 * sizes of the tables. To add: what a statement does that is not known yet, a row of `kinds` in `work.ts`.
 */
import { type CompiledQuery, type DatabaseConnection, type Dialect, type Driver, Kysely } from 'kysely'
import type { MigrationPlan, PlannedMigration, PlannedStatement, TableSize } from '../contract.ts'
import { type Opened, pendingMigrations } from '../migrations/index.ts'
import type { Tables } from '../sql/schema.ts'
import { estimate, type Work, workOf } from './work.ts'

/** What a database says of a kind of work: the lock that it takes, or null where it takes none that matters. */
export type LockOf = (work: Work) => { readonly mode: string; readonly effect: string } | null

/** The plan of what is pending in a database whose tables have these sizes. Changes nothing. */
export async function planOf(
  opened: Opened,
  dialect: Dialect,
  sizes: ReadonlyMap<string, TableSize>,
  lockOf: LockOf,
): Promise<MigrationPlan> {
  const written: string[] = []
  const db = new Kysely<Tables>({ dialect: writingDown(dialect, written) })
  const fresh = new Set<string>()
  const plan: PlannedMigration[] = []
  for (const { name, migration } of await pendingMigrations(opened)) {
    written.length = 0
    await migration.up(db)
    const statements = written.map((sql): PlannedStatement => {
      const work = workOf(sql)
      if (work.kind === 'make') fresh.add(work.table)
      const through = work.through === undefined || fresh.has(work.through) ? undefined : sizes.get(work.through)
      const lock = work.kind === 'make' || fresh.has(work.table) ? null : lockOf(work)
      return {
        sql,
        lock: lock && { table: work.table, ...lock },
        size: through ?? null,
        expectedSeconds: through === undefined ? 0 : through.bytes / work.bytesPerSecond,
      }
    })
    plan.push({ name, statements })
  }
  return { migrations: plan, estimate }
}

/** A dialect whose connection keeps the text of each statement and answers no row. */
function writingDown(dialect: Dialect, written: string[]): Dialect {
  const nothing = async () => {}
  const connection: DatabaseConnection = {
    async executeQuery({ sql }: CompiledQuery) {
      written.push(sql.replace(/\s+/g, ' ').trim())
      return { rows: [] }
    },
    async *streamQuery() {},
  }
  const driver: Driver = {
    init: nothing,
    acquireConnection: async () => connection,
    beginTransaction: nothing,
    commitTransaction: nothing,
    rollbackTransaction: nothing,
    releaseConnection: nothing,
    destroy: nothing,
  }
  return {
    createDriver: () => driver,
    createAdapter: () => dialect.createAdapter(),
    createIntrospector: (db) => dialect.createIntrospector(db),
    createQueryCompiler: () => dialect.createQueryCompiler(),
  }
}

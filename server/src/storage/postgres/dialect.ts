/** Kysely over a pool whose faults are told as storage tells them. */
import { type Dialect, PostgresDialect, type PostgresPoolClient, type PostgresQueryResult } from 'kysely'
import { StorageUnavailable } from '../contract.ts'
import { requireNoAct } from '../sql/acting.ts'
import { requireStorable } from '../text.ts'
import { type Pool, translate } from './pool.ts'

/** `told` is an error as a caller shall see it. */
export function postgresDialect(pool: Pool, told: (error: unknown) => unknown = translate): Dialect {
  return new PostgresDialect({
    pool: {
      async connect(): Promise<PostgresPoolClient> {
        requireNoAct()
        const client = await pool.connect().catch(rethrow)
        let broken = false
        return {
          // Kysely also knows a form with a cursor, which we never use.
          async query<Row>(sql: unknown, parameters?: readonly unknown[]) {
            for (const value of parameters ?? []) if (typeof value === 'string') requireStorable('parameter', value)
            try {
              const result: unknown = await client.query(String(sql), [...(parameters ?? [])])
              return result as PostgresQueryResult<Row>
            } catch (error) {
              const seen = told(error)
              broken ||= seen instanceof StorageUnavailable
              throw seen
            }
          },
          // After a fault nobody knows what state the connection is in; the pool makes another.
          release: () => client.release(broken),
        } as PostgresPoolClient
      },
      end: () => pool.end(),
    },
  })
}

function rethrow(error: unknown): never {
  throw translate(error)
}

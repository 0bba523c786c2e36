/** The imports of measurements: a row for the last one of each person. */
import type { ImportProblem, ImportState, Imports } from '../../contract.ts'
import { storable } from '../../text.ts'
import { type Connection, transact } from '../connection.ts'

export function imports(connection: Connection): Imports {
  const { db, clock } = connection
  return {
    begin(userNumber, { id, size }, stale) {
      const now = clock.now()
      return transact(connection, async (trx) => {
        const fresh = {
          id,
          state: 'reading',
          size,
          bytes_read: 0,
          stored: 0,
          refused: 0,
          problems: '[]',
          started_at: now,
          updated_at: now,
        }
        const { numInsertedOrUpdatedRows } = await trx
          .insertInto('data_imports')
          .values({ user_number: userNumber, ...fresh })
          .onConflict((conflict) =>
            conflict
              .column('user_number')
              .doUpdateSet(fresh)
              .where((old) =>
                old.or([old('data_imports.state', '<>', 'reading'), old('data_imports.updated_at', '<', stale)]),
              ),
          )
          .executeTakeFirstOrThrow()
        return numInsertedOrUpdatedRows === 1n
      })
    },

    async note(userNumber, id, { state, bytesRead, stored, refused, problems }) {
      const { numUpdatedRows } = await db
        .updateTable('data_imports')
        .set({
          state,
          bytes_read: bytesRead,
          stored,
          refused,
          problems: storable(JSON.stringify(problems)) ?? '[]',
          updated_at: clock.now(),
        })
        .where('user_number', '=', userNumber)
        .where('id', '=', id)
        .executeTakeFirst()
      return numUpdatedRows === 1n
    },

    async find(userNumber) {
      const row = await db
        .selectFrom('data_imports')
        .selectAll()
        .where('user_number', '=', userNumber)
        .executeTakeFirst()
      if (row === undefined) return undefined
      return {
        id: row.id,
        state: row.state as ImportState,
        size: row.size,
        bytesRead: row.bytes_read,
        stored: row.stored,
        refused: row.refused,
        problems: JSON.parse(row.problems) as ImportProblem[],
        startedAt: row.started_at,
        updatedAt: row.updated_at,
      }
    },
  }
}

/** Deleting all that a person has recorded, piece by piece. */
import type { Measurements } from '../../contract.ts'
import type { Connection } from '../connection.ts'
import { changeCount, holdCount } from './measurement_counts.ts'

/** Measurements of one transaction. */
const chunk = 1000

export function deletion({ db }: Connection): Pick<Measurements, 'deleteSome' | 'deleteUnusedVariables'> {
  return {
    deleteSome(userNumber) {
      return db.transaction().execute(async (trx) => {
        await holdCount(trx, userNumber)
        const { numDeletedRows } = await trx
          .deleteFrom('measurements')
          .where('id', 'in', (some) =>
            some.selectFrom('measurements').select('id').where('user_number', '=', userNumber).limit(chunk),
          )
          .executeTakeFirst()
        await changeCount(trx, userNumber, -Number(numDeletedRows))
        return Number(numDeletedRows)
      })
    },

    async deleteUnusedVariables(userNumber) {
      return db.transaction().execute(async (trx) => {
        // Held, so that nobody records one of them meanwhile.
        await holdCount(trx, userNumber)
        const { numDeletedRows } = await trx
          .deleteFrom('variables')
          .where('user_number', '=', userNumber)
          .where(({ not, exists, selectFrom }) =>
            not(
              exists(
                selectFrom('measurements as m')
                  .select('m.id')
                  .where('m.user_number', '=', userNumber)
                  .whereRef('m.variable_id', '=', 'variables.id'),
              ),
            ),
          )
          .executeTakeFirst()
        return Number(numDeletedRows)
      })
    },
  }
}

/** A person's measurements and the variables they belong to. */
import type { Measurement, MeasurementPlace, Measurements, NewMeasurement } from '../contract.ts'
import type { Cold } from './cold.ts'
import type { LongReads } from './long_reads.ts'
import { joined, toMeasurement } from './measurement_list.ts'
import { ensureVariables, variables } from './variables.ts'

/** Rows of one statement; each has at most 10 parameters and SQLite takes 32,766. */
const chunk = 1000

export function measurements(cold: Cold, reads: LongReads): Measurements {
  const { db, facts, clock } = cold
  return {
    list: reads.listMeasurements,
    sources: reads.listSources,

    upsert(userNumber, clientId, items) {
      if (items.length === 0) return Promise.resolve([])
      const now = clock.now()
      return db.transaction().execute(async (trx) => {
        const variables = await ensureVariables(trx, userNumber, items, now)
        const place = (item: NewMeasurement) => `${variables.get(item.variableName)?.id}:${item.startTime}`
        const latest = new Map<string, NewMeasurement>()
        for (const item of items) latest.set(place(item), item)
        const rows = [...latest.values()].map((item) => ({
          user_number: userNumber,
          variable_id: variables.get(item.variableName)?.id ?? 0,
          start_time: item.startTime,
          value: item.value,
          unit: item.unit,
          note: item.note,
          source: item.source,
          client_id: clientId,
          created_at: now,
          updated_at: now,
        }))
        // Sorted like every writer of several rows, so that two of them never wait for each other in a ring.
        rows.sort((a, b) => a.variable_id - b.variable_id || a.start_time - b.start_time)
        const ids: number[] = []
        for (let i = 0; i < rows.length; i += chunk) {
          const written = await trx
            .insertInto('measurements')
            .values(rows.slice(i, i + chunk))
            .onConflict((conflict) =>
              conflict.columns(['user_number', 'variable_id', 'start_time']).doUpdateSet((set) => ({
                value: set.ref('excluded.value'),
                unit: set.ref('excluded.unit'),
                note: set.ref('excluded.note'),
                source: set.ref('excluded.source'),
                client_id: set.ref('excluded.client_id'),
                updated_at: set.ref('excluded.updated_at'),
              })),
            )
            .returning('id')
            .execute()
          ids.push(...written.map((row) => row.id))
        }
        const found = new Map<string, Measurement>()
        for (let i = 0; i < ids.length; i += chunk) {
          const page = await joined(trx)
            .where('m.id', 'in', ids.slice(i, i + chunk))
            .execute()
          for (const row of page) found.set(`${row.variable_id}:${row.start_time}`, toMeasurement(row))
        }
        return items.flatMap((item) => found.get(place(item)) ?? [])
      })
    },

    async update(userNumber, id, change) {
      if (!Number.isSafeInteger(id)) return undefined
      try {
        const { numUpdatedRows } = await db
          .updateTable('measurements')
          .set({
            updated_at: clock.now(),
            ...(change.startTime !== undefined && { start_time: change.startTime }),
            ...(change.value !== undefined && { value: change.value }),
            ...(change.note !== undefined && { note: change.note }),
          })
          .where('user_number', '=', userNumber)
          .where('id', '=', id)
          .executeTakeFirst()
        if (numUpdatedRows === 0n) return undefined
      } catch (error) {
        if (facts.isUniqueViolation(error)) return 'time_taken'
        throw error
      }
      const row = await joined(db).where('m.user_number', '=', userNumber).where('m.id', '=', id).executeTakeFirst()
      return row && toMeasurement(row)
    },

    delete(userNumber, which) {
      const sound = which.filter((one) => Object.values(one).every(Number.isSafeInteger))
      if (sound.length === 0) return Promise.resolve(0)
      // In one order, so that two who delete the same never wait for each other in a ring.
      const place = (one: MeasurementPlace) => ('id' in one ? [0, one.id] : [one.variableId, one.startTime])
      const inOrder = sound.toSorted((a, b) => {
        const [[a1 = 0, a2 = 0], [b1 = 0, b2 = 0]] = [place(a), place(b)]
        return a1 - b1 || a2 - b2
      })
      return db.transaction().execute(async (trx) => {
        let gone = 0
        for (const one of inOrder) {
          const own = trx.deleteFrom('measurements').where('user_number', '=', userNumber)
          const found =
            'id' in one
              ? own.where('id', '=', one.id)
              : own.where('variable_id', '=', one.variableId).where('start_time', '=', one.startTime)
          gone += Number((await found.executeTakeFirst()).numDeletedRows)
        }
        return gone
      })
    },

    ...variables(cold),
    variables: reads.listVariables,
    countVariables: reads.countVariables,
  }
}

/** A person's measurements and the variables they belong to. */
import type { Selectable } from 'kysely'
import type { Measurement, MeasurementQuery, Measurements, NewMeasurement } from '../contract.ts'
import type { Cold, Db } from './cold.ts'
import { orderBy } from './filter.ts'
import { measurementColumns, measurementCondition, variableColumnNames } from './measurement_columns.ts'
import type { MeasurementRow } from './schema.ts'
import { ensureVariables, variables } from './variables.ts'

/** Rows of one statement; each has at most 10 parameters and SQLite takes 32,766. */
const chunk = 1000

type Joined = Selectable<MeasurementRow> & { variable_name: string; variable_category: string | null }

function joined(db: Db) {
  return db
    .selectFrom('measurements as m')
    .innerJoin('variables as v', 'v.id', 'm.variable_id')
    .selectAll('m')
    .select(['v.name as variable_name', 'v.category as variable_category'])
}

/**
 * The order asked for, made total so that pages do not overlap: no two measurements of a person have the same variable
 * and time. What is added follows the direction before it, so that one index serves both ways.
 */
function totalOrder(sort: MeasurementQuery['sort']): MeasurementQuery['sort'] {
  const descending = sort.at(-1)?.descending ?? false
  const added = (['startTime', 'variableId'] as const).filter((column) => !sort.some((one) => one.column === column))
  return [...sort, ...added.map((column) => ({ column, descending }))]
}

export function measurements(cold: Cold): Measurements {
  const { db, facts, clock } = cold
  return {
    async list(userNumber, query) {
      const sort = totalOrder(query.sort)
      const order = orderBy(facts, measurementColumns(query), sort)
      // The page is found in indexes alone and its rows are read after; a deep offset would else read every row it skips.
      let page = db
        .selectFrom('measurements as m')
        .$if(
          [...query.filters, ...sort].some(({ column }) => variableColumnNames.includes(column)),
          (all) =>
            all.innerJoin('variables as v', (on) =>
              on.onRef('v.id', '=', 'm.variable_id').on('v.user_number', '=', userNumber),
            ),
        )
        .select('m.id')
        .where('m.user_number', '=', userNumber)
        .limit(query.limit)
        .offset(query.offset)
      for (const filter of query.filters) page = page.where(measurementCondition(facts, userNumber, query, filter))
      for (const term of order) page = page.orderBy(term)
      // The page names this person's rows only; asked for the person again, SQLite would walk all of theirs instead.
      let rows = joined(db).where('m.id', 'in', page)
      for (const term of order) rows = rows.orderBy(term)
      return (await rows.execute()).map(toMeasurement)
    },

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

    async delete(userNumber, which) {
      const values = Object.values(which)
      if (!values.every(Number.isSafeInteger)) return 0
      const own = db.deleteFrom('measurements').where('user_number', '=', userNumber)
      const one =
        'id' in which
          ? own.where('id', '=', which.id)
          : own.where('variable_id', '=', which.variableId).where('start_time', '=', which.startTime)
      return Number((await one.executeTakeFirst()).numDeletedRows)
    },

    ...variables(cold),
  }
}

function toMeasurement(row: Joined): Measurement {
  return {
    id: row.id,
    variableId: row.variable_id,
    variableName: row.variable_name,
    variableCategory: row.variable_category,
    startTime: row.start_time,
    value: row.value,
    unit: row.unit,
    note: row.note,
    source: row.source,
    clientId: row.client_id,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  }
}

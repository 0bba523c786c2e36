/** A person's measurements and the variables they belong to. */
import { type Selectable, sql } from 'kysely'
import type {
  Measurement,
  MeasurementFilter,
  MeasurementQuery,
  Measurements,
  NewMeasurement,
  Variable,
} from '../contract.ts'
import { isStorable } from '../text.ts'
import type { Cold, Db } from './cold.ts'
import { columns, condition, likePattern } from './measurement_filter.ts'
import type { MeasurementRow, VariableRow } from './schema.ts'

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

type Column = MeasurementFilter['column']

/**
 * The order asked for, made total so that pages do not overlap: no two measurements of a person have the same variable
 * and time. What is added follows the direction before it, so that one index serves both ways.
 */
function totalOrder(sort: MeasurementQuery['sort']) {
  const direction = sort.at(-1)?.descending ? 'desc' : 'asc'
  const order = sort.map(({ column, descending }) => ({ column, direction: descending ? 'desc' : 'asc' }) as const)
  const added = (['startTime', 'variableId'] as const).filter((column) => !sort.some((one) => one.column === column))
  return [...order, ...added.map((column) => ({ column, direction }) as const)]
}

export function measurements({ db, facts, clock }: Cold): Measurements {
  return {
    async list(userNumber, query) {
      const order = totalOrder(query.sort)
      const ofVariable = (column: Column) => columns[column].name.startsWith('v.')
      // The page is found in indexes alone and its rows are read after; a deep offset would else read every row it skips.
      let page = db
        .selectFrom('measurements as m')
        .$if(
          query.filters.some((filter) => ofVariable(filter.column)) || order.some(({ column }) => ofVariable(column)),
          (all) =>
            all.innerJoin('variables as v', (on) =>
              on.onRef('v.id', '=', 'm.variable_id').on('v.user_number', '=', userNumber),
            ),
        )
        .select('m.id')
        .where('m.user_number', '=', userNumber)
        .limit(query.limit)
        .offset(query.offset)
      for (const filter of query.filters) page = page.where(condition(userNumber, filter))
      for (const { column, direction } of order) page = page.orderBy(sql.ref(columns[column].name), direction)
      // The page names this person's rows only; asked for the person again, SQLite would walk all of theirs instead.
      let rows = joined(db).where('m.id', 'in', page)
      for (const { column, direction } of order) rows = rows.orderBy(sql.ref(columns[column].name), direction)
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

    async variables(userNumber, query) {
      let select = db.selectFrom('variables').selectAll().where('user_number', '=', userNumber)
      for (const text of [query.name, query.search, query.category]) {
        if (text !== undefined && !isStorable(text)) return []
      }
      if (query.name !== undefined) select = select.where('name', '=', query.name)
      if (query.category !== undefined) select = select.where('category', '=', query.category)
      if (query.search !== undefined) {
        const pattern = likePattern(`%${query.search.replaceAll(/[\\%_]/g, '\\$&')}%`)
        select = select.where(sql<boolean>`lower(name) like ${pattern} escape '\\'`)
      }
      const rows = await select.orderBy('name').limit(query.limit).offset(query.offset).execute()
      return rows.map(toVariable)
    },
  }
}

/** The variables that the items name, created where unknown; a variable that exists keeps its unit and category. */
async function ensureVariables(trx: Db, userNumber: number, items: readonly NewMeasurement[], now: number) {
  const wanted = new Map<string, NewMeasurement>()
  for (const item of items) if (!wanted.has(item.variableName)) wanted.set(item.variableName, item)
  const names = [...wanted.keys()].sort()
  const found = new Map<string, Variable>()

  async function read(some: readonly string[]): Promise<void> {
    const rows = await trx
      .selectFrom('variables')
      .selectAll()
      .where('user_number', '=', userNumber)
      .where('name', 'in', some)
      .execute()
    for (const row of rows) found.set(row.name, toVariable(row))
  }

  for (let i = 0; i < names.length; i += chunk) {
    const some = names.slice(i, i + chunk)
    await read(some)
    const missing = some.filter((name) => !found.has(name))
    if (missing.length === 0) continue
    const rows = missing.flatMap((name) => {
      const item = wanted.get(name)
      if (item === undefined) return []
      const { unit, variableCategory: category, combination } = item
      return [{ user_number: userNumber, name, unit, category, combination, created_at: now, updated_at: now }]
    })
    await trx
      .insertInto('variables')
      .values(rows)
      .onConflict((conflict) => conflict.doNothing())
      .execute()
    // Read again instead of returned: another process may have made some of them in the meantime.
    await read(missing)
  }
  return found
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

function toVariable(row: Selectable<VariableRow>): Variable {
  return {
    id: row.id,
    userNumber: row.user_number,
    name: row.name,
    unit: row.unit,
    category: row.category,
    combination: row.combination as Variable['combination'],
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  }
}

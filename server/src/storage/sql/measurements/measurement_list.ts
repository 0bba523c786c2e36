/** The list of a person's measurements, which may take long. */
import { type Selectable, sql } from 'kysely'
import type { Measurement, MeasurementQuery, Measurements } from '../../contract.ts'
import type { Db, Source } from '../connection.ts'
import { orderBy } from './filter.ts'
import { measurementColumns, measurementCondition, variableColumnNames } from './measurement_columns.ts'
import type { MeasurementRow } from './rows.ts'

type Joined = Selectable<MeasurementRow> & { variable_name: string; variable_category: string | null }

/** Measurements with what their variables are called. */
export function joined(db: Db) {
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

export function measurementList({ db, facts }: Source): Measurements['list'] {
  return async (userNumber, query) => {
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
  }
}

export function toMeasurement(row: Joined): Measurement {
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

/** The sources of a person's measurements; reads all of them. */
export function measurementSources({ db, facts }: Source): Measurements['sources'] {
  return async (userNumber, limit) => {
    const rows = await db
      .selectFrom('measurements')
      .select('source')
      .where('user_number', '=', userNumber)
      .groupBy('source')
      .orderBy(sql`source ${facts.plainText}`)
      .limit(limit)
      .execute()
    return rows.map(({ source }) => source)
  }
}

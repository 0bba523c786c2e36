/** A person's variables: made when first recorded, listed with what their measurements come to. */
import { type Selectable, sql } from 'kysely'
import type {
  Measurements,
  NewMeasurement,
  RecordedValue,
  Variable,
  VariableColumn,
  VariableSummary,
} from '../../contract.ts'
import { isStorable } from '../../text.ts'
import type { Db, Source } from '../connection.ts'
import { condition, type FilterColumn, orderBy } from './filter.ts'
import type { VariableRow } from './rows.ts'

/** Names or rows of one statement; a row has 7 parameters and SQLite takes 32,766. */
const chunk = 1000

/** Columns of the variables with their counts, as `t`. */
const columns = {
  id: { sql: sql.ref('t.id'), type: 'integer' },
  name: { sql: sql.ref('t.name'), type: 'text' },
  category: { sql: sql.ref('t.category'), type: 'text', nullable: true },
  unit: { sql: sql.ref('t.unit'), type: 'text' },
  createdAt: { sql: sql.ref('t.created_at'), type: 'integer' },
  updatedAt: { sql: sql.ref('t.updated_at'), type: 'integer' },
  measurements: { sql: sql.ref('t.measurements'), type: 'integer' },
  earliestTime: { sql: sql.ref('t.earliest_time'), type: 'integer', nullable: true },
  latestTime: { sql: sql.ref('t.latest_time'), type: 'integer', nullable: true },
} as const satisfies Record<VariableColumn, FilterColumn>

/** Lists of variables; each reads all that the person has recorded. */
export function variableLists({ db, facts }: Source): Pick<Measurements, 'variables' | 'countVariables'> {
  /** A person's variables with what their measurements come to. */
  function counted(userNumber: number) {
    // Each count is answered from the index by variable and time alone.
    return db
      .selectFrom('variables as v')
      .selectAll('v')
      .select([
        sql<number>`(select count(*) from measurements m where m.user_number = v.user_number and m.variable_id = v.id)`.as(
          'measurements',
        ),
        sql<
          number | null
        >`(select min(start_time) from measurements m where m.user_number = v.user_number and m.variable_id = v.id)`.as(
          'earliest_time',
        ),
        sql<
          number | null
        >`(select max(start_time) from measurements m where m.user_number = v.user_number and m.variable_id = v.id)`.as(
          'latest_time',
        ),
      ])
      .where('v.user_number', '=', userNumber)
  }

  return {
    async variables(userNumber, query) {
      const sort = [...(query.sort ?? [])]
      // No two variables of a person have the same name, which makes the order total.
      if (!sort.some(({ column }) => column === 'name')) sort.push({ column: 'name', descending: false })
      let page = db.selectFrom(counted(userNumber).as('t')).selectAll('t').limit(query.limit).offset(query.offset)
      for (const filter of query.filters) page = page.where(condition(facts, columns[filter.column], filter))
      for (const term of orderBy(facts, columns, sort)) page = page.orderBy(term)
      const rows = await page.execute()
      const latest = await findLatest(db, userNumber, rows)
      const mostCommon = await findMostCommon(db, userNumber, rows)
      return rows.map(
        (row): VariableSummary => ({
          ...toVariable(row),
          measurements: row.measurements,
          earliestTime: row.earliest_time,
          latestTime: row.latest_time,
          latest: latest.get(row.id) ?? null,
          mostCommon: mostCommon.get(row.id) ?? null,
        }),
      )
    },

    async countVariables(userNumber, filters) {
      let all = db.selectFrom(counted(userNumber).as('t')).select(sql<number>`count(*)`.as('count'))
      for (const filter of filters) all = all.where(condition(facts, columns[filter.column], filter))
      return (await all.executeTakeFirstOrThrow()).count
    },
  }
}

export function variables({ db }: Source): Pick<Measurements, 'variablesByName'> {
  return {
    async variablesByName(userNumber, names) {
      return [...(await findByName(db, userNumber, names)).values()]
    },
  }
}

/** The last measurement of each variable of a page. */
async function findLatest(
  db: Db,
  userNumber: number,
  rows: readonly { readonly id: number; readonly latest_time: number | null }[],
) {
  const wanted = rows.filter((row) => row.latest_time !== null)
  const found = new Map<number, RecordedValue>()
  for (let i = 0; i < wanted.length; i += chunk) {
    const places = wanted
      .slice(i, i + chunk)
      .map((row) => sql`(cast(${row.id} as bigint), cast(${row.latest_time} as bigint))`)
    const some = await db
      .selectFrom('measurements')
      .select(['variable_id', 'value', 'unit', 'source'])
      .where('user_number', '=', userNumber)
      .where(sql<boolean>`(variable_id, start_time) in (values ${sql.join(places)})`)
      .execute()
    for (const { variable_id: id, value, unit, source } of some) found.set(id, { value, unit, source })
  }
  return found
}

/** Measurements of a variable among which its most common value is looked for, the last ones. */
const recent = 100

/** What was recorded most often of each variable of a page. */
async function findMostCommon(db: Db, userNumber: number, rows: readonly { readonly id: number }[]) {
  const found = new Map<number, RecordedValue>()
  for (let i = 0; i < rows.length; i += chunk) {
    const some = await db
      .selectFrom('variables as v')
      .innerJoin('measurements as m', (on) =>
        on.on(
          'm.id',
          '=',
          sql<number>`(
            select max(r.id) from (
              select n.id, n.value, n.unit, n.start_time from measurements n
              where n.user_number = v.user_number and n.variable_id = v.id
              order by n.start_time desc limit ${sql.lit(recent)}
            ) r group by r.value, r.unit order by count(*) desc, max(r.start_time) desc limit 1
          )`,
        ),
      )
      .select(['m.variable_id', 'm.value', 'm.unit', 'm.source'])
      .where('v.user_number', '=', userNumber)
      .where(
        'v.id',
        'in',
        rows.slice(i, i + chunk).map((row) => row.id),
      )
      .execute()
    for (const { variable_id: id, value, unit, source } of some) found.set(id, { value, unit, source })
  }
  return found
}

async function findByName(db: Db, userNumber: number, names: readonly string[]): Promise<Map<string, Variable>> {
  const storable = names.filter(isStorable)
  const found = new Map<string, Variable>()
  for (let i = 0; i < storable.length; i += chunk) {
    const rows = await db
      .selectFrom('variables')
      .selectAll()
      .where('user_number', '=', userNumber)
      .where('name', 'in', storable.slice(i, i + chunk))
      .execute()
    for (const row of rows) found.set(row.name, toVariable(row))
  }
  return found
}

/** The variables that the items name, created where unknown; a variable that exists keeps its unit and category. */
export async function ensureVariables(trx: Db, userNumber: number, items: readonly NewMeasurement[], now: number) {
  const wanted = new Map<string, NewMeasurement>()
  for (const item of items) if (!wanted.has(item.variableName)) wanted.set(item.variableName, item)
  const found = await findByName(trx, userNumber, [...wanted.keys()])
  const missing = [...wanted.keys()].filter((name) => !found.has(name)).sort()
  for (let i = 0; i < missing.length; i += chunk) {
    const some = missing.slice(i, i + chunk)
    const rows = some.flatMap((name) => {
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
    for (const [name, variable] of await findByName(trx, userNumber, some)) found.set(name, variable)
  }
  return found
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

/** A variable's values over a time, gathered by the database: what a chart shows of them, however many there are. */
import { sql } from 'kysely'
import { type Measurements, type SeriesPart, scalable } from '../../contract.ts'
import type { Source } from '../connection.ts'
import { scaledValue } from './scaled_value.ts'

export function measurementSeries({ db }: Source): Measurements['series'] {
  return async (userNumber, { variableId, from, to, parts, scales }) => {
    const whole = (value: number) => sql`cast(${value} as bigint)`
    const part = sql<number>`(m.start_time - ${whole(from)}) * ${whole(parts)} / ${whole(to - from + 1)}`
    const within = sql`cast(${scalable.most} as double precision)`
    const { rows } = await sql<SeriesPart>`
      select t.part as part, min(t.value) as least, max(t.value) as most, avg(t.value) as mean, count(*) as count
      from (
        select ${part} as part, ${scaledValue(scales)} as value from measurements m
        where m.user_number = ${userNumber} and m.variable_id = ${variableId}
          and m.start_time between ${whole(from)} and ${whole(to)}
          and m.value between -${within} and ${within}
      ) t group by t.part order by t.part`.execute(db)
    return rows.map((row) => ({ ...row, part: Number(row.part), count: Number(row.count) }))
  }
}

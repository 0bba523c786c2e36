/** A person's measurements and the variables they belong to. */
import { sql } from 'kysely'
import type { ClientId } from '../../../protocol/names.ts'
import type { Measurement, MeasurementPlace, Measurements, NewMeasurement } from '../../contract.ts'
import type { Connection, Db } from '../connection.ts'
import type { LongReads } from '../long_reads.ts'
import { deletion } from './deletion.ts'
import { changeCount, holdCount } from './measurement_counts.ts'
import { joined, toMeasurement } from './measurement_list.ts'
import { ensureVariables, variables } from './variables.ts'

/** Rows of one statement; each has at most 10 parameters and SQLite takes 32,766. */
const chunk = 1000

/** The person would have too many measurements. */
class Full extends Error {}

export function measurements(connection: Connection, reads: LongReads): Measurements {
  const { db, facts, clock } = connection

  return {
    list: reads.listMeasurements,
    sources: reads.listSources,
    series: reads.series,

    async upsertWithin(most, userNumber, clientId, items) {
      try {
        return await upsert(connection, { userNumber, clientId }, items, most)
      } catch (error) {
        if (error instanceof Full) return 'full'
        throw error
      }
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
        await holdCount(trx, userNumber)
        let gone = 0
        for (const one of inOrder) {
          const own = trx.deleteFrom('measurements').where('user_number', '=', userNumber)
          const found =
            'id' in one
              ? own.where('id', '=', one.id)
              : own.where('variable_id', '=', one.variableId).where('start_time', '=', one.startTime)
          gone += Number((await found.executeTakeFirst()).numDeletedRows)
        }
        await changeCount(trx, userNumber, -gone)
        return gone
      })
    },

    ...deletion(connection),
    ...variables(connection),
    variables: reads.listVariables,
    countVariables: reads.countVariables,
  }
}

/** Whose measurements, and the app that brings them. */
interface Whose {
  readonly userNumber: number
  readonly clientId: ClientId
}

/** Throws Full, so that the transaction leaves nothing behind. */
function upsert({ db, clock }: Connection, whose: Whose, items: readonly NewMeasurement[], most: number) {
  if (items.length === 0) return Promise.resolve<Measurement[]>([])
  const { userNumber, clientId } = whose
  const now = clock.now()
  return db.transaction().execute(async (trx) => {
    const present = await holdCount(trx, userNumber)
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
    const added = rows.length - (await countPresent(trx, userNumber, rows))
    if (added > 0 && present + added > most) throw new Full()
    await changeCount(trx, userNumber, added)
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
}

/** How many of the rows would overwrite one. */
async function countPresent(
  trx: Db,
  userNumber: number,
  rows: readonly { readonly variable_id: number; readonly start_time: number }[],
): Promise<number> {
  let count = 0
  for (let i = 0; i < rows.length; i += chunk) {
    const places = rows
      .slice(i, i + chunk)
      .map((row) => sql`(cast(${row.variable_id} as bigint), cast(${row.start_time} as bigint))`)
    const some = await trx
      .selectFrom('measurements')
      .select(sql<number>`count(*)`.as('count'))
      .where('user_number', '=', userNumber)
      .where(sql<boolean>`(variable_id, start_time) in (values ${sql.join(places)})`)
      .executeTakeFirstOrThrow()
    count += some.count
  }
  return count
}

/** Sections of the operator's document that are kept as a whole. */
import type { Documents } from '../contract.ts'
import { isStorable } from '../text.ts'
import type { Cold, Db } from './connection.ts'

type Body = Readonly<Record<string, unknown>>

/** Kinds that the servers keep in memory for a moment, so that a write to them must be heard everywhere. */
const announced: ReadonlySet<string> = new Set(['subscription_keys', 'providers'])

export function documents(cold: Cold): Documents {
  const { db, facts } = cold

  /** One write to a document, announced to every process when it commits where they keep such ones. */
  async function write<T>(kind: string, work: (trx: Db) => Promise<T>): Promise<T> {
    const result = await db.transaction().execute(async (trx) => {
      const answer = await work(trx)
      if (announced.has(kind)) await facts.announceClients(trx)
      return answer
    })
    if (announced.has(kind)) cold.clientsChanged()
    return result
  }

  async function read(from: Db, kind: string, name: string, lock: boolean): Promise<Body | undefined> {
    let query = from.selectFrom('documents').select('body').where('kind', '=', kind).where('name', '=', name)
    if (lock) query = query.modifyEnd(facts.lock)
    const row = await query.executeTakeFirst()
    return row && (JSON.parse(row.body) as Body)
  }

  return {
    async get(kind, name) {
      if (!isStorable(name)) return undefined
      return read(db, kind, name, false)
    },

    async list(kind) {
      const rows = await db
        .selectFrom('documents')
        .select(['name', 'body'])
        .where('kind', '=', kind)
        .orderBy('name')
        .execute()
      return rows.map((row) => ({ name: row.name, body: JSON.parse(row.body) as Body }))
    },

    async put(kind, name, body) {
      const text = JSON.stringify(body)
      await write(kind, (trx) =>
        trx
          .insertInto('documents')
          .values({ kind, name, body: text })
          .onConflict((conflict) => conflict.columns(['kind', 'name']).doUpdateSet({ body: text }))
          .execute(),
      )
    },

    async amend(kind, name, decide) {
      for (;;) {
        const written = await write(kind, async (trx) => {
          const present = await read(trx, kind, name, true)
          const body = decide(present)
          if (body === undefined) return { body }
          const text = JSON.stringify(body)
          if (present === undefined) {
            const { numInsertedOrUpdatedRows = 0n } = await trx
              .insertInto('documents')
              .values({ kind, name, body: text })
              .onConflict((conflict) => conflict.doNothing())
              .executeTakeFirst()
            // Somebody else has made it since it was looked for: it is to be decided anew from theirs.
            return numInsertedOrUpdatedRows === 0n ? undefined : { body }
          }
          await trx
            .updateTable('documents')
            .set({ body: text })
            .where('kind', '=', kind)
            .where('name', '=', name)
            .execute()
          return { body }
        })
        if (written !== undefined) return written.body
      }
    },

    async delete(kind, name) {
      const { numDeletedRows } = await write(kind, (trx) =>
        trx.deleteFrom('documents').where('kind', '=', kind).where('name', '=', name).executeTakeFirst(),
      )
      return numDeletedRows > 0n
    },
  }
}

/** Sections of the operator's document that are kept as a whole. */
import type { Documents } from '../contract.ts'
import { isStorable } from '../text.ts'
import type { Cold } from './cold.ts'

export function documents({ db }: Cold): Documents {
  return {
    async get(kind, name) {
      if (!isStorable(name)) return undefined
      const row = await db
        .selectFrom('documents')
        .select('body')
        .where('kind', '=', kind)
        .where('name', '=', name)
        .executeTakeFirst()
      return row && (JSON.parse(row.body) as Record<string, unknown>)
    },

    async list(kind) {
      const rows = await db
        .selectFrom('documents')
        .select(['name', 'body'])
        .where('kind', '=', kind)
        .orderBy('name')
        .execute()
      return rows.map((row) => ({ name: row.name, body: JSON.parse(row.body) as Record<string, unknown> }))
    },

    async put(kind, name, body) {
      const text = JSON.stringify(body)
      await db
        .insertInto('documents')
        .values({ kind, name, body: text })
        .onConflict((conflict) => conflict.columns(['kind', 'name']).doUpdateSet({ body: text }))
        .execute()
    },

    async delete(kind, name) {
      const { numDeletedRows } = await db
        .deleteFrom('documents')
        .where('kind', '=', kind)
        .where('name', '=', name)
        .executeTakeFirst()
      return numDeletedRows > 0n
    },
  }
}

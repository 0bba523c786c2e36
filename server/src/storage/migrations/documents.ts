/** The table of documents of the first release, for the migrations that turn its rows into tables. */
import { type Kysely, sql } from 'kysely'
import type { Tables } from '../sql/schema.ts'

/** Names and bodies of the documents of a kind, by name. */
export async function documentsOf<Body>(
  db: Kysely<Tables>,
  kind: string,
): Promise<readonly (readonly [string, Body])[]> {
  const { rows } = await sql<{ name: string; body: string }>`
    select name, body from documents where kind = ${kind} order by name`.execute(db)
  return rows.map(({ name, body }) => [name, JSON.parse(body) as Body])
}

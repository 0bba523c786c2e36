/** The oldest release that may open the database, and the processes that serve from it. */
import { type Kysely, type Migration, sql } from 'kysely'
import type { Facts } from '../sql/connection.ts'
import type { Tables } from '../sql/schema.ts'

export function nodesTables({ keyed }: Facts): Migration {
  return {
    async up(db: Kysely<Tables>) {
      await sql`create table nodes (
        id text not null primary key,
        release text not null,
        started_at bigint not null,
        seen_at bigint not null
      ) ${keyed}`.execute(db)
      // A later migration that an older release could not work beside moves this on.
      await sql`create table opened_by (
        one smallint primary key check (one = 1),
        oldest_release text not null
      )`.execute(db)
      await db.insertInto('opened_by').values({ one: 1, oldest_release: '0.2.0' }).execute()
    },
  }
}

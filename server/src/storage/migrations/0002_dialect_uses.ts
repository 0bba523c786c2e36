/** How often each app comes through an older door, by day. */
import { type Kysely, type Migration, sql } from 'kysely'
import type { Facts } from '../sql/connection.ts'

export function dialectUsesTable({ keyed }: Facts): Migration {
  return {
    async up(db: Kysely<unknown>) {
      await sql`create table dialect_uses (
        day text not null, dialect text not null, client_id text not null, count bigint not null, last_at bigint not null,
        primary key (day, dialect, client_id)
      ) ${keyed}`.execute(db)
    },
  }
}

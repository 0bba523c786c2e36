/**
 * What account pages say of devices and apps: where a browser signed in from, what each app did by day, and for a while the
 * names of apps that were deleted.
 */
import { type Kysely, type Migration, sql } from 'kysely'
import type { Facts } from '../sql/connection.ts'

export function devicesAndApps({ keyed }: Facts): Migration {
  return {
    async up(db: Kysely<unknown>) {
      await sql`alter table sessions add column address text`.execute(db)
      await sql`create table app_uses (
        user_id text not null, client_id text not null, day text not null, resource text not null,
        reads bigint not null, writes bigint not null, records bigint not null,
        primary key (user_id, client_id, day, resource)
      ) ${keyed}`.execute(db)
      await sql`create index app_uses_by_day on app_uses (day)`.execute(db)
      await sql`create table deleted_clients (
        client_id text not null primary key, name text not null, deleted_at bigint not null
      ) ${keyed}`.execute(db)
    },
  }
}

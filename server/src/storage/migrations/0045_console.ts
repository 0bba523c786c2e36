/** What the operator's console needs: when legacy protocols have brown-outs, and who was told that one goes. */
import { type Kysely, type Migration, sql } from 'kysely'
import type { Facts } from '../sql/connection.ts'

export function consoleTables({ keyed }: Facts): Migration {
  return {
    async up(db: Kysely<unknown>) {
      await sql`alter table dialect_notices add column brownouts text`.execute(db)
      await sql`create table dialect_tellings (
        dialect text not null, client_id text not null, user_id text not null, sunset bigint not null,
        told_at bigint not null, primary key (dialect, client_id, user_id, sunset)
      ) ${keyed}`.execute(db)
      await sql`create index dialect_tellings_by_user on dialect_tellings (user_id)`.execute(db)
    },
  }
}

/** What people read when they allowed an app. Rows are only ever added, and go with the account. */
import { type Kysely, type Migration, sql } from 'kysely'
import type { Facts } from '../sql/connection.ts'

export function consentReceipts({ keyed }: Facts): Migration {
  return {
    async up(db: Kysely<unknown>) {
      await sql`create table consent_receipts (
        id text not null primary key,
        user_id text not null,
        client_id text not null,
        at bigint not null,
        content text not null
      ) ${keyed}`.execute(db)
      await sql`create index consent_receipts_by_user on consent_receipts (user_id, at)`.execute(db)
    },
  }
}

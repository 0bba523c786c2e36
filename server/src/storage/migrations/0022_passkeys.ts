/** Passkeys of accounts (WebAuthn Level 3 §4, credential records). */
import { type Kysely, type Migration, sql } from 'kysely'
import type { Facts } from '../sql/connection.ts'

export function passkeysTable({ blob, keyed, plainText }: Facts): Migration {
  return {
    async up(db: Kysely<unknown>) {
      await sql`create table passkeys (
        credential_id text ${plainText} not null primary key,
        user_id text not null references users (id) on delete cascade,
        rp_id text not null,
        user_handle ${blob} not null,
        public_key ${blob} not null,
        sign_count bigint not null,
        transports text not null,
        name text not null,
        synced smallint not null,
        created_at bigint not null,
        used_at bigint
      ) ${keyed}`.execute(db)
      await sql`create index passkeys_by_user on passkeys (user_id)`.execute(db)
      // At each start the passkeys of other RP IDs are counted.
      await sql`create index passkeys_by_rp on passkeys (rp_id)`.execute(db)
    },
  }
}

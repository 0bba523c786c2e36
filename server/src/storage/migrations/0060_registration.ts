/** Apps that registered themselves (RFC 7591), and the tokens by which they may. */
import { type Kysely, type Migration, sql } from 'kysely'
import type { Facts } from '../sql/connection.ts'

export function registration({ blob, plainText, keyed }: Facts): Migration {
  return {
    async up(db: Kysely<unknown>) {
      await sql`alter table clients add column registration_digest ${blob}`.execute(db)
      await sql`alter table clients add column registration_tokens ${blob}`.execute(db)
      await sql`create unique index clients_by_registration on clients (registration_digest)`.execute(db)
      await sql`create index clients_self_registered on clients (created_at, client_id)
        where registration_digest is not null or registration_tokens is not null`.execute(db)
      await sql`create table initial_tokens (
        digest text ${plainText} not null primary key, name text not null, uses_left bigint, expires_at bigint,
        created_at bigint not null
      ) ${keyed}`.execute(db)
    },
  }
}

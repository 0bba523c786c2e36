/** Second factors: the authenticator app of an account and its recovery codes. */
import { type Kysely, type Migration, sql } from 'kysely'
import type { Facts } from '../sql/connection.ts'

export function factorsTables({ blob, keyed, plainText }: Facts): Migration {
  return {
    async up(db: Kysely<unknown>) {
      await sql`create table factors (
        user_id text ${plainText} not null primary key,
        totp_seed text,
        totp_generation bigint,
        totp_step bigint,
        totp_failures bigint not null,
        totp_created_at bigint,
        totp_used_at bigint,
        recovery_key text,
        recovery_generation bigint,
        recovery_failures bigint not null,
        recovery_created_at bigint,
        removal_at bigint,
        link_at bigint
      ) ${keyed}`.execute(db)
      await sql`create table recovery_codes (
        user_id text ${plainText} not null,
        digest ${blob} not null,
        used_at bigint,
        primary key (user_id, digest)
      ) ${keyed}`.execute(db)
    },
  }
}

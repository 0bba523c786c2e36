/** Who people are at the providers that they sign in through. */
import { type Kysely, type Migration, sql } from 'kysely'
import type { Facts } from '../sql/connection.ts'

export function identitiesTable({ keyed, plainText }: Facts): Migration {
  return {
    async up(db: Kysely<unknown>) {
      // The account is looked for at the commit only, because an identity is taken before its account is made. One that
      // opens nothing would lock its person out for good, so it goes with the account.
      await sql`create table identities (
        issuer text ${plainText} not null,
        subject text ${plainText} not null,
        user_id text not null references users (id) on delete cascade deferrable initially deferred,
        provider_id text not null,
        label text,
        created_at bigint not null,
        used_at bigint not null,
        primary key (issuer, subject)
      ) ${keyed}`.execute(db)
      await sql`create index identities_by_user on identities (user_id)`.execute(db)
    },
  }
}

/** What is done later and beside the requests; and which addresses have refused our mail. */
import { type Kysely, type Migration, sql } from 'kysely'
import type { Facts } from '../sql/connection.ts'

export function jobsTable({ plainText, keyed }: Facts): Migration {
  return {
    async up(db: Kysely<unknown>) {
      await sql`create table jobs (
        id text ${plainText} not null primary key,
        kind text not null,
        target text ${plainText},
        payload text not null,
        secret text,
        due_at bigint not null,
        attempts integer not null,
        lease bigint not null,
        error text,
        created_at bigint not null,
        ended_at bigint,
        outcome text
      ) ${keyed}`.execute(db)
      await sql`create index jobs_due on jobs (due_at) where ended_at is null`.execute(db)
      await sql`create index jobs_target on jobs (target)`.execute(db)
      await sql`create index jobs_ended on jobs (ended_at) where ended_at is not null`.execute(db)
      await sql`alter table users add column email_refused_at bigint`.execute(db)
    },
  }
}

/** Who is asked to work on an app. */
import { type Kysely, type Migration, sql } from 'kysely'
import type { Facts } from '../sql/connection.ts'

export function appInvitations({ keyed, plainText }: Facts): Migration {
  return {
    async up(db: Kysely<unknown>) {
      await sql`create table client_invitations (
        client_id text not null references clients on delete cascade,
        username_key text ${plainText} not null,
        username text not null,
        user_id text,
        declined smallint not null,
        primary key (client_id, username_key)
      ) ${keyed}`.execute(db)
      await sql`create index apps_offered_to on client_invitations (user_id)`.execute(db)
    },
  }
}

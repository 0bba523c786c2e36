/** Apps in development, changes that wait for the operator, and the operator's word for an app. */
import { type Kysely, type Migration, sql } from 'kysely'
import type { Facts } from '../sql/connection.ts'

export function clientStatus({ keyed, plainText }: Facts): Migration {
  return {
    async up(db: Kysely<unknown>) {
      await sql`alter table clients add column pending smallint not null default 0`.execute(db)
      await sql`alter table clients add column proposal text`.execute(db)
      await sql`alter table clients add column verification text`.execute(db)
      // Which of the apps that are off have never been looked at is told by the audit log alone.
      await sql`update clients set pending = 1 where enabled = 0
        and exists (select 1 from audit_log as a where a.client_id = clients.client_id and a.type = 'app_registered')
        and not exists (select 1 from audit_log as a where a.client_id = clients.client_id
          and a.type in ('client_enabled', 'client_disabled'))`.execute(db)
      // A client without a secret that named no method was public, and stays so under its name.
      const unnamed = await sql<{ client_id: string; metadata: string }>`select client_id, metadata from clients
        where not exists (select 1 from client_secrets as s where s.client_id = clients.client_id)`.execute(db)
      for (const { client_id, metadata } of unnamed.rows) {
        const document = JSON.parse(metadata) as Record<string, unknown>
        if (document.token_endpoint_auth_method !== undefined) continue
        const named = JSON.stringify({ ...document, token_endpoint_auth_method: 'none' })
        await sql`update clients set metadata = ${named} where client_id = ${client_id}`.execute(db)
      }
      await sql`create table client_testers (
        client_id text not null references clients on delete cascade,
        username_key text ${plainText} not null,
        username text not null,
        user_id text,
        state text not null,
        invited_at bigint not null,
        primary key (client_id, username_key)
      ) ${keyed}`.execute(db)
      await sql`create index client_testers_by_user on client_testers (user_id)`.execute(db)
    },
  }
}

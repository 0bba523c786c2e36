/** Webhooks: where events are sent to, what was sent, and how far the audit log has been looked through for it. */
import { type Kysely, type Migration, sql } from 'kysely'
import type { Facts } from '../sql/connection.ts'

export function webhooksTables({ plainText, keyed }: Facts): Migration {
  return {
    async up(db: Kysely<unknown>) {
      await sql`create table webhooks (
        id text ${plainText} not null primary key, client_id text ${plainText}, uri text not null, events text not null,
        secrets text not null, created_at bigint not null, failing_since bigint, off_at bigint, off_reason text
      ) ${keyed}`.execute(db)
      await sql`create index webhooks_by_client on webhooks (client_id)`.execute(db)
      await sql`create table webhook_deliveries (
        id text ${plainText} not null primary key, webhook_id text ${plainText} not null, type text not null,
        body text not null, created_at bigint not null, state text not null, attempts integer not null,
        last_at bigint, status integer, error text
      ) ${keyed}`.execute(db)
      await sql`create index webhook_deliveries_by_webhook on webhook_deliveries (webhook_id, created_at, id)`.execute(
        db,
      )
      await sql`create index webhook_deliveries_by_time on webhook_deliveries (created_at)`.execute(db)
      await sql`create table webhook_cursors (
        node text ${plainText} not null primary key, number bigint not null
      ) ${keyed}`.execute(db)
      await sql`insert into webhook_cursors (node, number) select node, number from audit_chains`.execute(db)
    },
  }
}

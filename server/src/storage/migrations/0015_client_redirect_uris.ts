/** The registered redirect URIs as rows, so that the app behind one is found by one look into an index. */
import { type Kysely, type Migration, sql } from 'kysely'
import { redirectUriDigests } from '../sql/client_redirect_uris.ts'
import type { Facts } from '../sql/cold.ts'

export function clientRedirectUris({ blob, keyed }: Facts): Migration {
  return {
    async up(db: Kysely<unknown>) {
      await sql`create table client_redirect_uris (
        client_id text not null references clients on delete cascade,
        digest ${blob} not null,
        primary key (client_id, digest)
      ) ${keyed}`.execute(db)
      await sql`create index client_redirect_uris_by_digest on client_redirect_uris (digest)`.execute(db)
      const { rows } = await sql<{
        client_id: string
        metadata: string
      }>`select client_id, metadata from clients`.execute(db)
      for (const { client_id, metadata } of rows) {
        for (const digest of redirectUriDigests(JSON.parse(metadata) as Record<string, unknown>)) {
          await sql`insert into client_redirect_uris (client_id, digest) values (${client_id}, ${digest})`.execute(db)
        }
      }
    },
  }
}

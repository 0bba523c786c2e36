/**
 * The registered redirect URIs and their origins as rows, so that one look into an index finds whether an origin is known
 * and which app is behind a URI.
 */
import { type Kysely, type Migration, sql } from 'kysely'
import { originsOf } from '../sql/clients/client_origins.ts'
import { redirectUriDigests } from '../sql/clients/client_redirect_uris.ts'
import type { Facts } from '../sql/connection.ts'

export function clientAddresses({ blob, keyed, plainText }: Facts): Migration {
  return {
    async up(db: Kysely<unknown>) {
      await sql`create table client_origins (
        client_id text not null references clients on delete cascade,
        origin text ${plainText} not null,
        primary key (client_id, origin)
      ) ${keyed}`.execute(db)
      await sql`create index client_origins_by_origin on client_origins (origin)`.execute(db)
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
        const document = JSON.parse(metadata) as Record<string, unknown>
        for (const origin of originsOf(document)) {
          await sql`insert into client_origins (client_id, origin) values (${client_id}, ${origin})`.execute(db)
        }
        for (const digest of redirectUriDigests(document)) {
          await sql`insert into client_redirect_uris (client_id, digest) values (${client_id}, ${digest})`.execute(db)
        }
      }
    },
  }
}

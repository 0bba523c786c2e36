/** The origins of registered redirect URIs as rows, so that a request from a page costs one look into an index. */
import { type Kysely, type Migration, sql } from 'kysely'
import { originsOf } from '../sql/client_origins.ts'
import type { Facts } from '../sql/cold.ts'

export function clientOrigins({ keyed, plainText }: Facts): Migration {
  return {
    async up(db: Kysely<unknown>) {
      await sql`create table client_origins (
        client_id text not null references clients on delete cascade,
        origin text ${plainText} not null,
        primary key (client_id, origin)
      ) ${keyed}`.execute(db)
      await sql`create index client_origins_by_origin on client_origins (origin)`.execute(db)
      const { rows } = await sql<{
        client_id: string
        metadata: string
      }>`select client_id, metadata from clients`.execute(db)
      for (const { client_id, metadata } of rows) {
        for (const origin of originsOf(JSON.parse(metadata) as Record<string, unknown>)) {
          await sql`insert into client_origins (client_id, origin) values (${client_id}, ${origin})`.execute(db)
        }
      }
    },
  }
}

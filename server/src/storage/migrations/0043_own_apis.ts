/** The operator's own APIs: the name under which proxies ask for them, and the client that they authenticate as. */
import { type Kysely, type Migration, sql } from 'kysely'

export function ownApis(): Migration {
  return {
    async up(db: Kysely<unknown>) {
      await sql`alter table resources add column proxy text`.execute(db)
      await sql`alter table resources add column client_id text`.execute(db)
    },
  }
}

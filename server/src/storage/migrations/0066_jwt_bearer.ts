/** Providers whose signed word about a person opens grants (RFC 7523 §2.1). */
import { type Kysely, type Migration, sql } from 'kysely'

export function jwtBearer(): Migration {
  return {
    async up(db: Kysely<unknown>) {
      await sql`alter table providers add column jwt_bearer text`.execute(db)
    },
  }
}

/** The table of the request log, which some databases keep in a file of its own. */
import { type RawBuilder, sql } from 'kysely'
import type { Facts } from '../connection.ts'

/** The statements that make it where it is not there yet; `schema` is the prefix of its place, such as `log.`. */
export function requestLogTable({ serialKey }: Pick<Facts, 'serialKey'>, schema = ''): readonly RawBuilder<unknown>[] {
  return [
    sql`create table if not exists ${sql.raw(schema)}request_log (
      seq ${serialKey},
      request_id text not null,
      client_id text not null,
      at bigint not null,
      endpoint text not null,
      method text not null,
      status integer not null,
      reason text not null,
      rule text not null,
      ruleset text not null,
      cause text not null,
      expected text,
      got text,
      user_agent text,
      pairwise text,
      network text not null,
      authenticated smallint not null
    )`,
    sql`create index if not exists ${sql.raw(schema)}request_log_by_client
      on request_log (client_id, authenticated, at, seq)`,
    requestIdIndex(schema),
  ]
}

/** By which a request is found when somebody has only the id that its response carried. */
export function requestIdIndex(schema = ''): RawBuilder<unknown> {
  return sql`create index if not exists ${sql.raw(schema)}request_log_by_request on request_log (request_id)`
}

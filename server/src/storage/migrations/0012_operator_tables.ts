/**
 * APIs, providers, notices of legacy protocols, marks of root secrets and clashes of addresses as tables of their own. The
 * table of documents goes; where nodes of the release before may work on beside this one, a view shows them what it held.
 */
import { type Kysely, type Migration, type RawBuilder, sql } from 'kysely'
import type { Facts } from '../sql/connection.ts'
import type { Tables } from '../sql/schema.ts'
import { documentsOf } from './documents.ts'

type Kind = 'text' | 'number' | 'flag' | 'json'
type Columns = Readonly<Record<string, Kind>>

const resources: Columns = {
  scopes: 'json',
  token_format: 'text',
  name: 'text',
  publisher: 'text',
  website: 'text',
  terms: 'text',
  openapi: 'text',
  stability: 'text',
  sunset: 'text',
}
const providers: Columns = {
  kind: 'text',
  name: 'text',
  issuer: 'text',
  authorization_endpoint: 'text',
  token_endpoint: 'text',
  userinfo_endpoint: 'text',
  jwks_uri: 'text',
  token_info_endpoint: 'text',
  scope: 'text',
  client_id: 'text',
  client_secret: 'json',
  native_client_ids: 'json',
  email_authoritative: 'flag',
}
const dialectNotices: Columns = { closed: 'flag', sunset: 'number', since: 'number', link: 'text' }

/** The tables by their names, with the kind of the documents and the column that has the document's name. */
const tables = [
  { table: 'resources', kind: 'resources', key: 'resource', columns: resources, needed: [] },
  { table: 'providers', kind: 'providers', key: 'id', columns: providers, needed: ['kind', 'client_id'] },
  { table: 'dialect_notices', kind: 'dialects', key: 'dialect', columns: dialectNotices, needed: ['closed'] },
  { table: 'secret_marks', kind: 'root_secret', key: 'generation', columns: { mark: 'text' }, needed: ['mark'] },
] as const satisfies readonly {
  readonly table: string
  readonly kind: string
  readonly key: string
  readonly columns: Columns
  readonly needed: readonly string[]
}[]

export function operatorTables({ keyed, plainText, manyReleases }: Facts): Migration {
  const types = { text: sql`text`, json: sql`text`, number: sql`bigint`, flag: sql`smallint` }
  return {
    async up(db: Kysely<Tables>) {
      for (const { table, kind, key, columns, needed } of tables) {
        const mustBe: readonly string[] = needed
        const own = Object.entries<Kind>(columns).map(
          ([name, type]) => sql`${sql.ref(name)} ${types[type]} ${mustBe.includes(name) ? sql`not null` : sql``}`,
        )
        const named = kind === 'root_secret' ? types.number : sql`text ${plainText}`
        await sql`create table ${sql.table(table)} (
          ${sql.ref(key)} ${named} not null primary key, ${sql.join(own)}
        ) ${keyed}`.execute(db)
        for (const [name, body] of await documentsOf<Record<string, unknown>>(db, kind)) {
          const values = Object.entries<Kind>(columns).map(([column, type]) => inColumn(type, body[column] ?? null))
          const names = [key, ...Object.keys(columns)].map((column) => sql.ref(column))
          await sql`insert into ${sql.table(table)} (${sql.join(names)})
            values (${sql.join([kind === 'root_secret' ? Number(name) : name, ...values])})`.execute(db)
        }
      }
      await sql`create table email_clashes (user_id text not null primary key, other_id text not null) ${keyed}`.execute(
        db,
      )
      for (const [user_id, { other }] of await documentsOf<{ other: string }>(db, 'account_clashes')) {
        await db.insertInto('email_clashes').values({ user_id, other_id: other }).execute()
      }
      await sql`drop table documents`.execute(db)
      if (manyReleases) await documentsView().execute(db)
    },
  }
}

function inColumn(kind: Kind, value: unknown): unknown {
  if (value === null || kind === 'text' || kind === 'number') return value
  return kind === 'flag' ? Number(value) : JSON.stringify(value)
}

/**
 * What a node of the first release reads while it works beside this one, so that a key, an API, a provider or a protocol
 * that is switched off here is switched off there. It writes none of it: its pages for keys fail until it is replaced.
 */
function documentsView(): RawBuilder<unknown> {
  const shown = { text: sql``, number: sql``, json: sql`::json`, flag: sql` = 1` }
  const small = tables.map(({ table, kind, key, columns }) => {
    const members = Object.entries<Kind>({ [key]: 'text', ...columns }).map(
      ([name, type]) => sql`${sql.lit(name)}, ${sql.ref(name)}${shown[type]}`,
    )
    return sql`select ${sql.lit(kind)}, ${sql.ref(key)}::text, json_build_object(${sql.join(members)})
      from ${sql.table(table)}`
  })
  return sql`create view documents as
    select kind, name, json_strip_nulls(body)::text as body from (${sql.join([...small, ...keyViews], sql` union all `)})
      as documents (kind, name, body)`
}

const keyViews = [
  sql`select 'subscription_keys', id, json_build_object(
    'owner', owner_id, 'name', name, 'start', start, 'disabled', disabled, 'created_at', created_at, 'digest', digest,
    'open_to', case when open_to_all = 1 then 'all' end,
    'collaborators', coalesce((
      select json_agg(user_id order by user_id) from subscription_key_collaborators where key_id = id
    ), '[]'::json),
    'previous', case when previous_digest is not null then
      json_build_object('digest', previous_digest, 'start', previous_start, 'until', previous_until) end
  ) from subscription_keys`,
  sql`select 'subscription_key_texts', digest, json_build_object('key', id) from subscription_keys where digest <> id`,
  sql`select 'subscription_key_texts', previous_digest, json_build_object('key', id) from subscription_keys
    where previous_digest <> id`,
]

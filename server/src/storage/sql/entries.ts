/** Small tables whose rows have a name and are read together: APIs, providers and notices of legacy protocols. */
import { sql } from 'kysely'
import type { ClosableDialect } from '../../protocol/dialects.ts'
import type {
  DialectNotice,
  Entries,
  HeldPlan,
  InitialToken,
  PlanHolder,
  StoredPlan,
  StoredProvider,
  StoredResource,
} from '../contract.ts'
import { announced, type Connection, type Db } from './connection.ts'
import type { Tables } from './schema.ts'

/** How a member stands in its column, which has its name. */
type Kind = 'text' | 'number' | 'flag' | 'json'
type Columns<Entry> = { readonly [Member in keyof Entry]-?: Kind }
type Row = Record<string, unknown>

export function resources(connection: Connection): Entries<string, StoredResource> {
  return entries<string, StoredResource>(connection, 'resources', 'resource', {
    resource: 'text',
    scopes: 'json',
    token_format: 'text',
    name: 'text',
    publisher: 'text',
    website: 'text',
    terms: 'text',
    openapi: 'text',
    stability: 'text',
    sunset: 'text',
    proxy: 'text',
    client_id: 'text',
  })
}

export function providers(connection: Connection): Entries<string, StoredProvider> {
  return entries<string, StoredProvider>(connection, 'providers', 'id', {
    id: 'text',
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
    jwt_bearer: 'json',
  })
}

export function dialectNotices(connection: Connection): Entries<ClosableDialect, DialectNotice> {
  return entries<ClosableDialect, DialectNotice>(connection, 'dialect_notices', 'dialect', {
    dialect: 'text',
    closed: 'flag',
    sunset: 'number',
    since: 'number',
    link: 'text',
    brownouts: 'json',
  })
}

export function plans(connection: Connection): Entries<string, StoredPlan> {
  return entries<string, StoredPlan>(connection, 'plans', 'name', {
    name: 'text',
    per_minute: 'number',
    per_day: 'number',
    per_month: 'number',
  })
}

export function planHolders(connection: Connection): Entries<PlanHolder, HeldPlan> {
  return entries<PlanHolder, HeldPlan>(connection, 'plan_holders', 'holder', { holder: 'text', plan: 'text' })
}

export function initialTokens(connection: Connection): Entries<string, InitialToken> {
  return entries<string, InitialToken>(connection, 'initial_tokens', 'digest', {
    digest: 'text',
    name: 'text',
    uses_left: 'number',
    expires_at: 'number',
    created_at: 'number',
  })
}

function entries<Name extends string, Entry extends object>(
  connection: Connection,
  table: keyof Tables,
  key: keyof Entry & string,
  columns: Columns<Entry>,
): Entries<Name, Entry> {
  const { db, facts } = connection
  const members = Object.keys(columns) as (keyof Entry & string)[]
  const written = sql.join(members.map((member) => sql.ref(member)))
  const others = members.filter((member) => member !== key)
  const replaced = sql.join(others.map((member) => sql`${sql.ref(member)} = excluded.${sql.ref(member)}`))

  function fromRow(row: Row): Entry {
    const said = members.filter((member) => row[member] !== null)
    return Object.fromEntries(said.map((member) => [member, decoded(columns[member], row[member])])) as Entry
  }

  async function find(trx: Db, name: Name): Promise<Entry | undefined> {
    const { rows } = await sql<Row>`
      select * from ${sql.table(table)} where ${sql.ref(key)} = ${name} ${facts.lock}`.execute(trx)
    return rows[0] && fromRow(rows[0])
  }

  /** Answers whether the entry is written; one that is there stays as it is unless it is to be replaced. */
  async function write(trx: Db, entry: Entry, replace: boolean): Promise<boolean> {
    const values = members.map((member) => encoded(columns[member], entry[member]))
    const { rows } = await sql<Row>`
      insert into ${sql.table(table)} (${written}) values (${sql.join(values)})
      on conflict (${sql.ref(key)}) do ${replace ? sql`update set ${replaced}` : sql`nothing`}
      returning ${sql.ref(key)}`.execute(trx)
    return rows.length > 0
  }

  return {
    async list() {
      const { rows } = await sql<Row>`select * from ${sql.table(table)} order by ${sql.ref(key)}`.execute(db)
      return rows.map(fromRow)
    },

    async put(entry) {
      await announced(connection, (trx) => write(trx, entry, true))
    },

    async amend(name, decide) {
      for (;;) {
        const done = await announced(connection, async (trx) => {
          const present = await find(trx, name)
          const entry = decide(present)
          // Where somebody else has made it since it was looked for, it is to be decided anew from theirs.
          return entry === undefined || (await write(trx, entry, present !== undefined)) ? { entry } : undefined
        })
        if (done !== undefined) return done.entry
      }
    },

    delete: (name) =>
      announced(connection, async (trx) => {
        const { rows } = await sql<Row>`
          delete from ${sql.table(table)} where ${sql.ref(key)} = ${name} returning ${sql.ref(key)}`.execute(trx)
        return rows.length > 0
      }),
  }
}

function decoded(kind: Kind, value: unknown): unknown {
  if (kind === 'json') return JSON.parse(String(value))
  return kind === 'flag' ? value === 1 : value
}

function encoded(kind: Kind, value: unknown): unknown {
  if (value === undefined) return null
  if (kind === 'json') return JSON.stringify(value)
  return kind === 'flag' ? Number(value) : value
}

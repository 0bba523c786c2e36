/** What many grants agree on goes into a table of its own; the rows of grants name it by number. */
import { type Kysely, type Migration, sql } from 'kysely'
import type { Grant, GrantContext } from '../../protocol/grant.ts'
import { asBuffer } from '../sql/bytes.ts'
import type { Facts } from '../sql/connection.ts'
import { ownText, plainNonce, termsText, termsValues } from '../sql/grant_terms.ts'

/** Rows moved at once. */
const batch = 500

/** What is as it was, in its new order: first what every request reads and writes. */
const kept = `id, key, client_id, user_id, state, end_reason, step, stepped_at, generation, created_at, expires_at,
  used_at, used_step, ended_at, epoch, attempt, label, auth_method, sender_key, handle, session_id, client_valid_after,
  user_valid_after, consent_valid_after`

interface OldRow {
  readonly id: Buffer
  readonly dialect: Grant['dialect']
  readonly context: string
  readonly created_at: number
}

export function grantTerms({ blob, keyed, serialKey }: Facts): Migration {
  return {
    async up(db: Kysely<unknown>) {
      await sql`create table grant_terms (
        id ${serialKey}, digest ${blob} not null unique, terms text not null, lasts bigint not null, used_at bigint not null
      )`.execute(db)
      await sql`create table grant_parts (id ${blob} not null primary key, terms bigint not null, own text, auth_time bigint,
        nonce text, code_challenge text) ${keyed}`.execute(db)
      await eachPart(db)
      await rebuild(db, { blob, keyed })
    },
  }
}

/** Writes for each grant the number of its terms, and the rest of its context. */
async function eachPart(db: Kysely<unknown>): Promise<void> {
  const numbers = new Map<string, number>()
  for (let last: Buffer = Buffer.alloc(0); ; ) {
    const { rows } = await sql<OldRow>`select id, dialect, context, created_at from grants
      where id > ${last} order by id limit ${batch}`.execute(db)
    const parts = []
    for (const row of rows) {
      const grant = { dialect: row.dialect, context: JSON.parse(row.context) as GrantContext } as Grant
      const text = termsText(grant)
      const number = numbers.get(text) ?? (await numberOf(db, text))
      numbers.set(text, number)
      const { authTime = null, codeChallenge = null } = grant.context
      const nonce = plainNonce(grant.context)
      parts.push(sql`(${asBuffer(row.id)}, ${number}, ${ownText(grant)}, ${authTime}, ${nonce}, ${codeChallenge})`)
      last = asBuffer(row.id)
    }
    if (parts.length > 0)
      await sql`insert into grant_parts (id, terms, own, auth_time, nonce, code_challenge) values ${sql.join(parts)}`.execute(
        db,
      )
    if (rows.length < batch) break
  }
  // The last of the grants that are there was made before now.
  await sql`update grant_terms set used_at = coalesce((select max(created_at) from grants), 0)`.execute(db)
}

async function numberOf(db: Kysely<unknown>, text: string): Promise<number> {
  const { digest, terms, lasts } = termsValues(text)
  const { rows } = await sql<{ id: number }>`insert into grant_terms (digest, terms, lasts, used_at)
    values (${digest}, ${terms}, ${lasts}, 0) returning id`.execute(db)
  return (rows[0] as { id: number }).id
}

async function rebuild(db: Kysely<unknown>, { blob, keyed }: Pick<Facts, 'blob' | 'keyed'>): Promise<void> {
  const statements = [
    sql`create table narrow_grants (
      id ${blob} not null primary key,
      key ${blob} not null,
      client_id text not null,
      user_id text,
      state smallint not null,
      end_reason text,
      step bigint not null,
      stepped_at bigint not null,
      generation bigint not null,
      created_at bigint not null,
      expires_at bigint not null,
      used_at bigint not null,
      used_step bigint not null,
      ended_at bigint,
      epoch bigint not null,
      attempt ${blob},
      label text,
      auth_method text,
      sender_key ${blob},
      handle ${blob},
      session_id text,
      client_valid_after bigint not null,
      user_valid_after bigint,
      consent_valid_after bigint,
      terms bigint not null,
      own text,
      auth_time bigint,
      nonce text,
      code_challenge text
    ) ${keyed}`,
    sql`insert into narrow_grants (${sql.raw(kept)}, terms, own, auth_time, nonce, code_challenge)
      select ${sql.raw(kept.replaceAll(/\b(?=\w)/g, 'g.'))}, p.terms, p.own,
        p.auth_time, p.nonce, p.code_challenge from grants as g join grant_parts as p on p.id = g.id
      order by g.id`,
    sql`drop table grant_parts`,
    sql`drop table grants`,
    sql`alter table narrow_grants rename to grants`,
    sql`create index grants_by_user on grants (user_id, client_id)`,
    sql`create index grants_by_client on grants (client_id)`,
    sql`create unique index grants_by_handle on grants (handle) where handle is not null`,
    sql`create index grants_by_session on grants (session_id) where session_id is not null`,
    // A token's standing is read from the index alone, whatever else lies in the row of a person or an app.
    sql`create index users_standing on users (id, enabled, valid_after)`,
    sql`create index clients_standing on clients (client_id, enabled, pending, valid_after)`,
  ]
  for (const statement of statements) await statement.execute(db)
}

/** The tables of the first release. */
import { type Kysely, type Migration, sql } from 'kysely'
import type { Facts } from '../sql/connection.ts'
import { requestLogTable } from '../sql/log/request_log_table.ts'

export function initial(facts: Facts): Migration {
  const { blob, serialKey, keyed } = facts
  const statements = [
    sql`create table installation (one smallint primary key check (one = 1), id ${blob} not null)`,
    sql`create table signals (name text primary key, value bigint not null)`,
    sql`insert into signals (name, value) values ('clients', 0)`,

    sql`create table grants (
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
      ended_at bigint,
      epoch bigint not null,
      attempt ${blob},
      dialect text not null,
      label text,
      auth_method text,
      sender_key ${blob},
      handle ${blob},
      session_id text,
      context text not null,
      client_valid_after bigint not null,
      user_valid_after bigint,
      consent_valid_after bigint
    ) ${keyed}`,
    sql`create index grants_by_user on grants (user_id, client_id)`,
    sql`create index grants_by_client on grants (client_id)`,
    sql`create unique index grants_by_handle on grants (handle) where handle is not null`,
    sql`create index grants_by_session on grants (session_id) where session_id is not null`,
    sql`create table grant_repeats (
      grant_id ${blob} not null, network text not null, count bigint not null, last_at bigint not null,
      primary key (grant_id, network)
    ) ${keyed}`,
    sql`create table claims (
      bucket bigint not null, kind text not null, hash ${blob} not null, attempt ${blob} not null,
      primary key (bucket, kind, hash)
    ) ${keyed}`,

    sql`create table users (
      number ${serialKey},
      id text not null unique,
      username text not null,
      username_key text not null unique,
      email text,
      email_key text unique,
      email_verified smallint not null,
      password_hash text,
      roles text not null,
      claims text not null,
      second_factor smallint not null,
      enabled smallint not null,
      valid_after bigint not null,
      created_at bigint not null,
      updated_at bigint not null
    )`,
    sql`create index users_with_roles on users (roles) where roles <> '[]'`,
    sql`create table clients (
      client_id text not null primary key,
      owner_id text,
      enabled smallint not null,
      valid_after bigint not null,
      metadata text not null,
      created_at bigint not null,
      updated_at bigint not null
    )`,
    sql`create index clients_by_owner on clients (owner_id)`,
    sql`create table client_secrets (
      client_id text not null references clients on delete cascade,
      id text not null,
      name text not null,
      hash ${blob} not null,
      created_at bigint not null,
      expires_at bigint,
      primary key (client_id, id)
    )`,
    sql`create table client_collaborators (
      client_id text not null references clients on delete cascade,
      user_id text not null,
      primary key (client_id, user_id)
    )`,
    sql`create index collaborators_by_user on client_collaborators (user_id)`,
    sql`create table consents (
      user_id text not null,
      client_id text not null,
      scope text not null,
      enabled smallint not null,
      valid_after bigint not null,
      granted_at bigint not null,
      touched bigint not null,
      primary key (user_id, client_id)
    ) ${keyed}`,
    sql`create index consents_by_client on consents (client_id)`,
    sql`create table sessions (
      id text not null primary key,
      token_hash ${blob} not null unique,
      user_id text not null,
      auth_time bigint not null,
      amr text not null,
      created_at bigint not null,
      last_seen_at bigint not null,
      user_agent text,
      user_valid_after bigint not null
    )`,
    sql`create index sessions_by_user on sessions (user_id)`,
    sql`create index sessions_by_use on sessions (last_seen_at)`,
    sql`create table failures (
      key text not null, starts_at bigint not null, ends_at bigint not null, count bigint not null,
      primary key (key, starts_at, ends_at)
    ) ${keyed}`,
    sql`create index failures_by_end on failures (ends_at)`,
    sql`create table signing_keys (
      kid text not null primary key,
      alg text not null,
      state text not null,
      public_jwk text not null,
      sealed_private ${blob} not null,
      created_at bigint not null,
      activated_at bigint,
      retired_at bigint
    )`,
    sql`create unique index signing_keys_in_use on signing_keys (alg, state) where state <> 'retired'`,

    ...(facts.requestLogApart ? [] : requestLogTable(facts)),
    sql`create table audit_log (
      seq ${serialKey},
      at bigint not null,
      type text not null,
      actor text,
      subject text,
      client_id text,
      address text,
      request_id text,
      detail text not null
    )`,
    sql`create index audit_log_by_time on audit_log (at, seq)`,
    sql`create table usage (
      day text not null, user_id text not null, count bigint not null, primary key (day, user_id)
    ) ${keyed}`,
    sql`create table documents (kind text not null, name text not null, body text not null, primary key (kind, name))`,

    sql`create table variables (
      id ${serialKey},
      user_number bigint not null,
      name text not null,
      unit text not null,
      category text,
      combination text not null,
      created_at bigint not null,
      updated_at bigint not null,
      unique (user_number, name)
    )`,
    sql`create table measurements (
      id ${serialKey},
      user_number bigint not null,
      variable_id bigint not null references variables,
      start_time bigint not null,
      value double precision not null,
      unit text not null,
      note text,
      source text not null,
      client_id text not null,
      created_at bigint not null,
      updated_at bigint not null,
      unique (user_number, variable_id, start_time)
    )`,
    // Each holds all that it takes to order and page through a person's measurements without reading their rows.
    sql`create index measurements_by_time on measurements (user_number, start_time, variable_id, id)`,
    sql`create index measurements_by_value on measurements (user_number, value, start_time, variable_id, id)`,
    sql`create index measurements_by_variable_and_value
      on measurements (user_number, variable_id, value, start_time, id)`,
    sql`create index measurements_by_update on measurements (user_number, updated_at, start_time, variable_id, id)`,
  ]
  return {
    async up(db: Kysely<unknown>) {
      for (const statement of statements) await statement.execute(db)
    },
  }
}

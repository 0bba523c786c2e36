/**
 * What the lists of people and apps are read by: an index for each filter, and for each name that is looked for. And when the
 * operator last forgave an account what was guessed at it.
 */
import { type Kysely, type Migration, sql } from 'kysely'
import { nameKeyOf } from '../sql/clients/client_names.ts'
import type { Facts } from '../sql/connection.ts'

/** The filters of people, by the name of the index; each is read in the order of numbers. */
const people = {
  users_enabled: 'enabled = 1',
  users_disabled: 'enabled = 0 and closing_at is null',
  users_closed: 'closing_at is not null',
  users_with_factor: 'second_factor = 1',
  users_without_factor: 'second_factor = 0',
  users_verified: 'email_verified = 1',
  users_unverified: 'email_verified = 0 and email is not null',
  users_without_address: 'email_verified = 0 and email is null',
  users_by_role: `roles <> '[]'`,
}

/** The filters of apps; each is read from the newest. */
const apps = {
  clients_enabled: 'enabled = 1',
  clients_pending: 'enabled = 0 and pending = 1',
  clients_disabled: 'enabled = 0 and pending = 0',
  clients_waiting: '(proposal is not null or (enabled = 0 and pending = 1))',
  clients_verified: 'verification is not null',
}

export function lists({ plainText }: Facts): Migration {
  return {
    async up(db: Kysely<unknown>) {
      for (const [name, condition] of Object.entries(people)) {
        await sql`create index ${sql.ref(name)} on users (number) where ${sql.raw(condition)}`.execute(db)
      }
      for (const column of ['username_key', 'email_key', 'id']) {
        await sql`create index ${sql.ref(`users_beginning_${column}`)} on users (${sql.ref(column)} ${plainText})`.execute(
          db,
        )
      }
      await sql`alter table users add column guesses_forgiven_at bigint`.execute(db)
      // Null for an app that a node of the release before has registered, until it is changed.
      await sql`alter table clients add column name_key text`.execute(db)
      const { rows } = await sql<{
        client_id: string
        metadata: string
      }>`select client_id, metadata from clients`.execute(db)
      for (const { client_id, metadata } of rows) {
        const key = nameKeyOf(JSON.parse(metadata) as Record<string, unknown>)
        await sql`update clients set name_key = ${key} where client_id = ${client_id}`.execute(db)
      }
      await sql`create index clients_by_age on clients (created_at, client_id)`.execute(db)
      for (const [name, condition] of Object.entries(apps)) {
        await sql`create index ${sql.ref(name)} on clients (created_at, client_id) where ${sql.raw(condition)}`.execute(
          db,
        )
      }
      for (const column of ['name_key', 'client_id']) {
        await sql`create index ${sql.ref(`clients_beginning_${column}`)}
          on clients (${sql.ref(column)} ${plainText}, client_id ${plainText})`.execute(db)
      }
    },
  }
}

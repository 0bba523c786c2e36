/** Looks for what no act of ours leaves behind: rows that name what is not there, unknown values, counts that differ. */
import { type RawBuilder, sql } from 'kysely'
import { endReasons } from '../../../protocol/grant.ts'
import { signingStates, subscriptionKeyStates, testerStates } from '../../contract/operator.ts'
import type { DatabaseFault } from '../../contract.ts'
import type { Connection, Db } from '../connection.ts'
import { stateCode } from '../grant_row.ts'

interface Check {
  readonly check: string
  /** Counts what is wrong as `count`. */
  readonly wrong: RawBuilder<{ count: number }>
  /** A sentence without its end, behind which the count stands. */
  readonly text: string
}

/** Columns that name an account, of tables whose rows go with it. */
const ofAccounts: readonly (readonly [table: string, column: string, what: string])[] = [
  ['identities', 'user_id', 'linked identities'],
  ['passkeys', 'user_id', 'passkeys'],
  ['factors', 'user_id', 'second factors'],
  ['recovery_codes', 'user_id', 'recovery codes'],
  ['app_passwords', 'user_id', 'app passwords'],
  ['consents', 'user_id', 'consents'],
  ['consent_receipts', 'user_id', 'consent receipts'],
  ['sessions', 'user_id', 'sessions'],
  ['pictures', 'user_id', 'pictures'],
  ['former_usernames', 'user_id', 'former usernames'],
  ['client_collaborators', 'user_id', 'shares of apps'],
  ['subscription_keys', 'owner_id', 'subscription keys'],
  ['clients', 'owner_id', 'apps'],
]

/** Columns whose values are one of a few. */
const ofFew: readonly (readonly [table: string, column: string, values: readonly (string | number)[]])[] = [
  ['grants', 'state', Object.values(stateCode)],
  ['grants', 'end_reason', endReasons],
  ['users', 'enabled', [0, 1]],
  ['users', 'email_verified', [0, 1]],
  ['users', 'second_factor', [0, 1]],
  ['clients', 'enabled', [0, 1]],
  ['clients', 'pending', [0, 1]],
  ['consents', 'enabled', [0, 1]],
  ['signing_keys', 'state', signingStates],
  ['client_testers', 'state', testerStates],
  ['subscription_keys', 'disabled', subscriptionKeyStates],
  ['jobs', 'outcome', ['done', 'given_up']],
]

function checks(): readonly Check[] {
  return [
    ...ofAccounts.map(
      ([table, column, what]): Check => ({
        check: 'accounts',
        wrong: sql`select count(*) as count from ${sql.table(table)} t where t.${sql.ref(column)} is not null
          and not exists (select 1 from users u where u.id = t.${sql.ref(column)})`,
        text: `There are ${what} of accounts that do not exist`,
      }),
    ),
    {
      check: 'grants',
      wrong: sql`select count(*) as count from grants g where g.state <> ${stateCode.ended} and g.user_id is not null
        and not exists (select 1 from users u where u.id = g.user_id)`,
      text: 'There are authorizations in force for accounts that do not exist',
    },
    {
      check: 'grants',
      wrong: sql`select count(*) as count from grants g where g.state <> ${stateCode.ended}
        and not exists (select 1 from grant_terms t where t.id = g.terms)`,
      text: 'There are authorizations in force that do not say what they allow',
    },
    {
      check: 'second factors',
      wrong: sql`select count(*) as count from users u where u.second_factor = 1
        and not exists (select 1 from factors f where f.user_id = u.id and f.totp_seed is not null)
        and not exists (select 1 from passkeys p where p.user_id = u.id)`,
      text: 'There are accounts that ask for a second factor and have none',
    },
    {
      check: 'second factors',
      wrong: sql`select count(*) as count from users u where u.second_factor = 0
        and exists (select 1 from factors f where f.user_id = u.id and f.totp_seed is not null)`,
      text: 'There are accounts that have an authenticator app and do not ask for it',
    },
    {
      check: 'accounts',
      wrong: sql`select count(*) as count from users where (email is null) <> (email_key is null)`,
      text: 'There are accounts that are not found by their e-mail address',
    },
    {
      check: 'measurements',
      wrong: sql`select count(*) as count from measurements m
        where not exists (select 1 from users u where u.number = m.user_number)`,
      text: 'There are measurements of accounts that do not exist',
    },
    {
      check: 'measurements',
      wrong: sql`select count(*) as count from measurement_counts c
        where c.count <> (select count(*) from measurements m where m.user_number = c.user_number)`,
      text: 'There are accounts with another number of measurements than was counted',
    },
    {
      check: 'plans',
      wrong: sql`select count(*) as count from plan_holders h
        where not exists (select 1 from clients c where 'client:' || c.client_id = h.holder)
        and not exists (select 1 from subscription_keys k where 'key:' || k.id = h.holder)`,
      text: 'There are plans of apps and subscription keys that do not exist',
    },
    {
      check: 'signing keys',
      wrong: sql`select count(*) as count from (select alg from signing_keys where state <> 'retired'
        group by alg having count(*) <> 2) wrong`,
      text: 'There are algorithms without one signing key in use and one that follows it',
    },
    {
      check: 'installation',
      wrong: sql`select 1 - count(*) as count from installation`,
      text: 'The database does not say which installation it belongs to',
    },
    ...ofFew.map(
      ([table, column, values]): Check => ({
        check: 'values',
        wrong: sql`select count(*) as count from ${sql.table(table)} where ${sql.ref(column)} not in (${sql.join(values.map((value) => sql.lit(value)))})`,
        text: `There are rows of ${table} with an unknown value in ${column}`,
      }),
    ),
  ]
}

/** What is wrong, in plain sentences. Reads whole tables. */
export async function findFaults({ db }: Pick<Connection, 'db'>): Promise<readonly DatabaseFault[]> {
  const faults: DatabaseFault[] = []
  for (const { check, wrong, text } of checks()) {
    const { rows } = await wrong.execute(db)
    const count = Number(rows[0]?.count ?? 0)
    if (count > 0) faults.push({ check, text: `${text} (${count}).` })
  }
  return faults
}

/** What SQLite itself finds wrong with its file. */
export async function findFileFaults(db: Db): Promise<readonly DatabaseFault[]> {
  const { rows } = await sql<{ integrity_check: string }>`pragma integrity_check`.execute(db)
  const damaged = rows.filter(({ integrity_check }) => integrity_check !== 'ok')
  const { rows: broken } = await sql<{ table: string }>`pragma foreign_key_check`.execute(db)
  const tables = [...new Set(broken.map(({ table }) => table))]
  return [
    ...damaged.map(({ integrity_check }) => ({ check: 'file', text: `The file is damaged: ${integrity_check}.` })),
    ...(broken.length === 0
      ? []
      : [
          {
            check: 'file',
            text: `There are rows of ${tables.join(', ')} that name rows which do not exist (${broken.length}).`,
          },
        ]),
  ]
}

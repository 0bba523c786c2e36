/** All migrations in order, and the run that brings a database up to date. */
import { DEFAULT_MIGRATION_TABLE, type Kysely, type Migration, Migrator, sql } from 'kysely'
import type { Facts } from '../sql/connection.ts'
import type { Tables } from '../sql/schema.ts'
import { initial } from './0001_initial.ts'
import { dialectUsesTable } from './0002_dialect_uses.ts'
import { identitiesTable } from './0003_identities.ts'
import { usedStep } from './0004_used_step.ts'
import { clientStatus } from './0005_client_status.ts'
import { clientAddresses } from './0006_client_addresses.ts'
import { emailDomains } from './0007_email_domains.ts'
import { requestIds } from './0008_request_ids.ts'
import { measurementCounts } from './0009_measurement_counts.ts'
import { consentShown } from './0010_consent_shown.ts'
import { subscriptionKeysTables } from './0011_subscription_keys.ts'
import { operatorTables } from './0012_operator_tables.ts'
import { grantTerms } from './0016_grant_terms.ts'

function migrations(facts: Facts): Record<string, Migration> {
  return {
    '0001_initial': initial(facts),
    '0002_dialect_uses': dialectUsesTable(facts),
    '0003_identities': identitiesTable(facts),
    '0004_used_step': usedStep(),
    '0005_client_status': clientStatus(facts),
    '0006_client_addresses': clientAddresses(facts),
    '0007_email_domains': emailDomains(),
    '0008_request_ids': requestIds(facts),
    '0009_measurement_counts': measurementCounts(facts),
    '0010_consent_shown': consentShown(),
    '0011_subscription_keys': subscriptionKeysTables(facts),
    '0012_operator_tables': operatorTables(facts),
    '0016_grant_terms': grantTerms(facts),
  }
}

/** A database that must not be changed, and is older than this release. */
class MigrationsPending extends Error {
  override readonly name = 'MigrationsPending'
}

/** A database that a later release has brought up to date: what its rows mean is not known here. */
class DatabaseOfLaterRelease extends Error {
  override readonly name = 'DatabaseOfLaterRelease'
}

/** The run of the migrations over a database. Throws DatabaseOfLaterRelease where it knows only some of those that it has. */
async function migratorOver(db: Kysely<Tables>, facts: Facts): Promise<Migrator> {
  const known = migrations(facts)
  const migrator = new Migrator({ db, provider: { getMigrations: async () => known } })
  if ((await migrator.getMigrations()).every(({ executedAt }) => executedAt === undefined)) return migrator
  const { rows } = await sql<{ name: string }>`select name from ${sql.table(DEFAULT_MIGRATION_TABLE)}`.execute(db)
  const later = rows.map(({ name }) => name).filter((name) => !(name in known))
  if (later.length === 0) return migrator
  throw new DatabaseOfLaterRelease(
    `The database is of a later release than this one (${later.sort().join(', ')}). Start that release, or a later one.`,
  )
}

/** Throws MigrationsPending or DatabaseOfLaterRelease where the database is not of this release; changes nothing. */
export async function requireMigrated(db: Kysely<Tables>, facts: Facts): Promise<void> {
  const migrator = await migratorOver(db, facts)
  const pending = (await migrator.getMigrations()).filter(({ executedAt }) => executedAt === undefined)
  if (pending.length === 0) return
  throw new MigrationsPending(
    'The database is older than this release. The next start or `migrate` brings it up to date.',
  )
}

/**
 * Brings the database to the newest version. Several processes may do so at once: one works, the others wait. Throws
 * DatabaseOfLaterRelease, and has changed nothing then.
 */
export async function migrate(db: Kysely<Tables>, facts: Facts): Promise<void> {
  const migrator = await migratorOver(db, facts)
  const { error } = await migrator.migrateToLatest()
  if (error !== undefined) throw error
}

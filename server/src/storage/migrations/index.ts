/**
 * All migrations in order, and the run that brings a database up to date.
 * Not here: the present shape of the tables, which is `sql/schema.ts`. Neighbours: both drivers run them; what differs
 * between databases is a named fact. To add: a migration, a file `nnnn_what.ts` and its line here. A released one is
 * never edited.
 */
import { DEFAULT_MIGRATION_TABLE, type Kysely, type Migration, Migrator, sql } from 'kysely'
import { isOlderRelease } from '../../lib/release.ts'
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
import { nodesTables } from './0013_nodes.ts'
import { grantTerms } from './0016_grant_terms.ts'
import { auditOperator } from './0017_audit_operator.ts'
import { clientMethods } from './0018_client_methods.ts'
import { jobsTable } from './0019_jobs.ts'
import { mailedLinks } from './0020_mailed_links.ts'
import { factorsTables } from './0021_factors.ts'
import { passkeysTable } from './0022_passkeys.ts'
import { appPasswordsTable } from './0023_app_passwords.ts'
import { accountData } from './0024_account_data.ts'
import { accessTables } from './0025_access.ts'
import { profile } from './0026_profile.ts'
import { devicesAndApps } from './0027_devices_and_apps.ts'
import { consentReceipts } from './0028_consent_receipts.ts'
import { subjectSalt } from './0030_subject_salt.ts'
import { acceptances } from './0031_acceptances.ts'
import { jobsAgain } from './0032_jobs_again.ts'
import { appInvitations } from './0033_app_invitations.ts'
import { recoveryTable } from './0037_recovery.ts'
import { refusedApps } from './0038_refused_apps.ts'
import { auditChain } from './0040_audit_chain.ts'
import { adminApiTables } from './0041_admin_api.ts'
import { moving } from './0042_moving.ts'
import { ownApis } from './0043_own_apis.ts'
import { lists } from './0044_lists.ts'
import { consoleTables } from './0045_console.ts'
import { planTables } from './0046_plans.ts'
import { webhooksTables } from './0047_webhooks.ts'
import { jobLists } from './0048_job_lists.ts'
import { pushedRequestsTable } from './0050_pushed_requests.ts'
import { accessRequestLists } from './0051_access_request_lists.ts'
import { deviceRequestsTable } from './0057_device_requests.ts'
import { registration } from './0060_registration.ts'
import { jwtBearer } from './0066_jwt_bearer.ts'

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
    '0013_nodes': nodesTables(facts),
    '0016_grant_terms': grantTerms(facts),
    '0017_audit_operator': auditOperator(),
    '0018_client_methods': clientMethods(),
    '0019_jobs': jobsTable(facts),
    '0020_mailed_links': mailedLinks(facts),
    '0021_factors': factorsTables(facts),
    '0022_passkeys': passkeysTable(facts),
    '0023_app_passwords': appPasswordsTable(facts),
    '0024_account_data': accountData(facts),
    '0025_access': accessTables(facts),
    '0026_profile': profile(facts),
    '0027_devices_and_apps': devicesAndApps(facts),
    '0028_consent_receipts': consentReceipts(facts),
    '0030_subject_salt': subjectSalt(),
    '0031_acceptances': acceptances(facts),
    '0032_jobs_again': jobsAgain(),
    '0033_app_invitations': appInvitations(facts),
    '0037_recovery': recoveryTable(),
    '0038_refused_apps': refusedApps(),
    '0040_audit_chain': auditChain(facts),
    '0041_admin_api': adminApiTables(facts),
    '0042_moving': moving(facts),
    '0043_own_apis': ownApis(),
    '0044_lists': lists(facts),
    '0045_console': consoleTables(facts),
    '0046_plans': planTables(facts),
    '0047_webhooks': webhooksTables(facts),
    '0048_job_lists': jobLists(),
    '0050_pushed_requests': pushedRequestsTable(facts),
    '0051_access_request_lists': accessRequestLists(),
    '0057_device_requests': deviceRequestsTable(facts),
    '0060_registration': registration(facts),
    '0066_jwt_bearer': jwtBearer(),
  }
}

/** A database that must not be changed, or not by this role, and is older than this release. */
export class MigrationsPending extends Error {
  override readonly name = 'MigrationsPending'
}

/** A database that a later release has brought up to date, and that says of this one that it may not work on it. */
class DatabaseOfLaterRelease extends Error {
  override readonly name = 'DatabaseOfLaterRelease'
}

export interface Opened {
  readonly db: Kysely<Tables>
  readonly facts: Facts
  /** The release that opens it; without one no database is opened that has migrations which are not known here. */
  readonly release: string | undefined
}

/**
 * The migrations that are still to be run, and what runs them. There are none where the database is of a later release and
 * says that this one may work on it as it is. Throws DatabaseOfLaterRelease where it does not.
 */
async function pendingIn({ db, facts, release }: Opened): Promise<{ migrator: Migrator; names: readonly string[] }> {
  const known = migrations(facts)
  const migrator = new Migrator({ db, provider: { getMigrations: async () => known } })
  const all = await migrator.getMigrations()
  const names = all.filter(({ executedAt }) => executedAt === undefined).map(({ name }) => name)
  if (names.length === all.length) return { migrator, names }
  const { rows } = await sql<{ name: string }>`select name from ${sql.table(DEFAULT_MIGRATION_TABLE)}`.execute(db)
  const later = rows.map(({ name }) => name).filter((name) => !(name in known))
  const isOld = names.length === 0 && (await isTooOld(db, release))
  if (!isOld && (later.length === 0 || (release !== undefined && names.length === 0))) return { migrator, names }
  throw new DatabaseOfLaterRelease(
    `The database is of a later release than this one${later.length === 0 ? '' : ` (${later.sort().join(', ')})`}. Start that release, or a later one.`,
  )
}

/** Whether the database says that only later releases may open it. */
async function isTooOld(db: Kysely<Tables>, release: string | undefined): Promise<boolean> {
  const { oldest_release } = await db.selectFrom('opened_by').select('oldest_release').executeTakeFirstOrThrow()
  return release !== undefined && isOlderRelease(release, oldest_release)
}

/** The migrations that are still to be run, in order. Throws DatabaseOfLaterRelease. */
export async function pendingMigrations(
  opened: Opened,
): Promise<readonly { readonly name: string; readonly migration: Migration }[]> {
  const { names } = await pendingIn(opened)
  return Object.entries(migrations(opened.facts))
    .filter(([name]) => names.includes(name))
    .map(([name, migration]) => ({ name, migration }))
}

/** Throws MigrationsPending or DatabaseOfLaterRelease where this release cannot work on the database; changes nothing. */
export async function requireMigrated(opened: Opened): Promise<void> {
  if ((await pendingIn(opened)).names.length === 0) return
  throw new MigrationsPending(
    'The database is older than this release. The next start or `migrate` brings it up to date.',
  )
}

/**
 * Brings the database to the newest version that is known here. Several processes may do so at once: one works, the others
 * wait. Throws DatabaseOfLaterRelease, and has changed nothing then.
 */
export async function migrate(opened: Opened): Promise<void> {
  const { migrator, names } = await pendingIn(opened)
  if (names.length === 0) return
  const { error } = await migrator.migrateToLatest()
  if (error !== undefined) throw error
}

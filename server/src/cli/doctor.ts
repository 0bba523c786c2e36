/** `consentry doctor`: looks at what goes wrong in practice, and says for each problem how to repair it. */
import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from 'commander'
import { waitingApps } from '../engine/operator/apps.ts'
import { day, second, systemClock } from '../lib/clock.ts'
import { messageOf } from '../lib/text/reason.ts'
import { normalizeLogin } from '../protocol/account_names.ts'
import { olderNodes } from '../runtime/jobs/nodes.ts'
import { createKeyring, findWrongSecret } from '../runtime/keys/keyring.ts'
import { openSigningKey } from '../runtime/keys/signer.ts'
import { signingLife } from '../runtime/keys/signing_keys.ts'
import { type Settings, usualFile } from '../settings.ts'
import type { Storage } from '../storage/contract.ts'
import { version } from '../version.ts'
import {
  addStorageOptions,
  CommandError,
  commandLog,
  commandSettings,
  databaseName,
  type Env,
  moment,
  printResult,
} from './command.ts'
import { lookAtEachApp, lookAtScopes } from './findings/apps.ts'
import { lookAtVitals } from './findings/database.ts'
import { lookAtDisk } from './findings/disk.ts'
import { lookAtEgress } from './findings/egress.ts'
import { lookAtFront } from './findings/front.ts'
import { lookAtLegacyLogin } from './findings/legacy_login.ts'
import { lookAtJobs, lookAtMail, sendTestMail } from './findings/mail.ts'
import { lookAtMailDomain, systemTxt } from './findings/mail_domain.ts'
import { lookAtPasskeys } from './findings/passkeys.ts'
import { lookAtPictures } from './findings/pictures.ts'
import { type Finding, lookAtProviders } from './findings/providers.ts'
import { lookAtRecovery } from './findings/recovery.ts'
import { lookAtSetUp } from './findings/set_up.ts'
import { self } from './invocation.ts'
import { nodeProblem, recommendedNode } from './node_lines.ts'

interface DoctorOptions {
  readonly data?: string
  readonly databaseUrl?: string
  readonly issuer?: string
  readonly mail?: string
}

export function addDoctor(program: Command, env: Env): void {
  addStorageOptions(program.command('doctor'))
    .description('find problems and say how to fix them; changes nothing')
    .option('--issuer <url>', 'public URL of this server (CONSENTRY_ISSUER)')
    .option('--mail <address>', 'send a real test mail to this address')
    .addHelpText(
      'after',
      `\nIt changes nothing. Exit code 0: no problem. Exit code 1: at least one problem.\n\nExample:\n  ${self} doctor`,
    )
    .action(async (options: DoctorOptions, command: Command) => {
      const flags = {
        CONSENTRY_DATA: options.data,
        DATABASE_URL: options.databaseUrl,
        CONSENTRY_ISSUER: options.issuer,
      }
      const settings = await commandSettings(command, env, flags, false)
      const now = systemClock(0).now()
      // What takes long waits for others, and none for another.
      const later = await Promise.all([
        lookAtDisk(settings.data),
        lookAtDatabase(settings),
        lookAtMail(settings),
        settings.mail === undefined || settings.loopback ? [] : lookAtMailDomain(settings.mail, systemTxt()),
        options.mail === undefined ? [] : sendTestMail(settings, options.mail),
        lookAtPictures(settings),
        lookAtFront(settings, now),
      ])
      const findings = [
        lookAtSettings(settings),
        lookAtIssuer(settings),
        lookAtNode(process.versions.node, now),
        ...lookAtFiles(settings.data),
        ...later.flat(),
      ]
      const problems = findings.filter(({ state }) => state === 'problem')
      const lines = findings.flatMap(({ check, state, text, repair }) => {
        return [`${state.padEnd(7)}  ${check}: ${text}`, ...(repair === undefined ? [] : [`         ${repair}`])]
      })
      printResult(command, { problems: problems.length, findings }, lines)
      if (problems.length > 0)
        throw new CommandError(
          'problems',
          `${problems.length} problem${problems.length === 1 ? '' : 's'} found (see above)`,
        )
    })
}

function lookAtSettings({ file }: Settings): Finding {
  const text = file ?? `no settings file; ${usualFile} in this folder would be read`
  return { check: 'settings', state: 'ok', text }
}

function lookAtIssuer({ issuer, loopback }: Settings): Finding {
  if (!loopback) return { check: 'issuer', state: 'ok', text: issuer }
  return { check: 'issuer', state: 'ok', text: `${issuer}, for this machine only` }
}

/** Whether this line of Node.js still gets repairs. */
export function lookAtNode(running: string, now: number): Finding {
  const problem = nodeProblem(running, now)
  if (problem === undefined) return { check: 'node', state: 'ok', text: running }
  const repair = `Install Node ${recommendedNode}. Nothing else has to change.`
  return { check: 'node', state: 'warning', text: problem, repair }
}

function lookAtFiles(data: string): Finding[] {
  if (process.platform === 'win32') return []
  return [
    { check: 'data folder', path: data, mode: '700' },
    { check: 'secret file', path: join(data, 'secret'), mode: '600' },
    { check: 'database file', path: join(data, 'consentry.db'), mode: '600' },
  ].flatMap(({ check, path, mode }): Finding[] => {
    if (!existsSync(path)) return []
    // Inside a closed folder the database file is out of reach whatever its own mode.
    const closed =
      (statSync(path).mode & 0o077) === 0 || (check === 'database file' && (statSync(data).mode & 0o077) === 0)
    if (closed) return [{ check, state: 'ok', text: path }]
    const repair = `Close it: chmod ${mode} ${path}`
    return [{ check, state: 'problem', text: `${path} is open to other users of this machine`, repair }]
  })
}

async function lookAtDatabase(settings: Settings): Promise<Finding[]> {
  const check = 'database'
  if (settings.databaseUrl === undefined && !existsSync(join(settings.data, 'consentry.db'))) {
    return [
      { check, state: 'ok', text: `${databaseName(settings)} does not exist yet; the first start makes it` },
      ...(await lookAtLegacyLogin(settings)),
    ]
  }
  const vitals = await lookAtVitals(settings)
  // The server does not start there, so that there is nothing more to see.
  if (vitals.some(({ state }) => state === 'problem')) return vitals
  let storage: Storage
  try {
    const { openStorage } = await import('../open_storage.ts')
    storage = await openStorage(settings, await commandLog(), { migrate: false })
  } catch (error) {
    const text = `${databaseName(settings)}: ${messageOf(error)}`
    const name = error instanceof Error ? error.name : ''
    if (name === 'MigrationsPending') return [{ check, state: 'warning', text }, ...vitals]
    if (name === 'DatabaseOfLaterRelease') return [{ check, state: 'problem', text }, ...vitals]
    return [{ check, state: 'problem', text, repair: repairOf(settings) }, ...vitals]
  }
  try {
    await storage.ping()
    return [
      { check, state: 'ok', text: `${databaseName(settings)} answers` },
      ...vitals,
      lookAtClock(storage, settings),
      await lookAtSecret(storage, settings),
      await lookAtKeys(storage, settings),
      await lookAtApps(storage),
      ...(await lookAtEachApp(storage, settings)),
      ...(await lookAtScopes(storage, settings)),
      ...(await lookAtAddresses(storage)),
      ...(await lookAtReleases(storage)),
      ...(await lookAtJobs(storage)),
      ...(await lookAtRecovery(storage)),
      ...(await lookAtSetUp(storage, settings)),
      ...(await Promise.all([lookAtProviders(storage, settings), lookAtEgress(storage, settings)])).flat(),
      ...(await lookAtPasskeys(storage, settings)),
    ]
  } catch (error) {
    const text = `${databaseName(settings)}: ${messageOf(error)}`
    return [{ check, state: 'problem', text, repair: repairOf(settings) }]
  } finally {
    await storage.close()
  }
}

function repairOf({ databaseUrl, data }: Settings): string {
  if (databaseUrl === undefined) return `Check that the files in ${data} belong to you and that the disk is not full.`
  return 'Check that PostgreSQL is running and reachable from this machine. (createdb … if the database is missing)'
}

function lookAtClock(storage: Storage, settings: Settings): Finding {
  const skew = Math.round((storage.clock.now() - systemClock(settings.clockOffset).now()) / second)
  if (Math.abs(skew) <= 5) return { check: 'clock', state: 'ok', text: 'agrees with the database' }
  const text = `differs from the database's by ${Math.abs(skew)} s`
  return { check: 'clock', state: 'problem', text, repair: 'Let both machines keep time by NTP.' }
}

async function lookAtSecret(storage: Storage, settings: Settings): Promise<Finding> {
  if (settings.secrets.length === 0) {
    const repair = 'Set CONSENTRY_SECRET_FILE to the secret that the database was first used with.'
    return { check: 'root secret', state: 'problem', text: `there is none in ${settings.data}`, repair }
  }
  const keyring = createKeyring(settings.secrets, settings.issuer, storage.installation)
  const wrong = await findWrongSecret(storage, keyring)
  if (wrong === undefined) return { check: 'root secret', state: 'ok', text: 'matches this database' }
  const repair =
    'Give the secret that the database was first used with (CONSENTRY_SECRET_FILE, or secret in the data folder).'
  return { check: 'root secret', state: 'problem', text: wrong.message, repair }
}

async function lookAtKeys(storage: Storage, settings: Settings): Promise<Finding> {
  const now = storage.clock.now()
  const keys = await storage.keys.list()
  const oldest = Math.min(
    ...keys.filter(({ state }) => state === 'signing').map((key) => key.activatedAt ?? key.createdAt),
  )
  if (keys.length === 0) return { check: 'signing keys', state: 'ok', text: 'none yet; the first start makes them' }
  if (settings.secrets.length > 0) {
    const keyring = createKeyring(settings.secrets, settings.issuer, storage.installation)
    const shut = keys.filter((key) => openSigningKey(key, keyring) === undefined)
    if (shut.length > 0) {
      const repair = 'Name the root secret again that was given up too early, start the server once, then give it up.'
      const text = `${shut.length} of ${keys.length} cannot be opened with the root secrets that are known`
      return { check: 'signing keys', state: 'problem', text, repair }
    }
  }
  const age = Math.floor((now - oldest) / day)
  if (now - oldest < signingLife + day) return { check: 'signing keys', state: 'ok', text: `${age} days old at most` }
  return {
    check: 'signing keys',
    state: 'problem',
    text: `the oldest that signs is ${age} days old`,
    repair: `No server has looked after them: start one, or run ${self} keys rotate.`,
  }
}

/** The nodes of older releases that still work on the database. */
async function lookAtReleases(storage: Storage): Promise<Finding[]> {
  return (await olderNodes(storage, version)).map(({ release, seenAt }) => ({
    check: 'releases',
    state: 'warning',
    text: `a server of release ${release} worked on this database at ${moment(seenAt)}`,
    repair: `If it still runs: replace it by one of ${version}.`,
  }))
}

/** Accounts whose e-mail address another account has in another spelling, so that only the other is found by it. */
async function lookAtAddresses(storage: Storage): Promise<Finding[]> {
  const findings: Finding[] = []
  for (const { userId, otherId } of await storage.accounts.listEmailClashes()) {
    const account = await storage.accounts.find(userId)
    const other = await storage.accounts.find(otherId)
    if (account?.email == null || other?.email == null) continue
    if (normalizeLogin(account.email) !== normalizeLogin(other.email)) continue
    findings.push({
      check: 'e-mail addresses',
      state: 'warning',
      text: `${account.username} and ${other.username} have the same address (${other.email}); it signs in ${other.username}`,
      repair: `Give ${account.username} another address with apply, or delete one of them with user delete.`,
    })
  }
  return findings
}

/** Whether apps wait for the operator. */
async function lookAtApps(storage: Storage): Promise<Finding> {
  const waiting = await waitingApps({ storage })
  if (waiting.length === 0) return { check: 'apps', state: 'ok', text: 'none waits for approval' }
  return {
    check: 'apps',
    state: 'warning',
    text: waiting.length === 1 ? '1 app waits for approval' : `${waiting.length} apps wait for approval`,
    repair: 'Look at them with client list --waiting, and let each in with client approve CLIENT_ID.',
  }
}

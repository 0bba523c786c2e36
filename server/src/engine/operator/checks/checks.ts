/**
 * What is to be seen to on a server, as far as its database and settings say: for the console, which opens with it, and for
 * `doctor`. Nothing here takes long, calls anybody or changes anything.
 */
import { type Clock, day } from '../../../lib/clock.ts'
import { legacyDialects } from '../../../protocol/dialects.ts'
import type { EngineSettings } from '../../../runtime/context.ts'
import { isBuiltIn } from '../../../runtime/kept/builtin_clients.ts'
import { type RegisteredResource, readResources } from '../../../runtime/kept/known_resources.ts'
import { usesOfDialects } from '../../../runtime/kept/legacy_dialects.ts'
import type { Mailer } from '../../../runtime/mailer/mailer.ts'
import type { Account, Storage } from '../../../storage/contract.ts'
import type { CheckFacts } from '../../../words/en/console/checks.ts'
import type { Words } from '../../../words/en/index.ts'
import { catalogueOf } from '../../grant/scopes.ts'
import { may, roleOf } from '../ranks.ts'

type Each = Words['checks']['each']
export type CheckId = keyof Each

/** `todo` can wait; `problem` cannot. */
export type CheckState = 'ok' | 'todo' | 'problem'

/** What one check found: its case, which words have a sentence for, and what that sentence tells. */
export interface Checked extends CheckFacts {
  readonly id: CheckId
  readonly state: CheckState
  readonly case: string
}

export interface CheckContext {
  readonly storage: Storage
  readonly clock: Clock
  readonly settings: EngineSettings
  readonly mailer: Pick<Mailer, 'way'>
}

/** What makes the server agree with the operator's document. */
export const documentCommand = 'consentry apply FILE'

/** What is typed to repair what a check finds: a command of ours, or a setting. What a page repairs has none. */
export const repairCommands: Readonly<Partial<Record<CheckId, string>>> = {
  restore: 'consentry recover',
  issuer: 'CONSENTRY_ISSUER=https://login.example.com',
  backup: 'consentry backup FILE',
  firstAdministrator: 'consentry setup-link',
  administrators: 'consentry apply FILE',
  protocols: 'consentry dialects close NAME',
  api: 'consentry apply FILE',
  scopes: 'consentry apply FILE',
  proxies: 'CONSENTRY_TRUST_PROXY=127.0.0.1',
  jobs: 'consentry doctor',
}

function found<Id extends CheckId>(
  id: Id,
  state: CheckState,
  of: keyof Each[Id]['cases'] & string,
  facts: Partial<CheckFacts> = {},
): Checked {
  return { id, state, case: of, count: 0, names: '', ...facts }
}

/** All checks in the order in which they are to be seen to. */
export async function checkServer(context: CheckContext): Promise<readonly Checked[]> {
  const { issuer, signUp, appRegistration } = context.settings
  const running = (await context.storage.accounts.listWithRoles()).filter((one) => roleOf(one) !== undefined)
  const published = issuer.startsWith('https:')
  return [
    ...(await restore(context)),
    await keys(context),
    found('issuer', published ? 'ok' : 'todo', published ? 'published' : 'local', { names: issuer }),
    await mail(context, published),
    await backup(context),
    ...(await administrators(context, running)),
    found('signUp', 'ok', signUp),
    found('registration', 'ok', appRegistration),
    await protocols(context),
    ...(await apis(context)),
    await app(context),
    await jobs(context),
  ]
}

async function restore({ storage }: CheckContext): Promise<Checked[]> {
  const restored = await storage.recovery.find()
  if (restored?.unacknowledged) return [found('restore', 'problem', 'unread')]
  return restored?.paused ? [found('restore', 'problem', 'paused')] : []
}

async function keys({ storage }: CheckContext): Promise<Checked> {
  const signs = (await storage.keys.list()).some(({ state }) => state === 'signing')
  return signs ? found('keys', 'ok', 'signing') : found('keys', 'problem', 'none')
}

/** Jobs that have ended which are looked through for mails. */
const most = 200

async function mail({ storage, mailer }: CheckContext, published: boolean): Promise<Checked> {
  if (mailer.way === 'outbox') return found('mail', 'ok', 'outbox')
  if (mailer.way === 'none') return found('mail', published ? 'problem' : 'todo', 'none')
  const lastOf = async (state: 'done' | 'given_up') => {
    const ended = await storage.jobs.list({ state, limit: most })
    // An address that refuses mail is its holder's to mend.
    return ended.find(({ kind, error }) => kind.startsWith('mail.') && error !== 'address_refused')?.endedAt ?? 0
  }
  const [sent, failed] = [await lastOf('done'), await lastOf('given_up')]
  if (failed > sent) return found('mail', 'problem', 'failing')
  return sent > 0 ? found('mail', 'ok', 'sent') : found('mail', 'todo', 'untried')
}

async function backup({ storage, clock }: CheckContext): Promise<Checked> {
  const { events } = await storage.audit.search(1, { type: 'backup_made' })
  const [last] = events
  if (last === undefined) return found('backup', 'todo', 'none')
  const days = Math.floor((clock.now() - last.at) / day)
  return days < 1 ? found('backup', 'ok', 'fresh') : found('backup', 'todo', 'old', { count: days })
}

/** Those who run the server, once there is somebody. */
async function administrators(context: CheckContext, running: readonly Account[]): Promise<Checked[]> {
  const count = running.filter((one) => may(roleOf(one), 'run_server')).length
  if (count === 0) return [found('firstAdministrator', 'todo', 'none')]
  return [
    await secondFactor(context, running),
    ...addresses(context, running),
    count > 1 ? found('administrators', 'ok', 'several', { count }) : found('administrators', 'todo', 'one'),
  ]
}

/** Notices and links to reset a password go to a proved address alone. Without mail none can be proved. */
function addresses({ mailer }: CheckContext, running: readonly Account[]): Checked[] {
  if (mailer.way === 'none') return []
  const without = running.filter(({ email, emailVerified }) => email === null || !emailVerified)
  if (without.length === 0) return [found('addresses', 'ok', 'all')]
  const names = without.slice(0, 10).map(({ username }) => username)
  return [found('addresses', 'todo', 'missing', { names: names.join(', '), count: without.length })]
}

async function secondFactor({ storage }: CheckContext, running: readonly Account[]): Promise<Checked> {
  const without: string[] = []
  for (const { id, username } of running) {
    const has =
      (await storage.factors.find(id))?.totp !== undefined || (await storage.passkeys.listByUser(id)).length > 0
    if (!has) without.push(username)
  }
  if (without.length === 0) return found('secondFactor', 'ok', 'all')
  return found('secondFactor', 'todo', 'missing', { names: without.slice(0, 10).join(', '), count: without.length })
}

async function protocols({ storage, clock, settings }: CheckContext): Promise<Checked> {
  const closed = new Set((await storage.dialectNotices.list()).flatMap((one) => (one.closed ? [one.dialect] : [])))
  const open = legacyDialects.filter((name) => settings.dialects.has(name) && !closed.has(name))
  if (open.length === 0) return found('protocols', 'ok', 'closed')
  const used = new Set([...(await usesOfDialects(storage, clock)).keys()].map((name) => name.split('/', 1)[0]))
  const unused = open.filter((name) => !used.has(name))
  if (unused.length === 0) return found('protocols', 'ok', 'used', { names: open.join(', ') })
  return found('protocols', 'todo', 'unused', { names: unused.join(', '), count: unused.length })
}

async function apis({ storage, settings }: CheckContext): Promise<Checked[]> {
  const resources = await readResources(storage)
  if (resources.length === 0) return [found('api', 'todo', 'none')]
  const untitled = catalogueOf(resources, settings).all.filter(({ titled }) => !titled)
  const names = untitled.slice(0, 10).map(({ name }) => name)
  return [
    found('api', 'ok', 'some', { count: resources.length }),
    untitled.length === 0
      ? found('scopes', 'ok', 'titled')
      : found('scopes', 'todo', 'untitled', { names: names.join(', '), count: untitled.length }),
    ...proxies(resources, settings),
  ]
}

/** APIs that a proxy protects: it is asked for by its name, and answered where it is trusted. */
function proxies(resources: readonly RegisteredResource[], { trustProxy }: EngineSettings): Checked[] {
  const named = resources.filter(({ proxy }) => proxy !== undefined)
  if (named.length === 0) return []
  if (trustProxy !== undefined && trustProxy !== 0) return [found('proxies', 'ok', 'trusted')]
  const names = named.slice(0, 10).map(({ uri, name }) => name ?? uri)
  return [found('proxies', 'problem', 'untrusted', { names: names.join(', '), count: named.length })]
}

async function app({ storage }: CheckContext): Promise<Checked> {
  // One more than the server makes itself.
  const clients = await storage.clients.list(4)
  const some = clients.some(({ clientId }) => !isBuiltIn(clientId))
  return some ? found('app', 'ok', 'some') : found('app', 'todo', 'none')
}

async function jobs({ storage, clock }: CheckContext): Promise<Checked> {
  const since = clock.now() - 7 * day
  const given = (await storage.jobs.list({ state: 'given_up', limit: most })).filter(
    ({ endedAt, error }) => error !== 'address_refused' && (endedAt ?? 0) > since,
  )
  return given.length === 0 ? found('jobs', 'ok', 'well') : found('jobs', 'todo', 'givenUp', { count: given.length })
}

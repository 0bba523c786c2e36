/** How what a process holds comes about over an open storage, works beside the requests, and ends. */

import { type Millis, second } from '../lib/clock.ts'
import type { Log } from '../lib/log.ts'
import { soon } from '../lib/take_turns.ts'
import type { Storage } from '../storage/contract.ts'
import type { Context, EngineSettings } from './context.ts'
import { type JobHandlers, startChores } from './jobs/job.ts'
import { keyLoader } from './jobs/key_turner.ts'
import { type JobName, jobNames } from './jobs/kinds.ts'
import { nodeBeat } from './jobs/nodes.ts'
import { ensureRecurringJobs, resealJobs } from './jobs/recurring.ts'
import { createWorker } from './jobs/worker.ts'
import { ensureBuiltInClients } from './kept/builtin_clients.ts'
import { createClientDocuments } from './kept/client_documents.ts'
import { createKeptKeys } from './kept/client_keys.ts'
import { createClients } from './kept/clients.ts'
import { createResources } from './kept/known_resources.ts'
import { createLegacyDialects } from './kept/legacy_dialects.ts'
import { createOtherHashes } from './kept/other_hashes.ts'
import { createPause } from './kept/pause.ts'
import { createSubscriptionKeys } from './kept/subscription_keys.ts'
import { resealAuditLog } from './keys/audit_seals.ts'
import { resealFactors } from './keys/factor_secrets.ts'
import { createKeyring, requireSameSecrets } from './keys/keyring.ts'
import { createSigner } from './keys/signer.ts'
import { ensureKeys } from './keys/signing_keys.ts'
import { createSubjects } from './keys/subjects.ts'
import { resealWebhooks } from './keys/webhook_secrets.ts'
import { createBreachedPasswords } from './limits/breached_passwords.ts'
import { createDevicePolls } from './limits/device_polls.ts'
import { createLegacyLogin } from './limits/legacy_login.ts'
import { createPasswords, type Passwords } from './limits/passwords.ts'
import { createDeviceLimit, createPushLimit } from './limits/push_limit.ts'
import { createQuotas } from './limits/quotas.ts'
import { createThrottle } from './limits/throttle.ts'
import { createTokenRequests } from './limits/token_requests.ts'
import { createAlarms } from './log/alarms.ts'
import { createAppUseMeter } from './log/app_uses.ts'
import { createAuditLog } from './log/audit.ts'
import { createRequestLog } from './log/request_log.ts'
import { type Mailer, noMailer } from './mailer/mailer.ts'
import type { AroundCall } from './outbound.ts'
import { createPictures, type Pictures } from './pictures/pictures.ts'
import { createProviders, resealProviders } from './providers/providers.ts'

/** Makes the context over an open storage. `secrets` are the root secrets by generation, oldest first. */
export async function createContext(options: {
  readonly settings: EngineSettings
  readonly storage: Storage
  readonly secrets: readonly string[]
  readonly log: Log
  readonly passwords?: Passwords
  readonly mailer?: Mailer
  readonly pictures?: Pictures
  /** What is done around each call to another server. */
  readonly aroundCalls?: AroundCall | undefined
}): Promise<Context> {
  const { settings, storage, log } = options
  const { clock } = storage
  const keyring = createKeyring(options.secrets, settings.issuer, storage.installation)
  await requireSameSecrets(storage, keyring)
  await ensureKeys(storage, keyring, clock.now())
  await resealProviders(storage, keyring)
  await resealJobs({ storage, keyring })
  await resealFactors(storage, keyring)
  await resealAuditLog(storage, keyring)
  await resealWebhooks(storage, keyring)
  await ensureBuiltInClients(storage, settings)
  const paused = createPause({ storage, clock })
  const outbound = { allowed: settings.outboundAllowed, paused, around: options.aroundCalls }
  const throttle = createThrottle(storage, clock)
  return {
    settings,
    storage,
    clock,
    keyring,
    log,
    signer: await createSigner(storage, keyring),
    subjects: await createSubjects(storage, keyring),
    clients: createClients(storage, clock, settings),
    clientKeys: createKeptKeys(clock, outbound, settings, 'client_keys'),
    providerKeys: createKeptKeys(clock, outbound, settings, 'provider_keys'),
    clientDocuments: createClientDocuments({ clock, outbound, throttle }, settings),
    resources: createResources(storage, clock, settings),
    providers: createProviders({ storage, clock, keyring, log, outbound }),
    passwords: options.passwords ?? createPasswords(),
    otherHashes: createOtherHashes(storage, clock),
    breachedPasswords:
      settings.breachService === undefined ? undefined : createBreachedPasswords(settings.breachService, outbound, log),
    legacyLogin:
      settings.legacyLogin === undefined
        ? undefined
        : createLegacyLogin(settings.legacyLogin, { outbound, clock, log }),
    mailer: options.mailer ?? noMailer,
    outbound,
    pictures: options.pictures ?? createPictures(),
    subscriptionKeys: createSubscriptionKeys(storage, clock, log),
    throttle,
    tokenRequests: createTokenRequests(storage, clock, log, settings.tokenRequestsPerDay),
    quotas: createQuotas(storage, clock, log),
    pushLimit: createPushLimit(clock),
    deviceLimit: createDeviceLimit(clock),
    devicePolls: createDevicePolls(clock),
    legacyDialects: createLegacyDialects(storage, clock, log),
    appUses: createAppUseMeter(storage, clock, log),
    requests: createRequestLog(storage, clock, keyring, log),
    audit: createAuditLog(storage, clock, log),
    alarms: createAlarms((name) => log.error({ alarm: name }, 'an alarm was raised')),
  }
}

/**
 * Within how long the mails of an act are begun. Were they begun at once, the next request would feel whether there was one
 * to be built: whoever asks for a lost password of an address and then for any page would learn whether it has an account.
 */
const mailsWithin: Millis = second / 2

/** Tells the other nodes of this one and starts what is done beside the requests. Answers what stops it. */
export async function startWork(
  context: Context,
  release: string,
  handlers: JobHandlers,
): Promise<() => Promise<void>> {
  const beat = nodeBeat(release)
  await beat.run(context)
  await ensureRecurringJobs(context)
  await context.quotas.refresh()
  const stopChores = startChores([keyLoader, beat], context)
  // A mail server that hangs holds nothing up but mails.
  const isMail = (kind: JobName) => kind.startsWith('mail.')
  const mails = createWorker(context, handlers, jobNames.filter(isMail))
  const others = createWorker(
    context,
    handlers,
    jobNames.filter((kind) => !isMail(kind)),
  )
  const wakeMails = soon(mails.wake, mailsWithin)
  const wake = () => {
    others.wake()
    wakeMails()
  }
  context.storage.onJobAdded(wake)
  wake()
  return async () => {
    stopChores()
    await Promise.all([mails.close(), others.close()])
  }
}

/** Writes what has been gathered, then closes the database. For when no request is under way any more. */
export async function closeContext(context: Context): Promise<void> {
  await context.pictures.close()
  context.tokenRequests.close()
  await context.tokenRequests.flush()
  context.quotas.close()
  await context.quotas.flush()
  await context.subscriptionKeys.flush()
  context.legacyDialects.close()
  await context.legacyDialects.flush()
  context.appUses.close()
  await context.appUses.flush()
  await context.requests.flush()
  await context.audit.flush()
  await context.storage.close()
}

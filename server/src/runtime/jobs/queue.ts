/** Queues jobs and mails, in the transaction of the change that they belong to. */
import { hour, type Millis } from '../../lib/clock.ts'
import { randomText } from '../../lib/random.ts'
import type { Acting, NewJob, NoticeOf } from '../../storage/contract.ts'
import type { Context } from '../context.ts'
import { sealSecret } from '../keys/secrets_at_rest.ts'
import type { Mailer } from '../mailer/mailer.ts'
import { type JobName, type JobPayload, jobKinds, type MailIds, type MailName } from './kinds.ts'

export interface JobOptions {
  /** A text that must not be read in the database, as an address that somebody typed. */
  readonly secret?: string
  /** When it shall be done at the earliest; at once where nothing is said. */
  readonly notBefore?: Millis
  /**
   * There is one job of this ID at a time: while it waits, it stands for all that ask for it, and it is not done again
   * earlier than `pause` milliseconds after it was.
   */
  readonly once?: { readonly id: string; readonly pause: Millis }
}

/** Where a job's secret lies: it opens nowhere else. */
export function jobPlace(id: string): string {
  return `job ${id}`
}

/** Adds a job, which is done at least once after the act has been committed. */
export async function addJob<Name extends JobName>(
  { keyring, clock }: Pick<Context, 'keyring' | 'clock'>,
  { jobs }: Pick<Acting, 'jobs'>,
  kind: Name,
  { payload: given, secret, notBefore, once }: JobOptions & { readonly payload: JobPayload<Name> },
): Promise<void> {
  const job = newJob(kind, given, notBefore ?? clock.now(), once?.id)
  const sealed = secret === undefined ? null : sealSecret(keyring, secret, jobPlace(job.id))
  await jobs.add({ ...job, secret: sealed }, once?.pause)
}

/** A job without a secret, as it begins. */
function newJob<Name extends JobName>(kind: Name, given: JobPayload<Name>, dueAt: Millis, id?: string): NewJob {
  const payload = jobKinds[kind].payload.parse(given)
  return { id: id ?? `job_${randomText(12)}`, kind, target: targetOf(payload), payload, secret: null, dueAt }
}

/** The mail that tells the holder of an account that a grant was ended, because a credential of it was used again. */
export const noticeOfReuse: NoticeOf = ({ userId, clientId }, now) =>
  userId === null ? undefined : newJob<JobName>('mail.access_reused', { userId, clientId }, now)

/** Whose account, or which app, a payload is about. */
function targetOf(payload: Readonly<Record<string, unknown>>): string | null {
  const id = payload.userId ?? payload.clientId
  return typeof id === 'string' ? id : null
}

/** What mails are queued with; a command that sends none itself knows on which way they leave. */
export interface MailQueue extends Pick<Context, 'keyring' | 'clock'> {
  readonly mailer: Pick<Mailer, 'way'>
}

/** Adds the mail, unless this server cannot send any. It is built and sent by a worker, never within the request. */
export async function sendMail<Name extends MailName>(
  context: MailQueue,
  acting: Pick<Acting, 'jobs'>,
  name: Name,
  { ids, ...options }: JobOptions & { readonly ids: MailIds<Name> },
): Promise<void> {
  if (context.mailer.way === 'none') return
  await addJob<JobName>(context, acting, `mail.${name}`, { payload: ids, ...options })
}

/** Lets those who run the server know that an app, or a request for access, waits for them, once an hour at most. */
export async function tellThatSomethingWaits(context: MailQueue, acting: Pick<Acting, 'jobs'>): Promise<void> {
  if (context.mailer.way === 'none') return
  await addJob(context, acting, 'apps.digest', { payload: {}, once: { id: 'apps.digest', pause: hour } })
}

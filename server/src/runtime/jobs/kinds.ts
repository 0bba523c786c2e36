/**
 * Kinds of jobs: what the server does later and beside its requests. One table from a kind to what it needs, how often it
 * is tried and, where it comes again, how often. A payload holds IDs alone: what a mail says, its links and its codes come
 * about when it is built. Kinds of mails stand in a table of their own.
 */
import { z } from 'zod'
import { day, hour, type Millis, minute, second } from '../../lib/clock.ts'
import type { ClientId, SessionId, UserId } from '../../protocol/names.ts'

interface JobKind {
  readonly payload: z.ZodObject<z.ZodRawShape>
  /** How often it is tried before it is given up, with pauses from seconds to four hours. */
  readonly attempts: number
  /** It comes again so long after it was done, and there is one of it for all processes together. */
  readonly every?: Millis
}

interface MailKind {
  /** IDs from which the mail is built. */
  readonly ids: z.ZodObject<z.ZodRawShape>
  /** A mail that could not be sent within this time is of no use any more. */
  readonly life: Millis
}

const nothing = z.strictObject({})
const userId = z.templateLiteral(['usr_', z.string()]) satisfies z.ZodType<UserId>
const sessionId = z.templateLiteral(['ses_', z.string()]) satisfies z.ZodType<SessionId>
const clientId: z.ZodType<ClientId> = z.string()

/** Of a mailed link. */
const linkId = z.string()

/** Tried over a day and a quarter. */
const patient = 12

const otherKinds = {
  sweep: { payload: nothing, attempts: 1, every: minute },
  /** Removes apps that registered themselves and that nobody uses. */
  'registrations.sweep': { payload: nothing, attempts: 1, every: hour },
  'keys.turn': { payload: nothing, attempts: 1, every: minute },
  /** Looks every hour whether the day is to be sealed. */
  'audit.seal': { payload: nothing, attempts: 1, every: hour },
  /** Makes messages for webhooks of what came into the audit log. Rests while no webhook is on. */
  'webhooks.gather': { payload: nothing, attempts: 1, every: 5 * second },
  'webhooks.deliver': { payload: z.strictObject({ delivery: z.string() }), attempts: patient },
  /** Tells whoever looks after a webhook that it was switched off. */
  'webhooks.tell': { payload: z.strictObject({ webhook: z.string() }), attempts: patient },
  /** Tells those who run the server that apps or requests for access wait for them. */
  'apps.digest': { payload: nothing, attempts: patient },
  /** Tells developers whose apps were seen there lately that a legacy protocol goes. */
  'protocols.tell': { payload: z.strictObject({ protocol: z.string(), sunset: z.number() }), attempts: patient },
  /** Tells them, and whoever was told of a later end, that it was closed. */
  'protocols.closed': { payload: z.strictObject({ protocol: z.string() }), attempts: patient },
  /** Tells those who were told of an end that it was taken back. */
  'protocols.stay': { payload: z.strictObject({ protocol: z.string() }), attempts: patient },
  /** Tells an app that a person has signed out: of one session, or of all. */
  'logout.back_channel': {
    payload: z.strictObject({ clientId, subject: userId, session: z.string().optional() }),
    attempts: patient,
  },
} as const satisfies Readonly<Record<string, JobKind>>

export const mailKinds = {
  // To account holders.
  password_changed: { ids: z.strictObject({ userId }), life: 2 * day },
  passkey_added: { ids: z.strictObject({ userId }), life: 2 * day },
  passkey_removed: { ids: z.strictObject({ userId }), life: 2 * day },
  app_password_added: { ids: z.strictObject({ userId }), life: 2 * day },
  personal_token_added: { ids: z.strictObject({ userId }), life: 2 * day },
  username_changed: { ids: z.strictObject({ userId }), life: 2 * day },
  password_set: { ids: z.strictObject({ userId }), life: 2 * day },
  new_browser: { ids: z.strictObject({ userId, sessionId }), life: 2 * day },
  app_authorized: { ids: z.strictObject({ userId, clientId }), life: 2 * day },
  account_closed: { ids: z.strictObject({ userId }), life: 2 * day },
  account_taken_back: { ids: z.strictObject({ userId }), life: 2 * day },
  access_reused: { ids: z.strictObject({ userId, clientId }), life: 2 * day },

  // To those who run the server.
  apps_waiting: { ids: z.strictObject({ userId }), life: 2 * day },

  // To those who run the server, or to a developer.
  webhook_off: { ids: z.strictObject({ userId, webhook: z.string() }), life: 2 * day },

  // To developers.
  app_approved: { ids: z.strictObject({ userId, clientId }), life: 2 * day },
  app_not_approved: { ids: z.strictObject({ userId, clientId }), life: 2 * day },
  app_refused: { ids: z.strictObject({ userId, clientId }), life: 2 * day },
  app_changes_wanted: { ids: z.strictObject({ userId, clientId }), life: 2 * day },
  protocol_ends: {
    ids: z.strictObject({ userId, clientId, protocol: z.string(), sunset: z.number(), moved: z.boolean().optional() }),
    life: 2 * day,
  },
  protocol_closed: { ids: z.strictObject({ userId, clientId, protocol: z.string() }), life: 2 * day },
  protocol_stays: { ids: z.strictObject({ userId, clientId, protocol: z.string() }), life: 2 * day },
  factor_changed: {
    ids: z.strictObject({ userId, change: z.enum(['on', 'off', 'codes', 'recovery_code']) }),
    life: 2 * day,
  },
  factor_failed: { ids: z.strictObject({ userId }), life: day },
  factor_removal_asked: { ids: z.strictObject({ userId, at: z.number() }), life: day },
  address_changed: { ids: z.strictObject({ userId }), life: 2 * day },
  // With a link: to whoever has asked for it.
  reset: { ids: z.strictObject({ linkId }), life: hour },
  address_proof: { ids: z.strictObject({ linkId }), life: day },
  sign_up: { ids: z.strictObject({ linkId }), life: day },
  invitation: { ids: z.strictObject({ linkId }), life: 7 * day },
  access_proof: { ids: z.strictObject({ linkId }), life: day },
  access_approved: { ids: z.strictObject({ linkId }), life: 7 * day },
  access_refused: { ids: nothing, life: 2 * day },
} as const satisfies Readonly<Record<string, MailKind>>

export type MailName = keyof typeof mailKinds
export type MailIds<Name extends MailName> = z.infer<(typeof mailKinds)[Name]['ids']>

type MailJobs = {
  readonly [Name in MailName as `mail.${Name}`]: { payload: (typeof mailKinds)[Name]['ids']; attempts: number }
}

export const jobKinds = {
  ...otherKinds,
  ...(Object.fromEntries(
    Object.entries(mailKinds).map(([name, { ids }]) => [`mail.${name}`, { payload: ids, attempts: patient }]),
  ) as MailJobs),
}

export type JobName = keyof typeof jobKinds
export type JobPayload<Name extends JobName> = z.infer<(typeof jobKinds)[Name]['payload']>

export const jobNames = Object.keys(jobKinds) as readonly JobName[]

export function jobKind(name: JobName): JobKind {
  return jobKinds[name]
}

/** After how long from its adding a mail is of no use any more; undefined of other jobs. */
export function lifeOf(name: JobName): Millis | undefined {
  const mail = name.startsWith('mail.') ? name.slice('mail.'.length) : ''
  return Object.hasOwn(mailKinds, mail) ? mailKinds[mail as MailName].life : undefined
}

/** Whether it comes again and again, and so is never done with; false of a kind of another release. */
export function isRecurring(kind: string): boolean {
  return kind in jobKinds && jobKind(kind as JobName).every !== undefined
}

const firstPause = 5_000
const longestPause = 4 * hour

/** How long a job waits after its n-th failed attempt: 5 s, and four times as long each time, up to four hours. */
export function pauseAfter(attempts: number): Millis {
  return Math.min(firstPause * 4 ** (attempts - 1), longestPause)
}

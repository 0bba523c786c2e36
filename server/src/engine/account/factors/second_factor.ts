/**
 * The second factor of an account: when it is on, what goes with it, and who must have one. An account has it as long as it has
 * an authenticator; then a password alone opens nothing (OWASP ASVS 5 V6.3.3).
 */
import { hour, type Millis } from '../../../lib/clock.ts'
import { passwordClients } from '../../../protocol/dialects.ts'
import type { UserId } from '../../../protocol/names.ts'
import type { Caller, Context } from '../../../runtime/context.ts'
import { sendMail } from '../../../runtime/jobs/queue.ts'
import { sealFactor } from '../../../runtime/keys/factor_secrets.ts'
import type { Account, Acting, Factors } from '../../../storage/contract.ts'
import { guessedAt } from '../known_devices.ts'
import { type ActUnderWay, actInSession, elevateSession, isRecent, type LiveSession } from '../sessions.ts'
import { newRecoveryCodes } from './recovery_codes.ts'
import { runsServer } from './requirement.ts'
import { stepOf } from './totp.ts'

/** How long after a mailed or printed link those who run the server may add their first factor. */
const linkCounts: Millis = hour

/**
 * Whether a session may give its account an authenticator now. Those who run the server need more than a password for the first
 * one: whoever has guessed it must not seal the account to themselves.
 */
export async function mayEnrol(context: Context, { account, session }: LiveSession): Promise<boolean> {
  if (context.settings.secondFactor === 'off') return false
  if (session.amr.includes('mfa') || !runsServer(context.settings, account)) return true
  const linkAt = (await context.storage.factors.find(account.id))?.linkAt ?? null
  return linkAt !== null && context.clock.now() - linkAt <= linkCounts
}

/** What the account of a session has of second factors. */
export function factorsOf({ storage }: Context, { account }: LiveSession): Promise<Factors | undefined> {
  return storage.factors.find(account.id)
}

/** Whether an account has an authenticator app. */
export async function hasAuthenticatorApp({ storage }: Context, { id }: Account): Promise<boolean> {
  return (await storage.factors.find(id))?.totp !== undefined
}

export type Enrolment =
  | {
      readonly outcome: 'enrolled'
      readonly codes: readonly string[]
      readonly token: string
      readonly live: LiveSession
    }
  | { readonly outcome: 'wrong' | 'sign_in_again' | 'not_allowed' | 'has_one' }
  | { readonly outcome: 'throttled'; readonly retryAfter: number }

/**
 * Gives the account of a recent session the authenticator app that has shown `code`, and ten recovery codes. The session goes on
 * as one with two factors; the others end, and so does what the password protocols gave out.
 */
export async function enrolTotp(
  context: Context,
  live: LiveSession,
  { seed, code }: { readonly seed: string; readonly code: string },
  caller: Caller,
): Promise<Enrolment> {
  const { account } = live
  if (!isRecent(context, live)) return { outcome: 'sign_in_again' }
  if (!(await mayEnrol(context, live))) return { outcome: 'not_allowed' }
  const guesses = [['factor', guessedAt(account)]] as const
  const enrolled = await context.throttle.guard<Enrolment>(guesses, async () => {
    const digits = code.replace(/\s/g, '')
    const step = /^[0-9]{6}$/.test(digits) ? await stepOf(seed, digits, context.clock.now()) : undefined
    if (step === undefined) return { ok: false, value: { outcome: 'wrong' } }
    return { ok: true, value: await addTotp(context, live, { seed, step }, caller) }
  })
  return enrolled ?? { outcome: 'throttled', retryAfter: context.throttle.retryAfter(guesses) }
}

async function addTotp(
  context: Context,
  live: LiveSession,
  { seed, step }: { readonly seed: string; readonly step: number },
  caller: Caller,
): Promise<Enrolment> {
  const { id } = live.account
  const sealed = sealFactor(context.keyring, 'totp', id, seed)
  const over = { outcome: 'sign_in_again' } as const
  return actInSession<Enrolment>(context, { live, caller, over }, async (underWay) => {
    const { acting, record } = underWay
    if (!(await acting.factors.addTotp(id, sealed, step))) return { outcome: 'has_one' }
    await turnOnSecondFactor(context, underWay, id)
    await record('authenticator_added', { detail: { kind: 'totp' } })
    const codes = await newRecoveryCodes(context, acting, id)
    const elevated = await elevateSession(context, underWay, live, { amr: ['otp', 'mfa'], caller })
    return { outcome: 'enrolled', codes, ...elevated }
  })
}

/**
 * Goes with the first authenticator of an account: from now on a password alone is not enough, and what the password protocols
 * gave out for it ends. The other sessions end where that of the person goes on (`elevateSession`).
 */
export async function turnOnSecondFactor(
  context: Context,
  { acting, record }: ActUnderWay,
  userId: UserId,
): Promise<void> {
  const { accounts, grants } = acting
  const before = await accounts.find(userId)
  // This write holds the account, so that who takes an authenticator away meanwhile waits.
  await accounts.update(userId, { secondFactor: true })
  if (before?.secondFactor === true) return
  for (const { clientId } of Object.values(passwordClients)) await grants.endAll({ userId, clientId }, 'second_factor')
  await record('second_factor_on', {})
  await sendMail(context, acting, 'factor_changed', { ids: { userId, change: 'on' } })
}

/** Goes with an authenticator that was taken away: where it was the last one, a password is enough again. */
export async function settleSecondFactor(
  context: Context,
  { acting, record }: ActUnderWay,
  userId: UserId,
): Promise<void> {
  // This write holds the account, so that who adds an authenticator meanwhile waits.
  await acting.accounts.update(userId, { secondFactor: true })
  if (!(await hasAuthenticator(acting, userId))) await turnOffSecondFactor(context, { acting, record }, userId)
}

/** Takes every authenticator from an account, and its recovery codes with them. */
export async function turnOffSecondFactor(
  context: MailContext,
  { acting, record }: ActUnderWay,
  userId: UserId,
): Promise<void> {
  await acting.factors.clear(userId)
  // Whoever has lost their device must not leave a way in on it.
  for (const passkey of await acting.passkeys.listByUser(userId)) {
    await acting.passkeys.remove(userId, passkey.credentialId)
  }
  await acting.accounts.update(userId, { secondFactor: false })
  await record('second_factor_off', { subject: userId })
  await sendMail(context, acting, 'factor_changed', { ids: { userId, change: 'off' } })
}

/** What mails are queued with. */
type MailContext = Pick<Context, 'keyring' | 'clock' | 'mailer'>

/** Recovery codes are none: they stand in for one. */
async function hasAuthenticator({ factors, passkeys }: Acting, userId: UserId): Promise<boolean> {
  if ((await factors.find(userId))?.totp !== undefined) return true
  return (await passkeys.listByUser(userId)).length > 0
}

/** Takes the authenticator app from the account of a recent session. */
export async function removeTotp(
  context: Context,
  live: LiveSession,
  caller: Caller,
): Promise<'removed' | 'sign_in_again' | 'none'> {
  const { id } = live.account
  if (!isRecent(context, live)) return 'sign_in_again'
  return actInSession(context, { live, caller, over: 'sign_in_again' }, async ({ acting, record }) => {
    if (!(await acting.factors.removeTotp(id))) return 'none'
    await record('authenticator_removed', { detail: { kind: 'totp' } })
    await settleSecondFactor(context, { acting, record }, id)
    return 'removed'
  })
}

/** New recovery codes for the account of a recent session; those before end. */
export async function renewRecoveryCodes(
  context: Context,
  live: LiveSession,
  caller: Caller,
): Promise<readonly string[] | 'sign_in_again' | 'none'> {
  const { id, secondFactor } = live.account
  if (!isRecent(context, live)) return 'sign_in_again'
  if (!secondFactor) return 'none'
  const over = 'sign_in_again'
  return actInSession<readonly string[] | typeof over>(context, { live, caller, over }, async ({ acting, record }) => {
    await record('recovery_codes_made', {})
    await sendMail(context, acting, 'factor_changed', { ids: { userId: id, change: 'codes' } })
    return newRecoveryCodes(context, acting, id)
  })
}

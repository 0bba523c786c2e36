/**
 * Signing in, choosing and changing the password (NIST SP 800-63B §5.1.1, OWASP ASVS 5 V6). Beside it the
 * sessions of an account and the apps that are connected to it.
 * Not here: signing in through a provider (`providers/`), and acts of the operator (`operator/people.ts`). Neighbours:
 * `client/` above knows it; `grant/` is beside and unknown. To add: an act of an account holder, a file here that takes
 * the account and does it in an act, with its audit event.
 */
import { sha256 } from '../../lib/hash.ts'
import { normalizeLogin } from '../../protocol/account_names.ts'
import type { EndReason } from '../../protocol/grant.ts'
import type { ClientId, UserId } from '../../protocol/names.ts'
import type { Caller, Context } from '../../runtime/context.ts'
import { sendMail } from '../../runtime/jobs/queue.ts'
import { networkUnit } from '../../runtime/limits/network.ts'
import { PasswordQueueFull, passwordBytes } from '../../runtime/limits/passwords.ts'
import type { ThrottleKeys } from '../../runtime/limits/throttle.ts'
import type { Account, AccountChange, Acting } from '../../storage/contract.ts'
import type { FormProblem } from '../../words/form_problem.ts'
import { removalOf } from './factors/lost_factor.ts'
import { mustEnrol } from './factors/requirement.ts'
import { guessedAt, knownDevice } from './known_devices.ts'
import { type LogoutQueue, tellOfAll } from './logout/back_channel.ts'
import { moveIn } from './moving_in/first_sign_in.ts'
import { openByPassword } from './passwords/match.ts'
import { passwordProblem, passwordRules } from './passwords/rules.ts'
import { actInSession, isRecent, type LiveSession, mayEnter } from './sessions.ts'

export type { Account }

export type SignIn =
  | { readonly outcome: 'signed_in'; readonly account: Account }
  | { readonly outcome: 'wrong' }
  | { readonly outcome: 'throttled'; readonly retryAfter: number }

/** What somebody gives who wants to sign in. */
export interface SignInForm {
  readonly login: string
  readonly password: string
  /** What the browser is known by, sealed (`known_devices.ts`). */
  readonly device?: string | undefined
}

/**
 * Checks username or e-mail and password. Unknown, disabled and wrong are one answer at one cost. `clientId` is the
 * client that the password was given to, where that was not our own page; an account that needs a second factor gets the
 * same answer there, whatever its password. Who has no password here may still have one at the server that people are moved
 * from. Throws PasswordQueueFull, LegacyLoginAway.
 */
export async function signIn(
  context: Context,
  { login, password, device }: SignInForm,
  caller: Caller,
  clientId: ClientId | null = null,
): Promise<SignIn> {
  const name = normalizeLogin(login)
  if (name === '' || name.length > 320 || Buffer.byteLength(password) > passwordBytes) return { outcome: 'wrong' }
  const holder = await context.storage.accounts.findByLogin(name)
  const guesses = guessesOf(holder ? guessedAt(holder) : name, caller, holder && knownDevice(context, device, holder))
  const result = await context.throttle.guard<SignIn>(guesses, async () => {
    // Read once more: this may have had to wait its turn, and the account be another by now.
    const account = await context.storage.accounts.findByLogin(name)
    if (account !== undefined && clientId !== null && needsFactor(context, account)) {
      // The password itself is not looked at, so that nothing tells whether it was right.
      await openByPassword(context, undefined, password)
      context.audit.record('second_factor_missing', { subject: account.id, clientId, caller })
      return { ok: false, value: { outcome: 'wrong' } }
    }
    const opened =
      (await openByPassword(context, account, password)) ??
      (await moveIn(context, { login, password, account, caller, clientId }))
    if (opened === undefined || !(clientId === null ? mayEnter(context, opened) : opened.enabled)) {
      context.audit.record('sign_in_failed', { subject: account?.id ?? null, clientId, caller })
      return { ok: false, value: { outcome: 'wrong' } }
    }
    if (opened.secondFactor) context.audit.record('second_factor_asked', { subject: opened.id, caller })
    return { ok: true, value: { outcome: 'signed_in', account: opened } }
  })
  return result ?? { outcome: 'throttled', retryAfter: context.throttle.retryAfter(guesses) }
}

/** Whether a password alone may not open the account: where nobody can be asked for the second factor, nothing does. */
export function needsFactor({ settings }: Pick<Context, 'settings'>, account: Account): boolean {
  return account.secondFactor || mustEnrol(settings, account)
}

/** Whether there is an account of that username or e-mail. Nothing that reaches a stranger may hang on it. */
export async function hasAccount(context: Context, login: string): Promise<boolean> {
  return (await context.storage.accounts.findByLogin(normalizeLogin(login))) !== undefined
}

/**
 * The counters of guesses at a password from this address: those at the account, whichever of its names was used (or at
 * the name that is nobody's), and all. A browser that has signed in to the account before has one of its own instead:
 * strangers behind the same address do not lock its person out.
 */
function guessesOf(who: string, caller: Caller, device: string | undefined): ThrottleKeys {
  const network = networkUnit(caller.address)
  if (device !== undefined) return [['device', device]]
  // The address first: once it is used up, made-up names leave no counters behind.
  return [
    ['address', network],
    ['account', `${sha256(who).toString('base64url')} ${network}`],
  ]
}

export interface PasswordForm {
  readonly current: string
  readonly next: string
  /** What the browser is known by, sealed. */
  readonly device?: string | undefined
}

/** What is wrong with each field. */
export type PasswordProblems = { readonly [Field in 'current' | 'next']?: FormProblem }

export type PasswordChange =
  | { readonly outcome: 'changed'; readonly account: Account }
  /** The session has ended meanwhile. */
  | { readonly outcome: 'sign_in_again' }
  | { readonly outcome: 'problems'; readonly problems: PasswordProblems }
  | { readonly outcome: 'throttled'; readonly retryAfter: number }

/**
 * Changes the password of a signed-in person who knows the present one: a browser left open must not be enough to take
 * an account over (OWASP ASVS 5 V6.2.3). Guesses count with those at sign-in. Every session and grant ends, that of
 * this browser included; whoever calls starts a new one.
 */
export async function changePassword(
  context: Context,
  live: LiveSession,
  form: PasswordForm,
  caller: Caller,
): Promise<PasswordChange> {
  const { account } = live
  const { current, next } = form
  if ((await removalOf(context, account)) !== undefined) return barred
  const busy = await takeNewPassword(context, account.id)
  if (busy !== undefined) return { outcome: 'throttled', retryAfter: busy }
  const same = current !== '' && current === next ? 'password_same' : undefined
  const problems = {
    ...problem('current', current === '' ? 'password_missing' : undefined),
    ...problem('next', same ?? (await newPasswordProblem(context, account, next))),
  }
  if (Object.keys(problems).length > 0) return { outcome: 'problems', problems }
  const wrong: PasswordChange = { outcome: 'problems', problems: { current: 'password_wrong' } }
  if (Buffer.byteLength(current) > passwordBytes) return wrong
  const guesses = guessesOf(guessedAt(account), caller, knownDevice(context, form.device, account))
  const result = await context.throttle.guard<PasswordChange>(guesses, async () => {
    if ((await openByPassword(context, account, current)) === undefined) {
      context.audit.record('password_change_failed', { actor: account.id, caller })
      return { ok: false, value: wrong }
    }
    const passwordHash = await context.passwords.hash(next)
    const over = { outcome: 'sign_in_again' } as const
    const value = await actInSession<PasswordChange>(context, { live, caller, over }, async ({ acting, record }) => {
      if ((await removalOf({ storage: acting }, account)) !== undefined) return barred
      await record('password_changed', {})
      await sendMail(context, acting, 'password_changed', { ids: { userId: account.id } })
      const change = { passwordHash, validAfter: context.clock.now() }
      return { outcome: 'changed', account: await replacePassword(context, acting, account.id, change) }
    })
    return { ok: true, value }
  })
  return result ?? { outcome: 'throttled', retryAfter: context.throttle.retryAfter(guesses) }
}

/** While the removal of a second factor waits. */
const barred = { outcome: 'problems', problems: { current: 'password_barred' } } as const

export type FirstPassword =
  | { readonly outcome: 'set' | 'sign_in_again' | 'has_one' }
  | { readonly outcome: 'throttled'; readonly retryAfter: number }
  | { readonly outcome: 'problems'; readonly problems: Pick<PasswordProblems, 'next'> }

/**
 * Gives a password to a person who has signed in lately through a provider and has none yet. Sessions and grants stay:
 * there was no password under which somebody else could have come by them. Throws PasswordQueueFull.
 */
export async function setFirstPassword(
  context: Context,
  live: LiveSession,
  next: string,
  caller: Caller,
): Promise<FirstPassword> {
  const { account } = live
  if (!isRecent(context, live)) return { outcome: 'sign_in_again' }
  const busy = await takeNewPassword(context, account.id)
  if (busy !== undefined) return { outcome: 'throttled', retryAfter: busy }
  const problems = problem('next', await newPasswordProblem(context, account, next))
  if (problems.next !== undefined) return { outcome: 'problems', problems }
  const passwordHash = await context.passwords.hash(next)
  const over = { outcome: 'sign_in_again' } as const
  return actInSession<FirstPassword>(context, { live, caller, over }, async ({ acting, record }) => {
    if ((await acting.accounts.setFirstPassword(account.id, passwordHash)) === undefined) return { outcome: 'has_one' }
    await record('password_set', {})
    await sendMail(context, acting, 'password_set', { ids: { userId: account.id } })
    return { outcome: 'set' }
  })
}

/** Takes one from the budget of new passwords before one is judged; answers the seconds to wait where it is used up. */
export async function takeNewPassword(context: Context, by: string): Promise<number | undefined> {
  if (await context.throttle.take('new_password', by)) return undefined
  return context.throttle.retryAfter([['new_password', by]])
}

/** Whether a password that has just opened an account is one that it would not be given now. */
export async function isOutdated(context: Context, account: Account, password: string): Promise<boolean> {
  try {
    // Nobody else is asked at a sign-in.
    return (await newPasswordProblem({ settings: context.settings }, account, password)) !== undefined
  } catch (error) {
    if (error instanceof PasswordQueueFull) return false
    throw error
  }
}

/** What new passwords are judged by. */
interface PasswordContext {
  readonly settings: { readonly passwordMinimum: number; readonly issuer: string }
  readonly breachedPasswords?: Context['breachedPasswords']
}

/** What is wrong with a new password of an account, if anything. Throws PasswordQueueFull. */
export function newPasswordProblem(
  { settings, breachedPasswords: breached }: PasswordContext,
  account: Account,
  password: string,
): Promise<FormProblem | undefined> {
  const names = [account.username, account.email ?? '']
  return passwordProblem(password, names, { ...passwordRules(settings, account.secondFactor), breached })
}

/**
 * Gives an account another password, judged and hashed before. Sessions and grants that came under the former one end. Throws
 * where the account is gone.
 */
export async function replacePassword(
  queue: LogoutQueue,
  acting: Acting,
  id: UserId,
  change: Required<Pick<AccountChange, 'passwordHash' | 'validAfter'>>,
): Promise<Account> {
  const account = await acting.accounts.update(id, change)
  if (typeof account !== 'object') throw new Error('accounts: the account went away while its password was changed')
  await endAccess(queue, acting, id, 'password_changed')
  return account
}

/** Ends the sessions of an account, its app passwords and everything that apps hold of it; and tells the apps. */
export async function endAccess(queue: LogoutQueue, acting: Acting, id: UserId, reason: EndReason): Promise<void> {
  await tellOfAll(queue, acting, id)
  await acting.sessions.endAll(id)
  await acting.appPasswords.end(id)
  await acting.grants.endAll({ userId: id }, reason)
}

function problem<Name extends string>(name: Name, found: FormProblem | undefined): { [Key in Name]?: FormProblem } {
  return found === undefined ? {} : ({ [name]: found } as { [Key in Name]?: FormProblem })
}

/**
 * Signing in, signing up, choosing and changing the password (NIST SP 800-63B §5.1.1, OWASP ASVS 5 V6). Beside it the
 * sessions of an account and the apps that are connected to it.
 * Not here: signing in through a provider (`providers/`), and acts of the operator (`operator/people.ts`). Neighbours:
 * `client/` above knows it; `grant/` is beside and unknown. To add: an act of an account holder, a file here that takes
 * the account and writes its audit event.
 */
import { hmacSha256, sha256 } from '../../lib/hash.ts'
import { randomText } from '../../lib/random.ts'
import { canonicalEmail, emailProblem, normalizeLogin, usernameProblem } from '../../protocol/account_names.ts'
import type { ClientId, UserId } from '../../protocol/names.ts'
import type { Caller, Context } from '../../runtime/context.ts'
import { networkUnit } from '../../runtime/limits/network.ts'
import { PasswordQueueFull, passwordBytes } from '../../runtime/limits/passwords.ts'
import type { ThrottleKeys } from '../../runtime/limits/throttle.ts'
import type { Account, NewAccount } from '../../storage/contract.ts'
import { knownDevice } from './known_devices.ts'
import { passwordProblem, passwordRules } from './password_rules.ts'
import { usernameTakenProblem } from './reserved_names.ts'
import { isRecent, type LiveSession } from './sessions.ts'

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
 * client that the password was given to, where that was not our own page.
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
  const guesses = guessesOf(holder?.id ?? name, caller, holder && knownDevice(context, device, holder))
  const result = await context.throttle.guard<SignIn>(guesses, async () => {
    // Read once more: this may have had to wait its turn, and the account be another by now.
    const account = await context.storage.accounts.findByLogin(name)
    const matches = await context.passwords.verify(account?.passwordHash ?? null, password)
    if (account === undefined || !matches || !account.enabled) {
      context.audit.record('sign_in_failed', { subject: account?.id ?? null, clientId, caller })
      return { ok: false, value: { outcome: 'wrong' } }
    }
    context.audit.record('signed_in', { actor: account.id, clientId, caller, detail: { amr: ['pwd'] } })
    return { ok: true, value: { outcome: 'signed_in', account } }
  })
  return result ?? { outcome: 'throttled', retryAfter: context.throttle.retryAfter(guesses) }
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
function guessesOf(who: UserId | string, caller: Caller, device: string | undefined): ThrottleKeys {
  const network = networkUnit(caller.address)
  if (device !== undefined) return [['device', device]]
  // The address first: once it is used up, made-up names leave no counters behind.
  return [
    ['address', network],
    ['account', `${sha256(who).toString('base64url')} ${network}`],
  ]
}

export interface SignUpForm {
  readonly username: string
  readonly email: string
  readonly password: string
}

/** What is wrong with each field, in sentences for the person. */
export type SignUpProblems = { readonly [Field in keyof SignUpForm]?: string }

export type SignUp =
  | { readonly outcome: 'signed_up'; readonly account: Account }
  | { readonly outcome: 'problems'; readonly problems: SignUpProblems }
  | { readonly outcome: 'throttled'; readonly retryAfter: number }
  /** Somebody was faster with the link for the first administrator. */
  | { readonly outcome: 'link_spent' }

/**
 * Opens an account. The e-mail address counts as unconfirmed until its owner proves it by a mailed link. A name that is
 * taken is a failure like a wrong password: asking for many is how one learns who has an account.
 */
export async function signUp(
  context: Context,
  form: SignUpForm,
  caller: Caller,
  of: 'anybody' | 'administrator' = 'anybody',
): Promise<SignUp> {
  const username = form.username.trim().normalize('NFKC')
  const email = canonicalEmail(form.email)
  const network = networkUnit(caller.address)
  const busy = await takeNewPassword(context, network)
  if (busy !== undefined) return { outcome: 'throttled', retryAfter: busy }
  const problems = {
    ...problem('username', usernameProblem(username) ?? (await takenBy(context, username, of))),
    ...problem('email', emailProblem(email)),
    ...problem('password', await passwordProblem(form.password, [username, email], passwordRules(context.settings))),
  }
  if (Object.keys(problems).length > 0) return { outcome: 'problems', problems }
  const attempts: ThrottleKeys = [['address', network]]
  const opened: ThrottleKeys = [['sign_up', network]]
  const result = await context.throttle.guard<SignUp>(attempts, async () => {
    if (!(await context.throttle.take('sign_up', network))) {
      return { ok: true, value: { outcome: 'throttled', retryAfter: context.throttle.retryAfter(opened) } }
    }
    const wanted: NewAccount = {
      id: newUserId(),
      username,
      email,
      emailVerified: false,
      passwordHash: await context.passwords.hash(form.password),
      roles: of === 'administrator' ? ['owner'] : [],
      claims: {},
    }
    const { accounts } = context.storage
    const account =
      of === 'administrator' ? await accounts.insertByLink(wanted, setupLink(context)) : await accounts.insert(wanted)
    if (account === 'claimed') return { ok: true, value: { outcome: 'link_spent' } }
    if (typeof account === 'string') return { ok: false, value: { outcome: 'problems', problems: taken[account] } }
    context.audit.record(of === 'administrator' ? 'administrator_created' : 'signed_up', { actor: account.id, caller })
    return { ok: true, value: { outcome: 'signed_up', account } }
  })
  return result ?? { outcome: 'throttled', retryAfter: context.throttle.retryAfter(attempts) }
}

/** Who sets up the server is called as they like. */
async function takenBy(
  context: Context,
  username: string,
  of: 'anybody' | 'administrator',
): Promise<string | undefined> {
  return of === 'administrator' ? undefined : usernameTakenProblem(context, username)
}

const taken = {
  username_taken: { username: 'That username is taken.' },
  email_taken: { email: 'There is an account with that address. Sign in instead?' },
} as const satisfies Record<string, SignUpProblems>

export interface PasswordForm {
  readonly current: string
  readonly next: string
  /** What the browser is known by, sealed. */
  readonly device?: string | undefined
}

/** What is wrong with each field, in sentences for the person. */
export type PasswordProblems = { readonly [Field in 'current' | 'next']?: string }

export type PasswordChange =
  | { readonly outcome: 'changed'; readonly account: Account }
  | { readonly outcome: 'problems'; readonly problems: PasswordProblems }
  | { readonly outcome: 'throttled'; readonly retryAfter: number }

/**
 * Changes the password of a signed-in person who knows the present one: a browser left open must not be enough to take
 * an account over (OWASP ASVS 5 V6.2.3). Guesses count with those at sign-in. Every session and grant ends, that of
 * this browser included; whoever calls starts a new one.
 */
export async function changePassword(
  context: Context,
  account: Account,
  form: PasswordForm,
  caller: Caller,
): Promise<PasswordChange> {
  const { current, next } = form
  const busy = await takeNewPassword(context, account.id)
  if (busy !== undefined) return { outcome: 'throttled', retryAfter: busy }
  const same = current !== '' && current === next ? 'That is the password you have now.' : undefined
  const problems = {
    ...problem('current', current === '' ? 'Fill in the password you have now.' : undefined),
    ...problem('next', same ?? (await newPasswordProblem(context, account, next))),
  }
  if (Object.keys(problems).length > 0) return { outcome: 'problems', problems }
  const wrong: PasswordChange = { outcome: 'problems', problems: { current: 'That is not your current password.' } }
  if (Buffer.byteLength(current) > passwordBytes) return wrong
  const guesses = guessesOf(account.id, caller, knownDevice(context, form.device, account))
  const result = await context.throttle.guard<PasswordChange>(guesses, async () => {
    if (!(await context.passwords.verify(account.passwordHash, current))) {
      context.audit.record('password_change_failed', { actor: account.id, caller })
      return { ok: false, value: wrong }
    }
    const changed = await replacePassword(context, account.id, next)
    if (changed === undefined) throw new Error('the account went away while its password was changed')
    context.audit.record('password_changed', { actor: account.id, caller })
    return { ok: true, value: { outcome: 'changed', account: changed } }
  })
  return result ?? { outcome: 'throttled', retryAfter: context.throttle.retryAfter(guesses) }
}

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
  const set = await context.storage.accounts.setFirstPassword(account.id, await context.passwords.hash(next))
  if (set === undefined) return { outcome: 'has_one' }
  context.audit.record('password_set', { actor: account.id, caller })
  return { outcome: 'set' }
}

/** Takes one from the budget of new passwords before one is judged; answers the seconds to wait where it is used up. */
async function takeNewPassword(context: Context, by: string): Promise<number | undefined> {
  if (await context.throttle.take('new_password', by)) return undefined
  return context.throttle.retryAfter([['new_password', by]])
}

/** Whether a password that has just opened an account is one that it would not be given now. */
export async function isOutdated(context: Context, account: Account, password: string): Promise<boolean> {
  try {
    return (await newPasswordProblem(context, account, password)) !== undefined
  } catch (error) {
    if (error instanceof PasswordQueueFull) return false
    throw error
  }
}

/** What is wrong with a new password of an account, if anything. Throws PasswordQueueFull. */
export function newPasswordProblem(
  { settings }: { readonly settings: { readonly passwordMinimum: number; readonly issuer: string } },
  account: Account,
  password: string,
): Promise<string | undefined> {
  const names = [account.username, account.email ?? '']
  return passwordProblem(password, names, passwordRules(settings, account.secondFactor))
}

/** Gives an account another password, judged by the caller. Sessions and grants that came under the former one end. */
export async function replacePassword(
  context: Pick<Context, 'storage' | 'clock' | 'passwords'>,
  id: UserId,
  password: string,
): Promise<Account | undefined> {
  const passwordHash = await context.passwords.hash(password)
  const account = await context.storage.accounts.update(id, { passwordHash, validAfter: context.clock.now() })
  await context.storage.sessions.endAll(id)
  await context.storage.grants.endAll({ userId: id }, 'password_changed')
  return typeof account === 'object' ? account : undefined
}

export function newUserId(): UserId {
  return `usr_${randomText(16)}`
}

function problem<Name extends string>(name: Name, text: string | undefined): { [Key in Name]?: string } {
  return text === undefined ? {} : ({ [name]: text } as { [Key in Name]?: string })
}

/** The secret of the one-time administrator link; the same until it is used, so that a restart does not hide it. */
export function setupToken(context: Context): string {
  return hmacSha256(context.keyring.current('setup link'), 'owner').toString('base64url')
}

/** Whether the link may still be used: nobody is owner yet. */
export async function setupIsOpen(context: Context): Promise<boolean> {
  return !(await context.storage.accounts.anyWithRole('owner'))
}

/** What of the link is claimed by whoever opens the first administrator's account with it. */
function setupLink(context: Context) {
  return { kind: 'setup_link', hash: sha256(setupToken(context)), expires: setupExpiry } as const
}

/** Claims need an end; this one is in the year 2286. */
const setupExpiry = 9_999_999_999_999

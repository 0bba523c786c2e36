/** Signing up, and setting the server up: how people open accounts of their own. */
import { hour, type Millis } from '../../lib/clock.ts'
import { equalText, hmacSha256, sha256 } from '../../lib/hash.ts'
import { canonicalEmail, canonicalUsername } from '../../protocol/account_names.ts'
import type { Caller, Context } from '../../runtime/context.ts'
import { networkUnit } from '../../runtime/limits/network.ts'
import type { ThrottleKeys } from '../../runtime/limits/throttle.ts'
import type { Account, NewAccount } from '../../storage/contract.ts'
import { takeNewPassword } from './accounts.ts'
import {
  type AccountProblems,
  accountProblems,
  newAccount,
  type Opened,
  type Opening,
  openAccount,
} from './new_account.ts'
import type { AcceptedVersion } from './terms/terms.ts'
import { derivedUsername, usernamesTried } from './usernames.ts'

/** Whether anybody may open an account of their own. */
export function signUpIsOpen({ settings }: Pick<Context, 'settings'>): boolean {
  return settings.signUp === 'open'
}

/** Whether the operator lets no new account have addresses of this domain, or of one above it. */
export function isBlocked(
  { settings }: { readonly settings: Pick<Context['settings'], 'blockedDomains'> },
  email: string,
): boolean {
  const domain = email.slice(email.lastIndexOf('@') + 1).toLowerCase()
  return [...settings.blockedDomains].some((blocked) => domain === blocked || domain.endsWith(`.${blocked}`))
}

export interface SignUpForm {
  /** Empty where it is to be derived from the address. */
  readonly username: string
  readonly email: string
  readonly password: string
  /** What the form said is accepted by opening the account. */
  readonly accepted?: readonly AcceptedVersion[]
}

export type SignUp =
  | { readonly outcome: 'signed_up'; readonly account: Account }
  | { readonly outcome: 'problems'; readonly problems: AccountProblems }
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
  const { password, accepted } = form
  const person = { username: canonicalUsername(form.username), email: canonicalEmail(form.email), password }
  const network = networkUnit(caller.address)
  const busy = await takeNewPassword(context, network)
  if (busy !== undefined) return { outcome: 'throttled', retryAfter: busy }
  // Who sets up the server is called as they like.
  const administrator = of === 'administrator'
  const problems = administrator
    ? await accountProblems(context, person, 'operator')
    : await signUpProblems(context, person)
  if (Object.keys(problems).length > 0) return { outcome: 'problems', problems }
  const attempts: ThrottleKeys = [['address', network]]
  const opened: ThrottleKeys = [['sign_up', network]]
  const result = await context.throttle.guard<SignUp>(attempts, async () => {
    if (!(await context.throttle.take('sign_up', network))) {
      return { ok: true, value: { outcome: 'throttled', retryAfter: context.throttle.retryAfter(opened) } }
    }
    const account = await newAccount(context, { ...person, roles: administrator ? ['owner'] : [] })
    const as = administrator
      ? ({ as: 'administrator_created', link: setupLink(context) } as const)
      : ({ as: 'signed_up', accepted } as const)
    const made = await openNamed(context, account, { ...as, caller })
    if (made === 'claimed') return { ok: true, value: { outcome: 'link_spent' } }
    if (typeof made === 'string') return { ok: false, value: { outcome: 'problems', problems: taken[made] } }
    return { ok: true, value: { outcome: 'signed_up', account: made.account } }
  })
  return result ?? { outcome: 'throttled', retryAfter: context.throttle.retryAfter(attempts) }
}

/** Opens the account under its name, or under one that is derived from its address where it has none. */
async function openNamed(context: Context, account: NewAccount, opening: Opening): Promise<Opened> {
  if (account.username !== '') return openAccount(context, account, opening)
  for (let number = 0; number < usernamesTried; number++) {
    const username = await derivedUsername(context, [account.email?.split('@')[0]], number)
    const opened = await openAccount(context, { ...account, username }, opening)
    if (opened !== 'username_taken') return opened
  }
  return 'username_taken'
}

/** What is wrong with what somebody who signs up has filled in. A username may be left out. */
export async function signUpProblems(
  context: Context,
  person: Parameters<typeof accountProblems>[1],
): Promise<AccountProblems> {
  const { username, ...problems } = await accountProblems(context, person, 'person')
  const blocked = person.email !== null && isBlocked(context, person.email) ? ({ email: 'email_blocked' } as const) : {}
  return { ...(person.username === '' || username === undefined ? {} : { username }), ...blocked, ...problems }
}

const taken = {
  username_taken: { username: 'username_taken' },
  email_taken: { email: 'email_taken' },
} as const satisfies Record<string, AccountProblems>

/** How long a link that makes the first administrator can be used. */
const setupLife = hour

/**
 * The secret of a link that makes the first administrator, and until when it works. There may be several at a time, and one
 * account is made of all.
 */
export function setupToken(context: Pick<Context, 'keyring' | 'clock'>): {
  readonly token: string
  readonly until: Millis
} {
  const until = context.clock.now() + setupLife
  return { token: sealedUntil(context, until), until }
}

/** Whether the link with this secret works: it is one of ours and not too old, and nobody is owner yet. */
export async function setupLinkWorks(context: Context, token: string): Promise<boolean> {
  const until = Number.parseInt(token, 36)
  const ours = equalText(token, sealedUntil(context, until)) && context.clock.now() < until
  return ours && (await setupIsOpen(context))
}

function sealedUntil({ keyring }: Pick<Context, 'keyring'>, until: Millis): string {
  const tag = hmacSha256(keyring.current('setup link'), `owner ${until}`).toString('base64url')
  return `${until.toString(36)}.${tag}`
}

/** Whether such a link may still be used: nobody is owner yet. */
export async function setupIsOpen(context: Pick<Context, 'storage'>): Promise<boolean> {
  return !(await context.storage.accounts.anyWithRole('owner'))
}

/** What all links have in common is claimed by whoever opens the first administrator's account with one. */
function setupLink(context: Context) {
  return {
    kind: 'setup_link',
    hash: sha256(hmacSha256(context.keyring.current('setup link'), 'owner')),
    expires: setupExpiry,
  } as const
}

/** Claims need an end; this one is in the year 2286. */
const setupExpiry = 9_999_999_999_999

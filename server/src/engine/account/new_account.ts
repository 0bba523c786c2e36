/** How an account comes about, at every place: one rulebook for what it is given, and one act that opens it. */
import { randomText } from '../../lib/random.ts'
import { emailProblem, usernameProblem } from '../../protocol/account_names.ts'
import type { UserId } from '../../protocol/names.ts'
import { type ActRecorder, act } from '../../runtime/act.ts'
import type { Caller, Context } from '../../runtime/context.ts'
import type { Account, Accounts, Acting, NameTaken, NewAccount, NewIdentity } from '../../storage/contract.ts'
import type { FormProblem } from '../../words/form_problem.ts'
import { passwordProblem, passwordRules } from './passwords/rules.ts'
import { usernameTakenProblem } from './reserved_names.ts'
import { type AcceptedVersion, storeAccepted } from './terms/terms.ts'

/** What is wrong with what an account is to be given. */
export type AccountProblems = { readonly [Member in 'username' | 'email' | 'password']?: FormProblem }

/**
 * What is wrong with the names of a new account, in their one form, and with its password. `by` is who chooses them: the
 * operator is free to take names that could be mistaken for the server's. Throws PasswordQueueFull.
 */
export async function accountProblems(
  context: Pick<Context, 'storage'> &
    Partial<Pick<Context, 'breachedPasswords'>> & {
      readonly settings: Pick<Context['settings'], 'issuer' | 'passwordMinimum'>
    },
  { username, email, password }: Pick<NewPerson, 'username' | 'email' | 'password'>,
  by: 'person' | 'operator',
): Promise<AccountProblems> {
  const problems = {
    username:
      usernameProblem(username) ?? (by === 'person' ? await usernameTakenProblem(context, username) : undefined),
    email: email === null ? undefined : emailProblem(email),
    password:
      password === undefined
        ? undefined
        : await passwordProblem(password, [username, email ?? ''], {
            ...passwordRules(context.settings),
            breached: context.breachedPasswords,
          }),
  }
  return Object.fromEntries(Object.entries(problems).filter(([, problem]) => problem !== undefined))
}

/** What a new account is given, judged before. */
export type NewPerson = Pick<NewAccount, 'username' | 'email'> &
  Partial<Omit<NewAccount, 'passwordHash'>> & {
    /** None where the account only signs in through a provider. */
    readonly password?: string | undefined
  }

/** By what an account is opened, named as the audit log names it. */
type WayToOpen =
  | {
      readonly as: 'signed_up'
      readonly identity?: Omit<NewIdentity, 'userId'>
      /** What the form said is accepted by opening the account. */
      readonly accepted?: readonly AcceptedVersion[] | undefined
    }
  | { readonly as: 'administrator_created'; readonly link: Parameters<Accounts['insertByLink']>[1] }
  | { readonly as: 'user_created' }

/** The same with the caller who opens it for themselves. */
export type Opening = Exclude<WayToOpen, { as: 'user_created' }> & { readonly caller: Caller }

export type Opened =
  /** `created` is false where the identity had an account already. */
  | { readonly account: Account; readonly created: boolean }
  /** Somebody was faster with the link. */
  | 'claimed'
  | NameTaken

/** The account that a person is to have, with the hash of its password. */
export async function newAccount(
  { passwords }: Pick<Context, 'passwords'>,
  { password, ...person }: NewPerson,
): Promise<NewAccount> {
  const passwordHash = password === undefined ? null : await passwords.hash(password)
  return { id: newUserId(), emailVerified: false, roles: [], claims: {}, ...person, passwordHash }
}

/** Opens an account together with what it is opened by, and with its row in the audit log: all of it or nothing. */
export function openAccount(
  context: Pick<Context, 'storage' | 'clock'>,
  account: NewAccount,
  opening: Opening,
): Promise<Opened> {
  return act(context, { actor: account.id, caller: opening.caller }, (acting, record) =>
    openWithin({ acting, record }, account, opening),
  )
}

/** The same within an act. */
export async function openWithin(
  { acting, record }: { readonly acting: Acting; readonly record: ActRecorder },
  account: NewAccount,
  opening: WayToOpen,
): Promise<Opened> {
  const made = await insert(acting, account, opening)
  if (typeof made === 'string') return made
  const opened = 'created' in made ? made : { account: made, created: true }
  if (opened.created) await recordOpening(record, opened.account, opening)
  if (opened.created && opening.as === 'signed_up') {
    await storeAccepted({ acting, record }, opened.account.id, opening.accepted ?? [])
  }
  // Who sets the server up came by its link, so that they may add their second factor at once.
  if (opening.as === 'administrator_created') await acting.factors.noteLink(opened.account.id, opened.account.createdAt)
  return opened
}

function insert({ accounts, identities }: Acting, account: NewAccount, opening: WayToOpen) {
  if (opening.as === 'administrator_created') return accounts.insertByLink(account, opening.link)
  if (opening.as === 'signed_up' && opening.identity !== undefined) return identities.open(account, opening.identity)
  return accounts.insert(account)
}

function recordOpening(record: ActRecorder, { id, roles }: Account, opening: WayToOpen): Promise<void> {
  if (opening.as === 'user_created') return record('user_created', { subject: id, detail: { roles } })
  if (opening.as === 'administrator_created') return record(opening.as, {})
  return record(opening.as, { detail: opening.identity === undefined ? {} : { provider: opening.identity.providerId } })
}

export function newUserId(): UserId {
  return `usr_${randomText(16)}`
}

/**
 * What the operator does with accounts. What is done to one that is there goes through `operateOn`, which judges the rank.
 * They are: open, give a password or roles, switch on and off, end what is signed in, delete.
 */
import { type Role, roles, type UserId } from '../../protocol/names.ts'
import type { Context } from '../../runtime/context.ts'
import { sendMail } from '../../runtime/jobs/queue.ts'
import type { Account, NameTaken } from '../../storage/contract.ts'
import { newInvitation } from '../account/account_invitations.ts'
import { endAccess, replacePassword } from '../account/accounts.ts'
import { letRemovalWait } from '../account/factors/lost_factor.ts'
import { turnOffSecondFactor } from '../account/factors/second_factor.ts'
import { mailedResetLink, operatorResetLink } from '../account/lost_password.ts'
import { addressSubject, linkToken } from '../account/mailed_links.ts'
import { type NewPerson, newAccount, openWithin } from '../account/new_account.ts'
import { type Operator, type OperatorContext, operate, operateOn } from './operator.ts'

type PasswordContext = OperatorContext & Pick<Context, 'passwords'>

/** Opens an account whose names and password have been judged. Who gives it roles needs the right to. */
export async function createUser(
  context: PasswordContext,
  by: Operator,
  person: NewPerson,
): Promise<Account | NameTaken> {
  const account = await newAccount(context, person)
  const right = account.roles.length > 0 ? 'roles' : 'people'
  const opened = await operate(
    context,
    by,
    (acting, record) => openWithin({ acting, record }, account, { as: 'user_created' }),
    right,
  )
  if (opened === 'claimed') throw new Error('people: an account was opened by a link that nobody had')
  return typeof opened === 'string' ? opened : opened.account
}

/** Gives an account another password, which has been judged. Its sessions and authorizations end. False where there is none. */
export async function setUserPassword(
  context: PasswordContext,
  by: Operator,
  id: UserId,
  password: string,
): Promise<boolean> {
  const passwordHash = await context.passwords.hash(password)
  const done = await operateOn(context, by, { id, right: 'people' }, async (_subject, acting, record) => {
    await replacePassword(context, acting, id, { passwordHash, validAfter: context.clock.now() })
    await record('user_password_set', { subject: id })
    await sendMail(context, acting, 'password_changed', { ids: { userId: id } })
    return true
  })
  return done ?? false
}

/** Lets an account sign in. False where there is no such account. */
export async function enableUser(context: OperatorContext, by: Operator, id: UserId): Promise<boolean> {
  const done = await operateOn(context, by, { id, right: 'people' }, async (_subject, { accounts }, record) => {
    await accounts.update(id, { enabled: true, closingAt: null })
    await record('user_enabled', { subject: id })
    return true
  })
  return done ?? false
}

/**
 * Signs an account out everywhere, ends what apps hold of it and keeps it out; none of that comes back when it is enabled
 * again. False where there is no such account.
 */
export async function disableUser(context: OperatorContext, by: Operator, id: UserId): Promise<boolean> {
  const done = await operateOn(context, by, { id, right: 'people' }, async (_subject, acting, record) => {
    await acting.accounts.update(id, { enabled: false, closingAt: null, validAfter: context.clock.now() })
    await endAccess(context, acting, id, 'revoked_by_operator')
    await record('user_disabled', { subject: id })
    return true
  })
  return done ?? false
}

/** Signs an account out everywhere and ends what apps hold of it; its holder may sign in again. False where there is none. */
export async function endEverything(context: OperatorContext, by: Operator, id: UserId): Promise<boolean> {
  const done = await operateOn(context, by, { id, right: 'end_sessions' }, async (_subject, acting, record) => {
    await acting.accounts.update(id, { validAfter: context.clock.now() })
    await endAccess(context, acting, id, 'revoked_by_operator')
    await record('user_sessions_ended', { subject: id })
    return true
  })
  return done ?? false
}

/** Lets people try again who have guessed too often at an account. False where there is none. */
export async function forgiveGuesses(context: OperatorContext, by: Operator, id: UserId): Promise<boolean> {
  const done = await operateOn(context, by, { id, right: 'clear_counters' }, async (subject, acting, record) => {
    const at = Math.max(context.clock.now(), (subject.guessesForgivenAt ?? 0) + 1)
    await acting.accounts.update(id, { guessesForgivenAt: at })
    await acting.factors.forgiveFailures(id)
    await record('user_guesses_forgiven', { subject: id })
    return true
  })
  return done ?? false
}

/** Gives an account other roles, never so that no owner is left. 'unknown' where there is no such account. */
export async function changeRoles(
  context: OperatorContext,
  by: Operator,
  id: UserId,
  given: readonly Role[],
): Promise<'changed' | 'last_owner' | 'unknown'> {
  const outcome = await operateOn(context, by, { id, right: 'roles' }, async (subject, acting, record) => {
    if (subject.roles.includes('owner') && !given.includes('owner')) {
      const owners = (await acting.accounts.listWithRoles()).filter((one) => one.enabled && one.roles.includes('owner'))
      if (owners.every((owner) => owner.id === id)) return 'last_owner'
    }
    await acting.accounts.update(id, { roles: roles.filter((role) => given.includes(role)) })
    await record('user_roles_changed', { subject: id, detail: { roles: given } })
    return 'changed'
  })
  return outcome ?? 'unknown'
}

/** Why a mail cannot go to an account: the server sends none, or no address of it is proved. */
export type NotMailed = 'no_mail' | 'no_address'

function mailBar({ mailer }: OperatorContext, { email, emailVerified }: Account): NotMailed | undefined {
  if (mailer.way === 'none') return 'no_mail'
  return email !== null && emailVerified ? undefined : 'no_address'
}

/** Mails the holder of an account, at its proved address, a link with which a new password is set. Nobody else sees it. */
export async function mailResetLink(
  context: LinkMaker,
  by: Operator,
  id: UserId,
): Promise<'mailed' | NotMailed | 'disabled' | 'unknown'> {
  const outcome = await operateOn(context, by, { id, right: 'people' }, async (subject, acting, record) => {
    if (!subject.enabled) return 'disabled'
    const bar = mailBar(context, subject)
    if (bar !== undefined || subject.email === null) return bar ?? 'no_address'
    const link = mailedResetLink(context, subject, subject.email)
    await acting.mailedLinks.put(link)
    await sendMail(context, acting, 'reset', { ids: { linkId: link.id } })
    await record('reset_link_mailed', { subject: id })
    return 'mailed'
  })
  return outcome ?? 'unknown'
}

/** Starts the removal of the second factor of somebody who has lost it; it takes effect a day later, and they are told at once. */
export async function startFactorRemoval(
  context: OperatorContext,
  by: Operator,
  id: UserId,
): Promise<'started' | 'waits' | 'no_factor' | NotMailed | 'unknown'> {
  const outcome = await operateOn(context, by, { id, right: 'remove_factor' }, async (subject, acting, record) => {
    if (!subject.secondFactor) return 'no_factor'
    const bar = mailBar(context, subject)
    if (bar !== undefined) return bar
    const at = await letRemovalWait(context, { acting, record }, id)
    return at === undefined ? 'waits' : 'started'
  })
  return outcome ?? 'unknown'
}

/** Stops a removal that waits. False where none does. */
export async function stopFactorRemoval(context: OperatorContext, by: Operator, id: UserId): Promise<boolean> {
  const done = await operateOn(context, by, { id, right: 'remove_factor' }, async (_subject, { factors }, record) => {
    if (!(await factors.cancelRemoval(id))) return false
    await record('factor_removal_stopped', { subject: id })
    return true
  })
  return done ?? false
}

/** Takes the second factor from an account whose holder has lost it. False where it has none. */
export async function removeSecondFactor(
  context: OperatorContext & Pick<Context, 'keyring' | 'mailer'>,
  by: Operator,
  id: UserId,
): Promise<boolean> {
  const done = await operateOn(context, by, { id, right: 'people' }, async (subject, acting, record) => {
    if (!subject.secondFactor) return false
    await turnOffSecondFactor(context, { acting, record }, id)
    return true
  })
  return done ?? false
}

/**
 * Erases an account, as one that its holder has closed, and tells its apps. False where it owns apps, and stays; undefined
 * where there is none.
 */
export function deleteUser(context: OperatorContext, by: Operator, id: UserId): Promise<boolean | undefined> {
  return operateOn(context, by, { id, right: 'people' }, async (_subject, acting, record) => {
    const apps = await acting.clients.listByUser(id)
    if (apps.some(({ ownerId }) => ownerId === id)) return false
    await endAccess(context, acting, id, 'revoked_by_operator')
    const outcome = await acting.accounts.erase(id)
    if (outcome === 'owns_apps') throw new Error('people: the account came to own an app while it was deleted')
    if (outcome === 'erased') await record('user_deleted', { subject: id })
    return true
  })
}

export type LinkMaker = OperatorContext & Pick<Context, 'keyring' | 'mailer'>

/**
 * Makes a link with which the holder of an account sets a new password, for the operator to hand over. Undefined where there is
 * no such account.
 */
export function makeResetLink(
  context: LinkMaker,
  by: Operator,
  id: UserId,
  issuer: string,
): Promise<string | undefined> {
  return operateOn(context, by, { id, right: 'people' }, async (subject, { mailedLinks }, record) => {
    const link = operatorResetLink(context, subject)
    // One that was mailed before is older than this one. A later mail leaves this one alone: anybody can ask for that.
    if (subject.email !== null) await mailedLinks.end(addressSubject(context, subject.email))
    await mailedLinks.put(link)
    await record('reset_link_made', { subject: id })
    return `${issuer}/reset?token=${linkToken(context, link.id)}`
  })
}

/**
 * Invites somebody to open an account with an address that has none. The link is mailed, or answered for the operator to hand
 * over; only a mailed one proves the address.
 */
export function inviteUser(
  context: LinkMaker,
  by: Operator,
  { email, print, issuer }: { readonly email: string; readonly print: boolean; readonly issuer: string },
): Promise<{ readonly href: string | undefined }> {
  const mailed = !print && context.mailer.way !== 'none'
  const link = newInvitation(context, { email, mailed })
  return operate(
    context,
    by,
    async (acting, record) => {
      await acting.mailedLinks.put(link)
      await record('user_invited', {})
      if (mailed) await sendMail(context, acting, 'invitation', { ids: { linkId: link.id } })
      return { href: mailed ? undefined : `${issuer}/invitation?token=${linkToken(context, link.id)}` }
    },
    'people',
  )
}

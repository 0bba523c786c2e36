/** What the operator does with accounts: open, give a password, switch on and off, delete. */
import type { UserId } from '../../protocol/names.ts'
import type { Context } from '../../runtime/context.ts'
import { sendMail } from '../../runtime/jobs/queue.ts'
import type { Account, NameTaken } from '../../storage/contract.ts'
import { newInvitation } from '../account/account_invitations.ts'
import { endAccess, replacePassword } from '../account/accounts.ts'
import { turnOffSecondFactor } from '../account/factors/second_factor.ts'
import { operatorResetLink } from '../account/lost_password.ts'
import { addressSubject, linkToken } from '../account/mailed_links.ts'
import { type NewPerson, newAccount, openAccount } from '../account/new_account.ts'
import { actorOf, type Operator, type OperatorContext, operate } from './operator.ts'

type PasswordContext = OperatorContext & Pick<Context, 'passwords'>

/** Opens an account whose names and password have been judged. */
export async function createUser(
  context: PasswordContext,
  by: Operator,
  person: NewPerson,
): Promise<Account | NameTaken> {
  const account = await newAccount(context, person)
  const opened = await openAccount(context, account, { as: 'user_created', by: actorOf(by) })
  if (opened === 'claimed') throw new Error('people: an account was opened by a link that nobody had')
  return typeof opened === 'string' ? opened : opened.account
}

/** Gives an account another password, which has been judged. Its sessions and authorizations end. */
export async function setUserPassword(
  context: PasswordContext,
  by: Operator,
  id: UserId,
  password: string,
): Promise<void> {
  const passwordHash = await context.passwords.hash(password)
  await operate(context, by, async (acting, record) => {
    await replacePassword(context, acting, id, { passwordHash, validAfter: context.clock.now() })
    await record('user_password_set', { subject: id })
    await sendMail(context, acting, 'password_changed', { ids: { userId: id } })
  })
}

/** Lets an account sign in. False where there is no such account. */
export function enableUser(context: OperatorContext, by: Operator, id: UserId): Promise<boolean> {
  return operate(context, by, async ({ accounts }, record) => {
    if (typeof (await accounts.update(id, { enabled: true, closingAt: null })) !== 'object') return false
    await record('user_enabled', { subject: id })
    return true
  })
}

/**
 * Signs an account out everywhere, ends what apps hold of it and keeps it out; none of that comes back when it is enabled
 * again. False where there is no such account.
 */
export function disableUser(context: OperatorContext, by: Operator, id: UserId): Promise<boolean> {
  return operate(context, by, async (acting, record) => {
    const change = { enabled: false, closingAt: null, validAfter: context.clock.now() }
    if (typeof (await acting.accounts.update(id, change)) !== 'object') return false
    await endAccess(context, acting, id, 'revoked_by_operator')
    await record('user_disabled', { subject: id })
    return true
  })
}

/** Takes the second factor from an account whose holder has lost it. False where it has none. */
export function removeSecondFactor(
  context: OperatorContext & Pick<Context, 'keyring' | 'mailer'>,
  by: Operator,
  { id, secondFactor }: Account,
): Promise<boolean> {
  return operate(context, by, async (acting, record) => {
    if (!secondFactor) return false
    await turnOffSecondFactor(context, { acting, record }, id)
    return true
  })
}

/** Erases an account, as one that its holder has closed, and tells its apps. False where it owns apps, and stays. */
export function deleteUser(context: OperatorContext, by: Operator, id: UserId): Promise<boolean> {
  return operate(context, by, async (acting, record) => {
    const apps = await acting.clients.listByUser(id)
    if (apps.some(({ ownerId }) => ownerId === id)) return false
    await endAccess(context, acting, id, 'revoked_by_operator')
    const outcome = await acting.accounts.erase(id)
    if (outcome === 'owns_apps') throw new Error('people: the account came to own an app while it was deleted')
    if (outcome === 'erased') await record('user_deleted', { subject: id })
    return true
  })
}

/** What the operator's links are made with. */
export type LinkMaker = OperatorContext & Pick<Context, 'keyring' | 'mailer'>

/** Makes a link with which the holder of an account sets a new password, for the operator to hand over. */
export function makeResetLink(context: LinkMaker, by: Operator, account: Account, issuer: string): Promise<string> {
  const link = operatorResetLink(context, account)
  return operate(context, by, async ({ mailedLinks }, record) => {
    // One that was mailed before is older than this one. A later mail leaves this one alone: anybody can ask for that.
    if (account.email !== null) await mailedLinks.end(addressSubject(context, account.email))
    await mailedLinks.put(link)
    await record('reset_link_made', { subject: account.id })
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
  return operate(context, by, async (acting, record) => {
    await acting.mailedLinks.put(link)
    await record('user_invited', {})
    if (mailed) await sendMail(context, acting, 'invitation', { ids: { linkId: link.id } })
    return { href: mailed ? undefined : `${issuer}/invitation?token=${linkToken(context, link.id)}` }
  })
}

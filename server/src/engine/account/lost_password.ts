/**
 * A lost password: a link is mailed to the proved address of an account, and a new password is set with it (OWASP ASVS 5
 * V6.4). Who asks learns nothing of whether there is an account. A reset signs nobody in, and asks for no less at the next
 * sign-in than before.
 */
import { z } from 'zod'
import { canonicalEmail, emailProblem } from '../../protocol/account_names.ts'
import type { UserId } from '../../protocol/names.ts'
import { act } from '../../runtime/act.ts'
import type { Caller, Context } from '../../runtime/context.ts'
import { sendMail } from '../../runtime/jobs/queue.ts'
import type { Account, MailedLink } from '../../storage/contract.ts'
import type { FormProblem } from '../../words/form_problem.ts'
import { newPasswordProblem, replacePassword, takeNewPassword } from './accounts.ts'
import { removalOf } from './factors/lost_factor.ts'
import { takeMail } from './mail_budget.ts'
import { addressSubject, findLink, isStanding, type LinkContext, mailLink, newLink } from './mailed_links.ts'

/** Whose password a link resets: the account of an address, or one that the operator has named. */
const contentSchema = z.union([z.strictObject({ email: z.string() }), z.strictObject({ userId: z.string() })])

export type ResetAsked =
  | { readonly outcome: 'asked' }
  | { readonly outcome: 'problem'; readonly problem: FormProblem }
  | { readonly outcome: 'throttled'; readonly retryAfter: number }

/**
 * Takes the wish for a link to the address. The same is stored whether or not it is anybody's: whether a mail goes out is
 * decided when it is built.
 */
export async function askReset(context: Context, typed: string, caller: Caller): Promise<ResetAsked> {
  const email = canonicalEmail(typed)
  const problem = emailProblem(email)
  if (problem !== undefined) return { outcome: 'problem', problem }
  const budget = await takeMail(context, email, caller)
  if (budget.outcome === 'network') return { outcome: 'throttled', retryAfter: budget.retryAfter }
  // Enough were sent to the address; the last one is still good.
  if (budget.outcome === 'address') return { outcome: 'asked' }
  const account = await context.storage.accounts.findByLogin(email)
  await mailLink(context, mailedResetLink(context, account, email), 'reset')
  return { outcome: 'asked' }
}

/** A link that is to be mailed to the address, whether or not it is that of an account. */
export function mailedResetLink(
  context: LinkContext,
  account: Account | undefined,
  email: string,
): Omit<MailedLink, 'tries'> {
  return newLink(context, 'reset', { subject: addressSubject(context, email), account, content: { email } })
}

/** A link with which the operator lets somebody set a password whose address cannot be written to. */
export function operatorResetLink(context: LinkContext, account: Account): Omit<MailedLink, 'tries'> {
  return newLink(context, 'reset', { subject: account.id, account, known: true, content: { userId: account.id } })
}

/** The account that a link resets; undefined where the link is over, or is not good any more. */
export async function findReset(
  context: Context,
  linkId: string,
): Promise<{ readonly link: MailedLink; readonly account: Account } | undefined> {
  const found = await findLink(context, linkId, ['reset'], contentSchema)
  if (found === undefined) return undefined
  const { link, content } = found
  const { accounts } = context.storage
  const byOperator = 'userId' in content
  const account = await (byOperator ? accounts.find(content.userId as UserId) : accounts.findByLogin(content.email))
  if (account === undefined || !isStanding(context, link, account)) return undefined
  return byOperator || account.emailVerified ? { link, account } : undefined
}

export type PasswordReset =
  | { readonly outcome: 'reset' }
  /** The link was used, or ended by something else. */
  | { readonly outcome: 'over' }
  | { readonly outcome: 'problem'; readonly problem: FormProblem }
  | { readonly outcome: 'throttled'; readonly retryAfter: number }

/**
 * Sets the password of the account that a link is for, and ends its sessions and grants. What is wrong with the password
 * leaves the link good. Throws PasswordQueueFull.
 */
export async function resetPassword(
  context: Context,
  linkId: string,
  password: string,
  caller: Caller,
): Promise<PasswordReset> {
  const found = await findReset(context, linkId)
  if (found === undefined) return { outcome: 'over' }
  const { link, account } = found
  // Whoever has asked for the removal may hold the mailbox as well.
  if ((await removalOf(context, account)) !== undefined) return { outcome: 'problem', problem: 'password_barred' }
  const busy = await takeNewPassword(context, account.id)
  if (busy !== undefined) return { outcome: 'throttled', retryAfter: busy }
  const problem = await newPasswordProblem(context, account, password)
  if (problem !== undefined) return { outcome: 'problem', problem }
  const passwordHash = await context.passwords.hash(password)
  const by = { actor: account.id, caller }
  return act<PasswordReset>(context, by, async (acting, record) => {
    const asOf = await acting.accounts.find(account.id)
    if (asOf === undefined || !isStanding(context, link, asOf)) return { outcome: 'over' }
    if ((await removalOf({ storage: acting }, asOf)) !== undefined)
      return { outcome: 'problem', problem: 'password_barred' }
    if (!(await acting.mailedLinks.take(link.id))) return { outcome: 'over' }
    await acting.factors.noteLink(account.id, context.clock.now())
    await record('password_reset', {})
    await sendMail(context, acting, 'password_changed', { ids: { userId: account.id } })
    await replacePassword(context, acting, account.id, { passwordHash, validAfter: context.clock.now() })
    return { outcome: 'reset' }
  })
}

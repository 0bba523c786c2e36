/**
 * The e-mail address of an account: proving that it is the holder's, and changing it (OWASP ASVS 5 V6.3). An address is
 * proved by what was mailed to it alone; a new one takes the place of the old one when that is done, and the old one is told.
 */
import { z } from 'zod'
import { canonicalEmail, emailProblem, normalizeLogin } from '../../protocol/account_names.ts'
import { type ActRecorder, act } from '../../runtime/act.ts'
import type { Caller, Context } from '../../runtime/context.ts'
import { sendMail } from '../../runtime/jobs/queue.ts'
import type { Account, Acting, MailedLink } from '../../storage/contract.ts'
import type { FormProblem } from '../../words/form_problem.ts'
import { removalOf } from './factors/lost_factor.ts'
import { takeMail } from './mail_budget.ts'
import { addressSubject, findLink, isStanding, newLink } from './mailed_links.ts'
import { isOver, isRecent, type LiveSession } from './sessions.ts'
import { isBlocked } from './sign_up.ts'

const contentSchema = z.strictObject({ email: z.string() })

export type AddressAsked =
  | { readonly outcome: 'mailed'; readonly linkId: string }
  /** The account has no address, or it is proved already. */
  | { readonly outcome: 'nothing_to_prove' }
  | { readonly outcome: 'sign_in_again' }
  | { readonly outcome: 'problem'; readonly problem: FormProblem }
  | { readonly outcome: 'throttled'; readonly retryAfter: number }

/** Mails a link and a code to the address of the account, which is not proved yet. */
export async function askVerification(context: Context, account: Account, caller: Caller): Promise<AddressAsked> {
  const { email, emailVerified } = account
  if (email === null || emailVerified) return { outcome: 'nothing_to_prove' }
  return mailProof(context, { kind: 'verification', account, email }, caller)
}

/**
 * Mails a link and a code to another address that the account is to have. Whether somebody else's account has it is not
 * told here: its holder learns it from the mail.
 */
export async function askAddressChange(
  context: Context,
  live: LiveSession,
  typed: string,
  caller: Caller,
): Promise<AddressAsked> {
  const { account } = live
  // Who holds the address gets the account by a lost password.
  if (!isRecent(context, live)) return { outcome: 'sign_in_again' }
  const email = canonicalEmail(typed)
  const problem = emailProblem(email) ?? (isBlocked(context, email) ? 'email_blocked' : undefined)
  if (problem !== undefined) return { outcome: 'problem', problem }
  if ((await removalOf(context, account)) !== undefined) return standing
  const same = account.email !== null && normalizeLogin(account.email) === normalizeLogin(email)
  if (same && account.emailVerified) return { outcome: 'problem', problem: 'email_same' }
  return mailProof(context, same ? { kind: 'verification', account, email } : { kind: 'address', live, email }, caller)
}

/**
 * Mails another link and code for an address that is still to be proved; the former ones end. A new address asks for the same
 * recent session as the first mail did.
 */
export async function mailAddressAgain(
  context: Context,
  { link, account, email }: AddressProof,
  live: LiveSession | undefined,
  caller: Caller,
): Promise<AddressAsked> {
  if (link.kind !== 'address') return mailProof(context, { kind: 'verification', account, email }, caller)
  if (live?.account.id !== account.id) return { outcome: 'sign_in_again' }
  return askAddressChange(context, live, email, caller)
}

/** Of an account's own address, or of another one that a session asks for. */
type Wanted =
  | { readonly kind: 'verification'; readonly account: Account; readonly email: string }
  | { readonly kind: 'address'; readonly live: LiveSession; readonly email: string }

async function mailProof(context: Context, wanted: Wanted, caller: Caller): Promise<AddressAsked> {
  const { kind, email } = wanted
  const account = wanted.kind === 'address' ? wanted.live.account : wanted.account
  const budget = await takeMail(context, email, caller)
  if (budget.outcome !== 'taken') return { outcome: 'throttled', retryAfter: budget.retryAfter }
  const link = newLink(context, kind, { subject: account.id, account, known: true, content: { email } })
  return context.storage.act<AddressAsked>(async (acting) => {
    if (wanted.kind === 'address') {
      if (await isOver(context, acting, wanted.live)) return { outcome: 'sign_in_again' }
      if ((await removalOf({ storage: acting }, account)) !== undefined) return standing
    }
    await acting.mailedLinks.put(link)
    await sendMail(context, acting, 'address_proof', { ids: { linkId: link.id } })
    return { outcome: 'mailed', linkId: link.id }
  })
}

/** While the removal of a second factor waits. */
const standing = { outcome: 'problem', problem: 'address_stands' } as const

/** An address that is about to be proved. */
export interface AddressProof {
  readonly link: MailedLink
  readonly account: Account
  /** The address that was written to. */
  readonly email: string
}

/** What a link proves; undefined where it is over, or the account has changed since. */
export async function findAddressProof(context: Context, linkId: string): Promise<AddressProof | undefined> {
  const found = await findLink(context, linkId, ['verification', 'address'], contentSchema)
  if (found === undefined) return undefined
  const { link, content } = found
  if (link.userId === null) return undefined
  const account = await context.storage.accounts.find(link.userId)
  return account && isStanding(context, link, account) ? { link, account, email: content.email } : undefined
}

/** Takes the address as proved, and gives it to the account where it is a new one. */
export async function proveAddress(
  context: Context,
  { link, account: holder, email }: AddressProof,
  caller: Caller,
): Promise<'proved' | 'over' | 'taken'> {
  const { id } = holder
  return act(context, { actor: id, caller }, async (acting, record) => {
    const account = await acting.accounts.find(id)
    if (account === undefined || !isStanding(context, link, account)) return 'over'
    if (link.kind === 'address' && (await removalOf({ storage: acting }, account)) !== undefined) return 'over'
    if (!(await acting.mailedLinks.take(link.id))) return 'over'
    if (link.kind === 'address') return changeAddress(context, { acting, record }, account, email)
    await acting.accounts.update(id, { emailVerified: true })
    await record('email_verified', {})
    return 'proved'
  })
}

async function changeAddress(
  context: Context,
  { acting, record }: { readonly acting: Acting; readonly record: ActRecorder },
  account: Account,
  email: string,
): Promise<'proved' | 'taken'> {
  const changed = await acting.accounts.update(account.id, { email, emailVerified: true })
  if (changed === 'email_taken') return 'taken'
  await record('email_changed', {})
  // What was mailed to the old address, or for it, is good for nothing any more.
  await acting.mailedLinks.end(account.id)
  if (account.email === null) return 'proved'
  await acting.mailedLinks.end(addressSubject(context, account.email))
  if (account.emailVerified) {
    const ids = { userId: account.id }
    await sendMail(context, acting, 'address_changed', { ids, secret: account.email })
  }
  return 'proved'
}

/**
 * A lost second factor. Whoever knows the password may ask for its removal; it takes effect a day later, and until then anybody
 * who has a factor, a session or the mail can stop it. No password or address is changed meanwhile.
 */
import { day, type Millis } from '../../../lib/clock.ts'
import { equalBytes, hmacSha256 } from '../../../lib/hash.ts'
import type { UserId } from '../../../protocol/names.ts'
import { type Actor, act } from '../../../runtime/act.ts'
import type { Caller, Context } from '../../../runtime/context.ts'
import { type MailQueue, sendMail } from '../../../runtime/jobs/queue.ts'
import type { Account, Storage } from '../../../storage/contract.ts'
import type { ActUnderWay } from '../sessions.ts'
import { turnOffSecondFactor } from './second_factor.ts'
import type { FactorStep } from './step.ts'

/** How long a removal waits. */
const wait: Millis = day

/** Why a removal cannot be asked for here: nobody would be told of it, or the password was not what opened the account. */
export type NoRemoval = 'no_mail' | 'no_password'

/** Whether the holder of a sign-in that waits for its factor may ask for the removal of that. */
export function removalBar({ mailer }: Context, { account, first }: FactorStep): NoRemoval | undefined {
  if (!first.amr.includes('pwd')) return 'no_password'
  return mailer.way !== 'none' && account.email !== null && account.emailVerified ? undefined : 'no_mail'
}

/** Lets the removal of the second factor wait, and tells its holder at once; answers when it takes effect. */
export async function askRemoval(context: Context, step: FactorStep, caller: Caller): Promise<Millis | NoRemoval> {
  const bar = removalBar(context, step)
  if (bar !== undefined) return bar
  const { id } = step.account
  return act<Millis>(context, { caller }, async (acting, record) => {
    const at = await letRemovalWait(context, { acting, record }, id)
    return at ?? (await acting.factors.find(id))?.removalAt ?? context.clock.now() + wait
  })
}

/** Lets a removal wait and has its holder told; answers when it takes effect, undefined where one waits already. */
export async function letRemovalWait(
  context: MailQueue,
  { acting, record }: ActUnderWay,
  userId: UserId,
): Promise<Millis | undefined> {
  const at = context.clock.now() + wait
  if (!(await acting.factors.askRemoval(userId, at))) return undefined
  await record('factor_removal_asked', { subject: userId })
  await sendMail(context, acting, 'factor_removal_asked', { ids: { userId, at } })
  return at
}

/** When the second factor of an account goes; undefined where its removal does not wait. */
export async function removalOf(
  { storage: { factors } }: { readonly storage: Pick<Storage, 'factors'> },
  { id, secondFactor }: Account,
): Promise<Millis | undefined> {
  return secondFactor ? ((await factors.find(id))?.removalAt ?? undefined) : undefined
}

/** The account, without its second factor where that was to be removed by now. */
export async function settleRemoval(context: Context, account: Account, caller: Caller): Promise<Account> {
  const isDue = async (of: { readonly storage: Pick<Storage, 'factors'> }) => {
    const at = await removalOf(of, account)
    return at !== undefined && at <= context.clock.now()
  }
  if (!(await isDue(context))) return account
  return act(context, { caller }, async (acting, record) => {
    // Stopped in the last moment, asked for anew, or done by another sign-in.
    if ((await isDue({ storage: acting })) && (await acting.factors.cancelRemoval(account.id)))
      await turnOffSecondFactor(context, { acting, record }, account.id)
    return (await acting.accounts.find(account.id)) ?? account
  })
}

/**
 * A factor was proved: failures before count no more, and no removal waits. A sign-in by a ticket starts no session that would
 * be told of; `ticket` is how its person was authenticated.
 */
export async function keepFactor(
  context: Context,
  { id }: Account,
  caller: Caller,
  ticket?: readonly string[],
): Promise<void> {
  await act(context, { actor: id, caller }, async ({ factors }, record) => {
    if (await factors.proved(id)) await record('factor_removal_stopped', {})
    if (ticket !== undefined) await record('signed_in', { detail: { amr: [...ticket] } })
  })
}

/** Stops a removal that waits; false where none does. */
export function stopRemoval(context: Context, userId: UserId, by: Actor): Promise<boolean> {
  return act(context, by, async ({ factors }, record) => {
    if (!(await factors.cancelRemoval(userId))) return false
    await record('factor_removal_stopped', { subject: userId })
    return true
  })
}

/** What a mail's link carries that stops the removal which takes effect at `at`. */
export function stopToken({ keyring }: Pick<Context, 'keyring'>, userId: UserId, at: Millis): string {
  return `${userId}.${at}.${tagOf(keyring.current('factor removal'), userId, at).toString('base64url')}`
}

/** The account whose removal this link stops. Undefined if the link is not ours, or if no such removal is waiting. */
export async function openStopToken(context: Context, text: string): Promise<UserId | undefined> {
  const [, id, digits, tag = ''] = /^(usr_[A-Za-z0-9_-]{1,40})\.([0-9]{1,15})\.([A-Za-z0-9_-]{43})$/.exec(text) ?? []
  if (id === undefined || digits === undefined) return undefined
  const [userId, at] = [id as UserId, Number(digits)]
  const keys = context.keyring.all('factor removal')
  if (!keys.some((key) => equalBytes(tagOf(key, userId, at), Buffer.from(tag, 'base64url')))) return undefined
  return (await context.storage.factors.find(userId))?.removalAt === at ? userId : undefined
}

function tagOf(key: Buffer, userId: UserId, at: Millis): Buffer {
  return hmacSha256(key, `${userId} ${at}`)
}

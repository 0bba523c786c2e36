/** Another username. The former one stays with the account for a while, so that nobody is taken for who had it before. */
import { day } from '../../../lib/clock.ts'
import { canonicalUsername, usernameProblem } from '../../../protocol/account_names.ts'
import type { Caller, Context } from '../../../runtime/context.ts'
import { sendMail } from '../../../runtime/jobs/queue.ts'
import type { Account } from '../../../storage/contract.ts'
import type { FormProblem } from '../../../words/form_problem.ts'
import { usernameTakenProblem } from '../reserved_names.ts'
import { actInSession, isRecent, type LiveSession } from '../sessions.ts'

/** How long nobody else gets a username that somebody had. */
export const formerKeptDays = 90
/** How many former usernames an account may keep at once: so often it can have another one in that time. */
const mostFormer = 3

export type UsernameChange =
  | { readonly outcome: 'changed' | 'sign_in_again' }
  | { readonly outcome: 'problem'; readonly problem: FormProblem }
  | { readonly outcome: 'throttled'; readonly retryAfter: number }

/** The usernames that a person had before and that are still theirs. */
export function listFormerUsernames(
  { storage }: Pick<Context, 'storage'>,
  { id }: Account,
): Promise<readonly string[]> {
  return storage.accounts.listFormerUsernames(id)
}

/** Gives another username to a person who has signed in lately. Tokens, sessions and consents stay: none of them names it. */
export async function changeUsername(
  context: Context,
  live: LiveSession,
  typed: string,
  caller: Caller,
): Promise<UsernameChange> {
  const { account } = live
  if (!isRecent(context, live)) return { outcome: 'sign_in_again' }
  const username = canonicalUsername(typed)
  if (username === account.username) return { outcome: 'problem', problem: 'username_same' }
  // Whoever asks for many learns who has an account.
  if (!(await context.throttle.take('username', account.id))) {
    return { outcome: 'throttled', retryAfter: context.throttle.retryAfter([['username', account.id]]) }
  }
  const problem = usernameProblem(username) ?? (await reservedProblem(context, account, username))
  if (problem !== undefined) return { outcome: 'problem', problem }
  const over = { outcome: 'sign_in_again' } as const
  return actInSession<UsernameChange>(context, { live, caller, over }, async ({ acting, record }) => {
    const { accounts } = acting
    // The account is held by now, so that of two changes at once the second sees what the first has left.
    const others = (await accounts.listFormerUsernames(account.id)).filter((one) => !isSame(one, username))
    if (others.length >= mostFormer && !isSame(username, account.username)) {
      return { outcome: 'problem', problem: { key: 'username_changes', most: mostFormer, days: formerKeptDays } }
    }
    const formerKeptUntil = context.clock.now() + formerKeptDays * day
    const changed = await accounts.update(account.id, { username, formerKeptUntil })
    if (typeof changed !== 'object') return { outcome: 'problem', problem: 'username_taken' }
    await record('username_changed', {})
    await sendMail(context, acting, 'username_changed', { ids: { userId: account.id } })
    return { outcome: 'changed' }
  })
}

function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase()
}

/** Those who run the server may have the names that are kept for them. */
async function reservedProblem(
  context: Context,
  { roles }: Account,
  username: string,
): Promise<FormProblem | undefined> {
  return roles.length > 0 ? undefined : usernameTakenProblem(context, username)
}

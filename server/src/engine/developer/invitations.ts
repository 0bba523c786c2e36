/** Inviting people by username, to test an app or to share a key. Whether a username is anybody's is told to nobody. */
import { canonicalUsername, normalizeLogin, usernameProblem } from '../../protocol/account_names.ts'
import type { UserId } from '../../protocol/names.ts'
import type { Context } from '../../runtime/context.ts'
import { networkUnit } from '../../runtime/limits/network.ts'
import type { FormProblem } from '../../words/form_problem.ts'
import type { Developer } from './developer_apps.ts'

/** Who is invited. */
export interface Invitee {
  /** As it was given; it need not be anybody's. */
  readonly username: string
  readonly userId: UserId | null
}

/** The person that a username names, or why nobody can be invited by it, after as much work for nobody as for somebody. */
export async function findInvitee(
  context: Context,
  by: Developer,
  username: string,
): Promise<
  (Invitee & { readonly problem?: undefined }) | { readonly problem: FormProblem; readonly retryAfter?: number }
> {
  const given = canonicalUsername(username)
  const problem = given === '' ? 'username_missing' : usernameProblem(given)
  if (problem !== undefined) return { problem }
  const network = networkUnit(by.caller.address)
  if (!(await context.throttle.take('invitation', network))) {
    return {
      problem: 'invitations_too_many',
      retryAfter: context.throttle.retryAfter([['invitation', network]]),
    }
  }
  const person = await context.storage.accounts.findByLogin(normalizeLogin(given))
  return { username: given, userId: person?.id ?? null }
}

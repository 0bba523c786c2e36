/** Inviting people by username or e-mail address, to share or test something. Whether it is anybody's is told to nobody. */
import {
  canonicalEmail,
  canonicalUsername,
  emailProblem,
  normalizeLogin,
  usernameProblem,
} from '../../protocol/account_names.ts'
import type { UserId } from '../../protocol/names.ts'
import type { Context } from '../../runtime/context.ts'
import { networkUnit } from '../../runtime/limits/network.ts'
import type { FormProblem } from '../../words/form_problem.ts'
import type { Developer } from './developer_apps.ts'

/** Who is invited. */
export interface Invitee {
  /** The username or e-mail address as it was given; it need not be anybody's. */
  readonly username: string
  /** Null for an address that its holder has not confirmed, too: anybody could have given it as theirs. */
  readonly userId: UserId | null
  readonly byAddress: boolean
}

/** The person who is named, or why nobody can be invited by it, after as much work for nobody as for somebody. */
export async function findInvitee(
  context: Context,
  by: Developer,
  login: string,
): Promise<
  (Invitee & { readonly problem?: undefined }) | { readonly problem: FormProblem; readonly retryAfter?: number }
> {
  const byAddress = login.includes('@')
  const given = byAddress ? canonicalEmail(login) : canonicalUsername(login)
  const wrong = byAddress ? emailProblem : usernameProblem
  const problem = given === '' ? 'username_missing' : wrong(given)
  if (problem !== undefined) return { problem }
  const network = networkUnit(by.caller.address)
  if (!(await context.throttle.take('invitation', network))) {
    return {
      problem: 'invitations_too_many',
      retryAfter: context.throttle.retryAfter([['invitation', network]]),
    }
  }
  const person = await context.storage.accounts.findByLogin(normalizeLogin(given))
  const userId = person === undefined || (byAddress && !person.emailVerified) ? null : person.id
  return { username: given, userId, byAddress }
}

/** Accepting the operator's terms in a session that does not count before. */
import type { Caller, Context } from '../../../runtime/context.ts'
import { actInSession, type LiveSession } from '../sessions.ts'
import { type AcceptedVersion, storeAccepted, type TermsInForce, termsDue, termsInForce } from './terms.ts'

/** What the holder of a session is asked to accept: what they have not accepted, or all where they did so meanwhile. */
export async function termsToShow(context: Context, { account }: LiveSession): Promise<readonly TermsInForce[]> {
  const due = await termsDue(context, context.storage.acceptances, account.id)
  return due.length > 0 ? due : termsInForce(context)
}

/**
 * Takes what the holder of a session has accepted. From then on every session of theirs counts. 'others_due': another version
 * came into force since the page was drawn.
 */
export function acceptTerms(
  context: Context,
  live: LiveSession,
  accepted: readonly AcceptedVersion[],
  caller: Caller,
): Promise<'accepted' | 'others_due' | 'session_over'> {
  const { id } = live.account
  return actInSession(context, { live, caller, over: 'session_over' }, async ({ acting, record }) => {
    const due = await termsDue(context, acting.acceptances, id)
    const taken = due.flatMap(({ document }) => accepted.find((one) => one.document === document) ?? [])
    if (taken.length < due.length) return 'others_due'
    await storeAccepted({ acting, record }, id, taken)
    await acting.acceptances.settle(id)
    return 'accepted'
  })
}

/** What a person has accepted, the latest first. */
export function listAccepted({ storage }: Context, { account }: LiveSession): Promise<readonly AcceptedVersion[]> {
  return storage.acceptances.listByUser(account.id)
}

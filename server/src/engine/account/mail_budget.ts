/** How many mails strangers may have sent: from one network, and to one address. */
import type { Caller, Context } from '../../runtime/context.ts'
import { networkUnit } from '../../runtime/limits/network.ts'
import { addressSubject } from './mailed_links.ts'

export type MailBudget =
  | { readonly outcome: 'taken' }
  /** Which budget is used up, and the seconds after which there is something left of it. */
  | { readonly outcome: 'network' | 'address'; readonly retryAfter: number }

/** Takes a mail to an address from both budgets. Neither asks whose the address is. */
export async function takeMail(context: Context, email: string, caller: Caller): Promise<MailBudget> {
  const { throttle } = context
  const network = networkUnit(caller.address)
  if (!(await throttle.take('mail_from', network))) {
    return { outcome: 'network', retryAfter: throttle.retryAfter([['mail_from', network]]) }
  }
  const address = addressSubject(context, email)
  if (await throttle.take('mail_to', address)) return { outcome: 'taken' }
  return { outcome: 'address', retryAfter: throttle.retryAfter([['mail_to', address]]) }
}

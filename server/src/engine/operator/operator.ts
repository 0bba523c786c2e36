/**
 * Who acts as the operator, and that every act of theirs is stored with its audit event. The room has the acts by what they are
 * about; `apply/` brings the server in line with a document.
 * Not here: reading arguments and printing (`cli/`). Neighbours: `providers/` is beside and unknown; every other room of
 * the engine is below. To add: an act, a function that takes an `Operator` and calls `operate`; a section of the
 * document, a file in `apply/`.
 */
import type { UserId } from '../../protocol/names.ts'
import { type Actor, type ActRecorder, act } from '../../runtime/act.ts'
import type { Caller, Context } from '../../runtime/context.ts'
import type { MailQueue } from '../../runtime/jobs/queue.ts'
import type { Account, Acting } from '../../storage/contract.ts'
import { may, NotAllowed, type Right, roleOf } from './ranks.ts'

/** What the operator's acts work with. */
export type OperatorContext = Pick<Context, 'storage'> & MailQueue

/** Who does it: a user of the machine, by a command or by a document, or an account of the server. */
export type Operator =
  | { readonly via: 'command' | 'apply'; readonly user: string }
  | { readonly via: 'account'; readonly id: UserId; readonly caller: Caller }

/** How the audit log names who acts: by the id of the account, or `command:` or `apply:` and the user of the machine. */
export function actorOf(by: Operator): Actor {
  return by.via === 'account' ? { actor: by.id, caller: by.caller } : { operator: `${by.via}:${by.user}` }
}

/**
 * Does an act of the operator, together with its rows in the audit log. An account needs the right as of now (`ranks.ts`),
 * else this throws NotAllowed; a user of the machine has every one.
 */
export function operate<T>(
  context: Pick<Context, 'storage' | 'clock'>,
  by: Operator,
  work: (acting: Acting, record: ActRecorder) => Promise<T>,
  right: Right = 'run_server',
): Promise<T> {
  return act(context, actorOf(by), async (acting, record) => {
    const account = await findActing(acting, by)
    if (account !== undefined && !may(roleOf(account), right)) throw new NotAllowed('role')
    return work(acting, record)
  })
}

/** The account by which somebody acts, as it is now; undefined for a user of the machine. */
async function findActing({ accounts }: Acting, by: Operator): Promise<Account | undefined> {
  if (by.via !== 'account') return undefined
  const account = await accounts.find(by.id)
  if (account === undefined) throw new NotAllowed('role')
  return account
}

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
import type { Acting } from '../../storage/contract.ts'

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

/** Does an act of the operator, together with its rows in the audit log. */
export function operate<T>(
  context: Pick<Context, 'storage' | 'clock'>,
  by: Operator,
  work: (acting: Acting, record: ActRecorder) => Promise<T>,
): Promise<T> {
  return act(context, actorOf(by), work)
}

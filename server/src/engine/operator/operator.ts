/**
 * Who acts as the operator, and that every act of theirs is stored with its audit event. The room has the acts by what they are
 * about; `apply/` brings the server in line with a document.
 * Not here: reading arguments and printing (`cli/`). Neighbours: `providers/` is beside and unknown; every other room of
 * the engine is below. To add: an act, a function that takes an `Operator` and calls `operate`; a section of the
 * document, a file in `apply/`.
 */
import { type ClientId, roles, type UserId } from '../../protocol/names.ts'
import { type Actor, type ActRecorder, act } from '../../runtime/act.ts'
import type { Caller, Context } from '../../runtime/context.ts'
import type { MailQueue } from '../../runtime/jobs/queue.ts'
import type { Account, Acting } from '../../storage/contract.ts'
import { may, NotAllowed, objectionTo, type Ranked, type Right, roleOf } from './ranks.ts'

/** What the operator's acts work with. */
export type OperatorContext = Pick<Context, 'storage'> & MailQueue

/**
 * Who does it: a user of the machine, by a command or by a document; an account of the server; or an app with a role of its
 * own.
 */
export type Operator =
  | { readonly via: 'command' | 'apply'; readonly user: string }
  | { readonly via: 'account'; readonly id: UserId; readonly caller: Caller }
  | { readonly via: 'client'; readonly id: ClientId; readonly caller: Caller }

/**
 * How the audit log names who acts: by the id of the account, `client:` and the id of the app, or `command:` or `apply:` and
 * the user of the machine.
 */
export function actorOf(by: Operator): Actor {
  if (by.via === 'client') return { operator: `client:${by.id}`, caller: by.caller }
  return by.via === 'account' ? { actor: by.id, caller: by.caller } : { operator: `${by.via}:${by.user}` }
}

/**
 * Does an act of the operator, together with its rows in the audit log. An account or app needs the right as of now
 * (`ranks.ts`), else this throws NotAllowed; a user of the machine has every one.
 */
export function operate<T>(
  context: Pick<Context, 'storage' | 'clock'>,
  by: Operator,
  work: (acting: Acting, record: ActRecorder) => Promise<T>,
  right: Right = 'run_server',
): Promise<T> {
  return act(context, actorOf(by), async (acting, record) => {
    const actor = await findActing(acting, by)
    if (actor !== undefined && !may(roleOf(actor), right)) throw new NotAllowed('role')
    return work(acting, record)
  })
}

/**
 * Does an act of the operator to an account, which is held meanwhile; answers undefined if no account has that ID. An
 * account or app that acts needs the right and a higher role than the other (`objectionTo`), else this throws NotAllowed.
 */
export function operateOn<T>(
  context: Pick<Context, 'storage' | 'clock'>,
  by: Operator,
  { id, right }: { readonly id: UserId; readonly right: Right },
  work: (subject: Account, acting: Acting, record: ActRecorder) => Promise<T>,
): Promise<T | undefined> {
  return act(context, actorOf(by), async (acting, record) => {
    const actor = await findActing(acting, by)
    const subject = await acting.accounts.update(id, {})
    if (typeof subject !== 'object') return undefined
    const objection = actor && objectionTo(actor, subject, right)
    if (objection !== undefined) throw new NotAllowed(objection)
    return work(subject, acting, record)
  })
}

/** The account or app that acts, with its roles as of now; undefined for a user of the machine. */
async function findActing(
  { accounts, clients }: Acting,
  by: Operator,
): Promise<(Ranked & { readonly id: UserId | ClientId }) | undefined> {
  if (by.via === 'client') {
    const app = await clients.find(by.id)
    const role = roles.find((one) => one === app?.metadata.admin_role)
    return { id: by.id, enabled: app?.status === 'enabled', roles: role === undefined ? [] : [role] }
  }
  if (by.via !== 'account') return undefined
  const account = await accounts.find(by.id)
  if (account === undefined) throw new NotAllowed('role')
  return account
}

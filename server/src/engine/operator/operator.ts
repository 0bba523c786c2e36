/**
 * Who acts as the operator, and the audit event that every act of theirs leaves. The room has the acts by what they are
 * about; `apply/` brings the server in line with a document.
 * Not here: reading arguments and printing (`cli/`). Neighbours: `providers/` is beside and unknown; every other room of
 * the engine is below. To add: an act, a function that takes an `Operator` and writes its event; a section of the
 * document, a file in `apply/`.
 */
import type { AuditDetail, AuditType } from '../../protocol/audit_events.ts'
import type { ClientId, UserId } from '../../protocol/names.ts'
import type { Caller, Context } from '../../runtime/context.ts'
import { auditEvent } from '../../runtime/log/audit.ts'

/** What the operator's acts work with. */
export type OperatorContext = Pick<Context, 'storage' | 'clock'>

/** Who does it: a user of the machine, by a command or by a document, or an account of the server. */
export type Operator =
  | { readonly via: 'command' | 'apply'; readonly user: string }
  | { readonly via: 'account'; readonly id: UserId; readonly caller: Caller }

/** How the audit log names who acts: the id of the account, or `command:` or `apply:` and the user of the machine. */
export function actorOf(by: Operator): string {
  return by.via === 'account' ? by.id : `${by.via}:${by.user}`
}

/** Writes what the operator did to the audit log, before the act is answered. */
export async function recordAct<Type extends AuditType>(
  { storage, clock }: OperatorContext,
  by: Operator,
  event: { readonly type: Type; readonly detail: AuditDetail<Type> },
  of: { readonly clientId?: ClientId; readonly subject?: UserId } = {},
): Promise<void> {
  const caller = by.via === 'account' ? by.caller : undefined
  const parties = { ...of, actor: actorOf(by), caller }
  await storage.audit.append([auditEvent(clock.now(), event.type, event.detail, parties)])
}

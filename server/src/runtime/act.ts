/** Acts: what somebody changes, stored together with its rows in the audit log or not at all. */
import type { Clock, Millis } from '../lib/clock.ts'
import type { AuditDetail, AuditType, BareAuditType } from '../protocol/audit_events.ts'
import type { ClientId, UserId } from '../protocol/names.ts'
import type { Acting, AuditEvent, Storage } from '../storage/contract.ts'
import type { Caller } from './caller.ts'

/** Who does it; nobody where the server does so by itself. */
export interface Actor {
  readonly actor?: UserId | null
  /** How and as whom the operator acts without an account. */
  readonly operator?: string
  readonly caller?: Caller
}

/** Who did it, to whom, and with which app. */
export interface AuditParties extends Actor {
  readonly subject?: UserId | null
  readonly clientId?: ClientId | null
}

/** Takes an event whose type and detail are of the table. */
export interface Recorder<Parties, Recorded, Recordable extends AuditType = AuditType> {
  <Type extends Recordable>(type: Type, of: Parties & { readonly detail: AuditDetail<Type> }): Recorded
  (type: BareAuditType & Recordable, of: Parties & { readonly detail?: undefined }): Recorded
}

/** Notes in the transaction of an act what was done; who did it is known. */
export type ActRecorder = Recorder<Omit<AuditParties, keyof Actor>, Promise<void>>

/**
 * Does what changes something, together with its rows: all of it or nothing. What `Storage.act` says of its `work` holds for
 * this one.
 */
export function act<T>(
  { storage, clock }: { readonly storage: Pick<Storage, 'act'>; readonly clock: Clock },
  by: Actor,
  work: (acting: Acting, record: ActRecorder) => Promise<T>,
): Promise<T> {
  return storage.act((acting) => {
    const record = (type: AuditType, of: AuditParties & { readonly detail?: AuditDetail<AuditType> | undefined }) =>
      acting.audit.append([auditEvent(clock.now(), type, { ...of, ...by })])
    return work(acting, record)
  })
}

/** The row of an event. */
export function auditEvent(
  at: Millis,
  type: AuditType,
  of: AuditParties & { readonly detail?: AuditDetail<AuditType> | undefined },
): AuditEvent {
  const { actor = null, operator = null, subject = null, clientId = null, caller, detail } = of
  const { address = null, requestId = null, userAgent = null } = caller ?? {}
  return { at, type, actor, operator, subject, clientId, address, userAgent, requestId, detail: { ...detail } }
}

/** The operator's audit log: who did what, written in batches off the hot path. Never holds a secret. */

import type { Clock, Millis } from '../../lib/clock.ts'
import type { Log } from '../../lib/log.ts'
import { createWriteBehind } from '../../lib/write_behind.ts'
import type { AuditDetail, AuditType, BareAuditType } from '../../protocol/audit_events.ts'
import type { ClientId, UserId } from '../../protocol/names.ts'
import type { AuditEvent, Storage } from '../../storage/contract.ts'
import type { Caller } from '../caller.ts'

/** Who did it, to whom, and with which app. */
export interface AuditParties {
  /** The id of an account, or how and as whom the operator acted without one. Null where it is not known. */
  readonly actor?: string | null
  readonly subject?: UserId | null
  readonly clientId?: ClientId | null
  readonly caller?: Caller | undefined
}

export interface AuditLog {
  record<Type extends AuditType>(type: Type, of: AuditParties & { readonly detail: AuditDetail<Type> }): void
  record(type: BareAuditType, of: AuditParties & { readonly detail?: undefined }): void
  flush(): Promise<void>
  readonly dropped: number
}

/** The row of an event; the only way to one, so that its type and detail are of the table. */
export function auditEvent<Type extends AuditType>(
  at: Millis,
  type: Type,
  detail: AuditDetail<Type>,
  { actor = null, subject = null, clientId = null, caller }: AuditParties,
): AuditEvent {
  const { address = null, requestId = null } = caller ?? {}
  return { at, type, actor, subject, clientId, address, requestId, detail: { ...detail } }
}

export function createAuditLog(storage: Storage, clock: Clock, log: Log): AuditLog {
  const queue = createWriteBehind<AuditEvent>({
    write: (events) => storage.audit.append(events),
    capacity: 10_000,
    delay: 200,
    onError: (error, lost) => log.error({ err: error, lost }, 'audit events could not be written'),
  })
  return {
    record(type: AuditType, of: AuditParties & { readonly detail?: AuditDetail<AuditType> | undefined }) {
      queue.add(auditEvent(clock.now(), type, of.detail ?? {}, of))
    },
    flush: () => queue.flush(),
    get dropped() {
      return queue.dropped
    },
  }
}
